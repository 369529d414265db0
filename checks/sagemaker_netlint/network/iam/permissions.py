"""What a principal may do by all that is in sight: its own policies, attached ones, groups, boundaries.

How they combine: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.iam.guardrails import PolicySet
from sagemaker_netlint.network.iam.identities import (
    IdentityPolicy,
    PolicyAttachment,
    Principal,
    ServiceControlPolicy,
)
from sagemaker_netlint.network.iam.managed_policies import ManagedPolicy, managed_policy
from sagemaker_netlint.network.iam.policies import Document, Statement, document_of, statements
from sagemaker_netlint.network.iam.policy_holders import Holder, Holding, PolicyHolders, Source, references_in
from sagemaker_netlint.network.values import Unknown

_ALL = document_of({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
# Services that start SageMaker's jobs by themselves or run what people hand to them, so that their roles are
# of interest whatever they are allowed. https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
_STARTING = frozenset(
    {
        *("airflow", "airflow-env", "cloudformation", "codebuild", "codepipeline", "datazone", "events"),
        *("pipes", "sagemaker", "scheduler", "servicecatalog", "ssm", "states"),
    }
)


@dataclass(frozen=True, slots=True)
class Control:
    """A service control policy that may apply, and the reason to give where it would decide."""

    document: Document
    doubt: Unknown


@dataclass(frozen=True, slots=True)
class Permissions:
    """The policies that decide for one subject, and what may decide beside them.

    `subject` is a principal, a policy that nobody in sight has, or a service control policy (asked with
    somebody whom his own policies allow everything); a finding stands at its `field`. `sources` are the
    documents with the component and the field that holds or attaches them. `doubts` say what is attached and
    not in sight, or not read: it may allow or deny. `limits` say what may narrow the permissions: boundaries
    that are not in sight, policies of which nobody knows whose they are. `controls` are the service control
    policies in sight, of which nobody knows whether they apply.
    """

    subject: Declared
    field: str
    policies: PolicySet
    sources: tuple[Source, ...] = ()
    doubts: tuple[Unknown, ...] = ()
    limits: tuple[Unknown, ...] = ()
    controls: tuple[Control, ...] = ()


def permissions_of(deployment: Deployment) -> tuple[Permissions, ...]:
    """Return the permissions of every subject of the deployment, in the order of declaration.

    A user who has nothing but what his groups give is no subject: the groups are.
    """
    known = deployment.derived.get("permissions")
    if known is None:
        known = deployment.derived["permissions"] = tuple(_permissions(deployment))
    found: tuple[Permissions, ...] = known
    return found


def _permissions(deployment: Deployment) -> Iterator[Permissions]:
    holders = PolicyHolders(deployment)
    controls = tuple(_controls(deployment))
    unplaced = {kind: tuple(_unplaced_limits(holders, kind)) for kind, _ in holders.unplaced}
    for component in deployment.components:
        if isinstance(component, Principal):
            yield from _of_principal(component, holders, unplaced.get(component.kind, ()), controls)
        elif isinstance(component, IdentityPolicy) and component.identity not in holders.held:
            yield _of_policy(component, controls)
        elif isinstance(component, ServiceControlPolicy) and _limits(component) is True:
            yield _of_control(component)


def _of_principal(
    principal: Principal,
    holders: PolicyHolders,
    others: tuple[Unknown, ...],
    controls: tuple[Control, ...],
) -> Iterator[Permissions]:
    own = holders.own(principal)
    if own.is_empty():
        return
    groups = holders.groups_of(principal)
    hidden = (
        Unknown(f"one of its groups is not known: {g.reason}") for g in groups if isinstance(g, Unknown)
    )
    theirs = [holders.own(group) for group in groups if isinstance(group, Principal)]
    identity = _distinct((*own.identity, *(source for each in theirs for source in each.identity)))
    yield Permissions(
        principal,
        _field(principal, own),
        PolicySet(_documents(identity), _documents(own.boundaries)),
        (*identity, *own.boundaries),
        (*own.doubts, *(doubt for each in theirs for doubt in each.doubts), *hidden),
        (*own.limits, *others),
        controls,
    )


def _field(principal: Principal, own: Holding) -> str:
    """Return the field that grants first, as far as it is the principal's own."""
    for component, name, _ in own.identity:
        if component is principal:
            return name
        if component.identity.startswith(f"{principal.identity}/"):
            return "inline_policies"
    return "managed_policies"


def _of_policy(policy: IdentityPolicy, controls: tuple[Control, ...]) -> Permissions:
    if isinstance(policy.document, Unknown):
        return Permissions(policy, "document", PolicySet(()), (), (policy.document,))
    document = document_of(policy.document)
    policies, sources = PolicySet((document,)), ((policy, "document", document),)
    return Permissions(policy, "document", policies, sources, controls=controls)


def _of_control(policy: ServiceControlPolicy) -> Permissions:
    if isinstance(policy.document, Unknown):
        return Permissions(policy, "document", PolicySet((_ALL,)), (), (policy.document,))
    document = document_of(policy.document)
    policies = PolicySet((_ALL,), (), (document,))
    return Permissions(policy, "document", policies, ((policy, "document", document),))


def _documents(sources: Iterable[Source]) -> tuple[Document, ...]:
    return tuple(document for _, _, document in sources)


def _distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return each source once: a user may have a policy of his own and by two groups."""
    found = {(component.identity, name, document): component for component, name, document in sources}
    return tuple((component, name, document) for (_, name, document), component in found.items())


# -- what may narrow --------------------------------------------------------------------------------


def _limits(policy: ServiceControlPolicy) -> bool | Unknown:
    """Say whether it limits what principals may do; other types of an organization's policies don't."""
    kind = policy.policy_type
    return kind if isinstance(kind, Unknown) else kind in {None, "SERVICE_CONTROL_POLICY"}


def _controls(deployment: Deployment) -> Iterator[Control]:
    """Yield the service control policies: whether one applies hangs on the account.

    They don't apply to the management account, where they are declared
    (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
    """
    for policy in deployment.each(ServiceControlPolicy):
        if _limits(policy) is not False and _may_narrow(policy.document):
            doubt = Unknown(f"the service control policy {policy} may apply to it")
            yield Control(document_of(policy.document), doubt)


def _unplaced_limits(holders: PolicyHolders, kind: str) -> Iterator[Unknown]:
    """Yield the policies that deny something, and of which it isn't known whose they are.

    Only Terraform's: what comes into a template as a parameter is no principal of the template itself.
    """
    if holders.deployment.language is Language.CLOUDFORMATION:
        return
    for other, holder in holders.unplaced:
        if other == kind and any(_may_narrow(document) for document in _held_by(holder, holders)):
            yield Unknown(f"{holder} may be for it")


def _held_by(holder: Holder, holders: PolicyHolders) -> Iterator[Any]:
    if isinstance(holder, IdentityPolicy):
        yield holder.document
    elif isinstance(holder, PolicyAttachment):
        found = [holders.policy(reference) for reference in references_in(holder.policy)]
        yield from (policy.document for policy in found if isinstance(policy, IdentityPolicy))


def _may_narrow(policy: Any) -> bool:
    """Say whether a policy may deny something of SageMaker, or allows only some of what there is."""
    document = document_of(policy)
    if len(list(statements(document))) < len(document):
        return True
    allowing = [each for each in statements(document) if each.effect == "Allow"]
    if allowing and not any(each.actions == ("*",) for each in allowing):
        return True
    return any(_is_about_us(each) for each in statements(document) if each.effect != "Allow")


def _is_about_us(statement: Statement) -> bool:
    actions = statement.actions
    if actions is None or isinstance(actions, Unknown):
        return True
    return any(isinstance(each, Unknown) or _names_sagemaker(each) or each == "*" for each in actions)


def _names_sagemaker(action: str) -> bool:
    return action.lower().startswith("sagemaker:")


# -- who is none of ours ----------------------------------------------------------------------------


def is_none_of_ours(permissions: Permissions) -> bool:
    """Say whether the subject is provably a role of something that doesn't work with SageMaker.

    Only other services assume it, all it has is in sight, and no statement names an action of SageMaker: `*`
    and AWS's own policies for other services name none.
    """
    role = permissions.subject
    if not isinstance(role, Principal) or role.kind != "role" or permissions.doubts:
        return False
    if not _only_for_other_services(role.trust):
        return False
    return not any(
        _is_for_sagemaker(component, name, document) for component, name, document in permissions.sources
    )


def _is_for_sagemaker(component: Declared, name: str, document: Document) -> bool:
    if name != "document":  # one of AWS's
        found = (managed_policy(reference) for reference in references_in(getattr(component, name)))
        names = [each.name for each in found if isinstance(each, ManagedPolicy) and each.document is document]
        return any("sagemaker" in each.lower() or each == "DataScientist" for each in names)
    known = list(statements(document))
    return len(known) < len(document) or any(_may_name_us(each) for each in known)


def _may_name_us(statement: Statement) -> bool:
    words = statement.actions if statement.actions is not None else ()
    if isinstance(words, Unknown):
        return True
    return any(isinstance(each, Unknown) or _names_sagemaker(each) for each in words)


def _only_for_other_services(trust: Any) -> bool:
    items = trust.get("Statement") if isinstance(trust, dict) else None
    allowing = [each for each in _items(items) if not _is_deny(each)]
    return bool(allowing) and all(_trusts_others(each) for each in allowing)


def _is_deny(statement: Any) -> bool:
    return isinstance(statement, dict) and statement.get("Effect") == "Deny"


def _trusts_others(statement: Any) -> bool:
    """Say whether a statement of a trust policy names services, and none that starts SageMaker's jobs."""
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    if not isinstance(principal, dict) or set(principal) != {"Service"}:
        return False
    return all(_is_other_service(each) for each in _items(principal["Service"]))


def _is_other_service(name: Any) -> bool:
    """Say so of a service's principal: `lambda.amazonaws.com`, `states.${AWS::Region}.amazonaws.com`."""
    text = name.text if isinstance(name, Unknown) else name
    label = text.partition(".")[0].lower() if isinstance(text, str) else ""
    return label not in {"", *_STARTING} and "$" not in label and "*" not in label


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
