"""One verdict per principal: the bad requests that its policies let pass, and the Deny that stops them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sagemaker_netlint.findings import Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.actions import unguardable
from sagemaker_netlint.network.iam.answers import Answers, answers_to, passing_with
from sagemaker_netlint.network.iam.guardrails import Decision, PolicySet, Request, decide
from sagemaker_netlint.network.iam.identities import IdentityPolicy, Principal, ServiceControlPolicy
from sagemaker_netlint.network.iam.managed_policies import ManagedPolicy, managed_policy
from sagemaker_netlint.network.iam.permissions import Permissions, is_none_of_ours, permissions_of
from sagemaker_netlint.network.iam.policies import Document, Statement
from sagemaker_netlint.network.iam.policy_holders import references_in
from sagemaker_netlint.network.iam.questions import Question, Topic, listed, questions
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.guard_verdicts import gaps_in

SUBJECTS = (Principal, IdentityPolicy)
_GAPS_RULE = "SMN905"


@dataclass(frozen=True, slots=True)
class Found:
    """What passes of the requests of a question."""

    question: Question
    answers: Answers


def asked(deployment: Deployment) -> Iterator[Permissions]:
    """Yield the permissions of principals, and of policies that nobody in sight has."""
    for permissions in permissions_of(deployment):
        if not isinstance(permissions.subject, ServiceControlPolicy) and not is_none_of_ours(permissions):
            yield permissions


def judge(deployment: Deployment, policy: Policy, *topics: Topic) -> Iterator[Verdict]:
    """Judge each principal by the questions of some topics, beside what is said of its guards."""
    told = policy.setting(_GAPS_RULE).enabled
    for permissions in asked(deployment):
        gaps = gaps_in(deployment).get(permissions.subject.identity, ()) if told else ()
        found = []
        for topic in topics:
            question = questions()[topic]
            known = {name for gap in gaps if gap.guard.question is question for name in gap.actions}
            found.append(Found(question, _without(answers_to(permissions, question), known)))
        yield from verdict(permissions, found)


def _without(answers: Answers, known: set[str]) -> Answers:
    return Answers(
        {action: each for action, each in answers.open.items() if action not in known},
        {action: each for action, each in answers.unsettled.items() if action not in known},
    )


def verdict(permissions: Permissions, found: Iterable[Found]) -> Iterator[Verdict]:
    """Yield one verdict on a subject, if there is anything to say."""
    open_ = [each for each in found if each.answers.open]
    unsettled = [each for each in found if each.answers.unsettled]
    if open_:
        first = next(iter(open_[0].answers.open.values()))
        subject, field, chain = place(permissions, first)
        text = _passes({each.question: each.answers.open for each in open_})
        keys = " or ".join(each.question.key for each in open_)
        message = f"{text}: no condition, Deny or boundary in sight asks all of them for {keys}"
        fix = " and ".join(each.question.deny(each.answers.open) for each in open_)
        chain = (*chain, *_open_too(unsettled), *_beyond(permissions, open_[0].question))
        yield violation(subject, field, message, fix=f"add {fix}", chain=chain)
    elif unsettled:
        question, actions = unsettled[0].question, unsettled[0].answers.unsettled
        reason = next(iter(actions.values())).reason
        text = f"{listed(actions)} {question.phrase(actions)} may pass"
        fix = f"add {question.deny(actions)}"
        yield undecided(permissions.subject, permissions.field, f"{text}: {reason}", fix=fix)


def _open_too(unsettled: Iterable[Found]) -> Iterator[Step]:
    """Name the actions of which it is not known whether a bad request passes."""
    for each in unsettled:
        actions = each.answers.unsettled
        yield Step(f"{listed(actions)} may pass, too: {next(iter(actions.values())).reason}")


def _passes(found: Mapping[Question, Mapping[str, object]]) -> str:
    """Say what passes: "CreateTrainingJob and CreateModel without VpcConfig pass"; equal lists stand once."""
    phrases: dict[str, list[str]] = {}
    for question, actions in found.items():
        phrases.setdefault(listed(actions), []).append(question.phrase(actions))
    texts = [f"{names} {' or '.join(said)}" for names, said in phrases.items()]
    verb = "passes" if all(len(actions) == 1 for actions in found.values()) else "pass"
    return f"{', and '.join(texts)} {verb}"


def place(permissions: Permissions, request: Request) -> tuple[Declared, str, tuple[Step, ...]]:
    """Return where a finding stands, a component and a field, and the documents that let the request pass."""
    subject, field = permissions.subject, permissions.field
    chain: list[Step] = []
    for component, name, document in permissions.sources:
        alone = PolicySet((tuple(item for item in document if _allows(item)),))
        if decide(alone, request) is not Decision.ALLOWED:
            continue
        if not chain and component.address == subject.address:
            subject, field = component, name
        aws = aws_name(component, name, document)
        chain.append(seen(component, f"allows it by {aws}" if aws else "allows it", name))
    return subject, field, tuple(chain)


def aws_name(component: Declared, name: str, document: Document) -> str:
    """Return the name of AWS's policy that a document is, "" for one of the owner's."""
    references = references_in(getattr(component, name)) if name != "document" else ()
    found = (managed_policy(reference) for reference in references)
    return next(
        (each.name for each in found if isinstance(each, ManagedPolicy) and each.document is document), ""
    )


def _allows(item: Statement | Unknown) -> bool:
    return isinstance(item, Statement) and item.effect == "Allow"


def _beyond(permissions: Permissions, question: Question) -> Iterator[Step]:
    """Name the jobs that no condition on a VPC can hold, as far as they are allowed."""
    if question.topic is not Topic.VPC:
        return
    free = [
        each for each in unguardable() if isinstance(passing_with(permissions.policies, each, {}), Request)
    ]
    if free:
        verb = "has" if len(free) == 1 else "have"
        yield Step(f"{listed(free)} {verb} no such key: hold the models and roles behind them instead")
