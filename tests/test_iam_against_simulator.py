"""Our evaluator of IAM policies against an independent one, on thousands of generated policies and requests.

The other one is `@cloud-copilot/iam-simulate`. It is AGPL: it runs as a program of its own, installed outside
of the repository for the test, and nothing of it is imported, copied or shipped
(docs/decisions/0014-iam-is-evaluated-here.md).

What the two are known to decide differently is in `DISAGREEMENTS`, which iam_cases.py makes none of.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from iam_cases import KEYS, KMS, QUANTIFIERS, Case, Context, Key, case

from sagemaker_netlint.network.iam.guardrails import Decision, PolicySet, Request, decide
from sagemaker_netlint.network.iam.policies import document_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("iam-simulator")]

SIMULATOR = Path(__file__).parent / "iam_simulator"
CASES = 6000
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
THEIR_WORDS = {
    "Allowed": Decision.ALLOWED,
    "ExplicitlyDenied": Decision.EXPLICITLY_DENIED,
    "ImplicitlyDenied": Decision.IMPLICITLY_DENIED,
}
Simulator = Callable[[Iterable[Case]], "list[str]"]


@pytest.fixture(scope="module")
def simulate(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    """Install the simulator and return how to ask it about cases, all in one process."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("NOT TESTED: the IAM evaluator against another one, since node and npm are not installed")
    folder = tmp_path_factory.mktemp("simulator") / "iam_simulator"
    shutil.copytree(SIMULATOR, folder, ignore=shutil.ignore_patterns("node_modules"))
    install = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if installed.returncode != 0:
        error = installed.stderr[-300:]
        pytest.skip(
            f"NOT TESTED: the IAM evaluator against another one, since npm cannot install it: {error}"
        )

    def run(cases: Iterable[Case]) -> list[str]:
        lines = "\n".join(json.dumps(_asked(each)) for each in cases)
        done = subprocess.run(
            [node, "simulate.mjs"],
            cwd=folder,
            input=lines,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def _asked(each: Case) -> dict[str, Any]:
    """Return a case as the simulator takes it: beside a policy that only denies stands the usual one."""
    allowing = [any(s["Effect"] == "Allow" for s in policy["Statement"]) for policy in each.service_control]
    levels = [
        [policy] if allows else [EVERYTHING, policy]
        for policy, allows in zip(each.service_control, allowing, strict=True)
    ]
    return {
        "identity": each.identity,
        "boundaries": each.boundaries,
        "levels": [[EVERYTHING], *levels],
        "request": {"action": each.action, "resource": each.resource, "context": each.context},
    }


def _ours(each: Case) -> Decision | None:
    """Return what we decide, `None` where we leave it open."""
    policies = PolicySet(
        tuple(map(document_of, each.identity)),
        tuple(map(document_of, each.boundaries)),
        tuple(map(document_of, each.service_control)),
    )
    context = {key: tuple(v) if isinstance(v, list) else v for key, v in each.context.items()}
    decided = decide(policies, Request(each.action, each.resource, context))
    return decided if isinstance(decided, Decision) else None


def test_both_decide_alike(simulate: Simulator) -> None:
    cases = [case(seed) for seed in range(CASES)]
    theirs = [THEIR_WORDS.get(word, word) for word in simulate(cases)]
    ours = [_ours(each) for each in cases]
    apart = [
        (seed, our, their) for seed, (our, their) in enumerate(zip(ours, theirs, strict=True)) if our != their
    ]
    assert apart == []
    assert min(Counter(ours).values()) > CASES / 10, "each decision is to be met often"


def _allow(**elements: Any) -> dict[str, Any]:
    resource = {} if "NotResource" in elements else {"Resource": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sagemaker:*", **resource, **elements}],
    }


def _single(policy: dict[str, Any], context: Context) -> Case:
    resource = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/a"
    return Case("sagemaker:CreateTrainingJob", resource, context, (policy,))


def _contexts(key: Key) -> list[Context]:
    return [{}, *({key.name: [given] if key.several else given} for given in key.given)]


def _each_condition() -> list[Case]:
    """Return each operator with each modifier, value, and value of a request, alone."""
    return [
        _single(_allow(Condition={f"{quantifier}{operator}{suffix}": {key.name: wanted}}), context)
        for key in KEYS
        for quantifier in (QUANTIFIERS[2:] if key.several else QUANTIFIERS[1:])
        for operator in key.operators
        for suffix in ("", "IfExists")
        for wanted in (*key.wanted, list(key.wanted[:2]))
        for context in _contexts(key)
    ]


def test_each_operator_and_modifier_is_met_alike(simulate: Simulator) -> None:
    cases = _each_condition()
    theirs = [THEIR_WORDS.get(word, word) for word in simulate(cases)]
    apart = [each for each, their in zip(cases, theirs, strict=True) if _ours(each) != their]
    assert len(cases) > 5000
    assert apart == []


GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
OPERATORS = f"{GUIDE}reference_policies_elements_condition_operators.html"
SUBNETS, KEY_ARN = "sagemaker:VpcSubnets", "sagemaker:VolumeKmsKeyArn"


@dataclass(frozen=True)
class Dispute:
    """A case that the two decide differently: what is so, and where that is written."""

    what: str
    source: str
    disputed: Case
    ours: Decision | None
    theirs: Decision


DISAGREEMENTS = (
    Dispute(
        "ours is right: an asterisk fits any characters of a segment, also in the resource's type",
        f"{GUIDE}reference_policies_elements_resource.html",
        _single(_allow(Resource="arn:aws:sagemaker:*:*:*-job/a"), {}),
        Decision.ALLOWED,
        Decision.IMPLICITLY_DENIED,
    ),
    Dispute(
        "ours is right: the same of what NotResource leaves out",
        f"{GUIDE}reference_policies_elements_notresource.html",
        _single(_allow(NotResource="arn:aws:sagemaker:*:*:*-job/a"), {}),
        Decision.IMPLICITLY_DENIED,
        Decision.ALLOWED,
    ),
    Dispute(
        "ours is right: a date of a policy may be given in seconds since 1970",
        f"{OPERATORS}#Conditions_Date",
        _single(
            _allow(Condition={"DateEquals": {"aws:CurrentTime": "1767225600"}}),
            {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
        ),
        Decision.ALLOWED,
        Decision.IMPLICITLY_DENIED,
    ),
    Dispute(
        "ours is right: NotIpAddress is met by all but the given addresses, so by IPv6 where IPv4 is given; "
        "the simulator agrees where the policy says /32",
        f"{OPERATORS}#Conditions_IPAddress",
        _single(
            _allow(Condition={"NotIpAddress": {"aws:SourceIp": "10.1.2.3"}}), {"aws:SourceIp": "2001:db8::1"}
        ),
        Decision.ALLOWED,
        Decision.IMPLICITLY_DENIED,
    ),
    Dispute(
        "ours is right: a list without values counts as absent, since Null asks whether there is a value",
        f"{OPERATORS}#Conditions_Null",
        _single(_allow(Condition={"Null": {SUBNETS: "true"}}), {SUBNETS: []}),
        Decision.ALLOWED,
        Decision.IMPLICITLY_DENIED,
    ),
    Dispute(
        "ours leaves it open: a list takes ForAllValues or ForAnyValue, and what an operator makes of it "
        "without is not said; the simulator takes it as not met",
        f"{GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html",
        _single(_allow(Condition={"StringEquals": {SUBNETS: "a"}}), {SUBNETS: ["a"]}),
        None,
        Decision.IMPLICITLY_DENIED,
    ),
    Dispute(
        "ours leaves it open: whether one asterisk fits all parts of an ARN is not said; the simulator takes "
        "it as not met",
        f"{OPERATORS}#Conditions_ARN",
        _single(_allow(Condition={"ArnLike": {KEY_ARN: "*"}}), {KEY_ARN: f"{KMS}a"}),
        None,
        Decision.IMPLICITLY_DENIED,
    ),
)


@pytest.mark.parametrize("dispute", DISAGREEMENTS, ids=lambda dispute: dispute.what[:50])
def test_a_known_disagreement_is_still_one(simulate: Simulator, dispute: Dispute) -> None:
    assert _ours(dispute.disputed) == dispute.ours, dispute.source
    assert [THEIR_WORDS.get(word) for word in simulate([dispute.disputed])] == [dispute.theirs]
