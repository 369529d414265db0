"""What must hold for any policies of IAM: a witness passes, a Deny never widens, order says nothing."""

from __future__ import annotations

import json
import random
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iam_cases import ACTIONS, Policy, context, effects, policy, resource

from sagemaker_netlint.network.iam.guardrails import (
    Decision,
    PolicySet,
    Request,
    decide,
    passing,
    why,
    why_not,
)
from sagemaker_netlint.network.iam.policies import document_of, statements
from sagemaker_netlint.network.values import Unknown

TRAINING = ACTIONS[0]
SUBNETS, ISOLATION = "sagemaker:VpcSubnets", "sagemaker:NetworkIsolation"
PROPERTY = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(min_value=0, max_value=2**32)
FIXED: tuple[dict[str, Any], ...] = (
    {},
    {SUBNETS: None},
    {ISOLATION: "false"},
    {SUBNETS: ("alpha", "beta"), "sagemaker:FileSystemId": None},
    {"sagemaker:FileSystemId": "alpha", "aws:TagKeys": None},
)


def _policies(choose: random.Random) -> list[Policy]:
    """Make up to three policies: of identities first, then one of a boundary, one of the organisation."""
    return [policy(choose, *effects(choose)) for _ in range(choose.choice((1, 1, 2, 3)))]


def _set(written: list[Policy]) -> PolicySet:
    documents = [document_of(each) for each in written]
    return PolicySet((documents[0],), tuple(documents[1:2]), tuple(documents[2:]))


def _requests(choose: random.Random, action: str, fixed: dict[str, Any], number: int) -> list[Request]:
    """Make requests with the fixed keys, and random values for the others."""
    made = []
    for _ in range(number):
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in context(choose).items()}
        values |= fixed
        present = {key: value for key, value in values.items() if value is not None}
        made.append(Request(action, resource(choose, action), present))
    return made


@PROPERTY
@given(SEEDS, st.sampled_from(FIXED), st.sampled_from(ACTIONS))
def test_what_passes_is_allowed_and_what_is_allowed_is_found(
    seed: int, fixed: dict[str, Any], action: str
) -> None:
    choose = random.Random(seed)  # noqa: S311  # nothing here is secret
    policies = _set(_policies(choose))
    answer = passing(policies, action, fixed)
    assert not isinstance(answer, Unknown)
    if answer is None:
        assert all(
            decide(policies, each) is not Decision.ALLOWED for each in _requests(choose, action, fixed, 30)
        )
    else:
        assert decide(policies, answer) is Decision.ALLOWED
        assert all(answer.value(key) == value for key, value in fixed.items())


@PROPERTY
@given(SEEDS, st.sampled_from(FIXED))
def test_a_further_deny_never_widens_what_passes(seed: int, fixed: dict[str, Any]) -> None:
    choose = random.Random(seed)  # noqa: S311  # nothing here is secret
    written = _policies(choose)
    more = json.loads(json.dumps(written))
    choose.choice(more)["Statement"].append(policy(choose, "Deny")["Statement"][0])
    before, after = _set(written), _set(more)
    for each in _requests(choose, TRAINING, fixed, 10):
        assert decide(after, each) is not Decision.ALLOWED or decide(before, each) is Decision.ALLOWED
    assert passing(after, TRAINING, fixed) is None or passing(before, TRAINING, fixed) is not None


@PROPERTY
@given(SEEDS, st.sampled_from(FIXED))
def test_order_changes_nothing(seed: int, fixed: dict[str, Any]) -> None:
    choose = random.Random(seed)  # noqa: S311  # nothing here is secret
    written = _policies(choose)
    turned = [_turned(each) for each in written]
    for each in _requests(choose, TRAINING, fixed, 10):
        assert decide(_set(turned), each) == decide(_set(written), each)
    answers = [passing(_set(each), TRAINING, fixed) for each in (written, turned)]
    assert (answers[0] is None) == (answers[1] is None)


def _turned(value: Any) -> Any:
    """Return a policy with statements, values, operators and keys in the opposite order."""
    if isinstance(value, list):
        return [_turned(each) for each in reversed(value)]
    if isinstance(value, dict):
        return {key: _turned(each) for key, each in reversed(value.items())}
    return value


@PROPERTY
@given(SEEDS, st.sampled_from(FIXED))
def test_what_is_certain_with_gaps_is_so_without(seed: int, fixed: dict[str, Any]) -> None:
    """Whatever a policy says where we can't read it: an answer that we gave stays right."""
    choose = random.Random(seed)  # noqa: S311  # nothing here is secret
    written = _policies(choose)
    known, hidden = _set(written), _set([_with_gaps(each, choose) for each in written])
    for each in _requests(choose, TRAINING, fixed, 10):
        decided = decide(hidden, each)
        if not isinstance(decided, Unknown):
            assert (decided is Decision.ALLOWED) == (decide(known, each) is Decision.ALLOWED)
    if passing(hidden, TRAINING, fixed) is None:
        assert passing(known, TRAINING, fixed) is None


def _with_gaps(policy_: Policy, choose: random.Random) -> Policy:
    """Return a policy in which parts are not known, each for a reason of its own."""
    reasons = (f"part {number} is not known" for number in count())

    def hidden(value: Any, share: float = 0.25) -> Any:
        if choose.random() < share:
            return Unknown(next(reasons))
        if isinstance(value, list):
            return [hidden(each) for each in value]
        return cut(value) if isinstance(value, str) and choose.random() < share else value

    def cut(text: str) -> Unknown:
        start = max(text.rfind("/"), text.rfind(":")) + 1
        return Unknown(next(reasons), f"{text[: choose.randint(start, len(text))]}${{...}}")

    def statement(written: Policy) -> Policy:
        shown = {
            name: hidden(value) for name, value in written.items() if name not in ("Condition", "Effect")
        }
        block = {
            operator: {key: hidden(value) for key, value in tests.items()}
            for operator, tests in written.get("Condition", {}).items()
        }
        effect = written["Effect"]
        shown["Effect"] = Unknown(next(reasons)) if choose.random() < 0.05 else effect
        return {**shown, "Condition": hidden(block, 0.05)}

    return {"Statement": [statement(each) for each in policy_["Statement"]]}


_TEXT = st.sampled_from(
    [
        "",
        "*",
        "a",
        "sagemaker:*",
        "true",
        "10",
        "${x}",
        "a${",
        "@{X}",
        "arn:aws:sagemaker:*:*:*",
        "10.0.0.0/8",
        "2026",
    ]
)
_UNKNOWN = st.sampled_from([Unknown("it is not known"), Unknown("half of it is", "arn:${...}:a")])
_NAME = st.sampled_from(
    [None, 1, "a", SUBNETS, "Null", "StringLike", "ForAnyValue:Bool", "ArnLike", "NumericEquals"]
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT | _UNKNOWN,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAME, inner, max_size=2),
    max_leaves=6,
)
_STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]) | _ANYTHING},
    optional={
        **dict.fromkeys(("Action", "NotAction", "Resource", "NotResource"), _TEXT | _ANYTHING),
        "Condition": st.dictionaries(_NAME, st.dictionaries(_NAME, _ANYTHING, max_size=2), max_size=3)
        | _ANYTHING,
        "Sid": _ANYTHING,
    },
)
_DOCUMENT = st.fixed_dictionaries({"Statement": st.lists(_STATEMENT | _ANYTHING, max_size=4) | _STATEMENT})


@PROPERTY
@given(st.lists(_DOCUMENT | _ANYTHING, min_size=1, max_size=3), st.sampled_from(FIXED))
def test_nothing_that_stands_for_a_policy_ends_in_an_exception(
    written: list[Any], fixed: dict[str, Any]
) -> None:
    policies = _set(written)
    asked = Request(TRAINING, "arn:aws:sagemaker:eu-west-1:1:training-job/a", {SUBNETS: ("a",)})
    assert isinstance(decide(policies, asked), (Decision, Unknown))
    answer = passing(policies, TRAINING, fixed)
    assert not isinstance(answer, Request) or decide(policies, answer) is Decision.ALLOWED
    for known in statements(policies.identity[0]):
        assert isinstance(why(known, asked, [SUBNETS]) + why_not(known, asked), str)
