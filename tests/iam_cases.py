"""Random policies and requests of IAM, for tests of the evaluator: every operator and modifier takes part.

A policy is the JSON of a document; a context holds strings, and lists for the keys that are lists.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

Policy = dict[str, Any]
Context = dict[str, Union[str, list[str]]]

ACTIONS = ("sagemaker:CreateTrainingJob", "sagemaker:CreateHyperParameterTuningJob")
RESOURCES = {
    "sagemaker:CreateTrainingJob": "training-job/{}",
    "sagemaker:CreateHyperParameterTuningJob": "hyper-parameter-tuning-job/{}",
}
ACTION_PATTERNS = (
    *ACTIONS,
    *("*", "sagemaker:*", "sagemaker:Create*", "SAGEMAKER:createtrainingjob", "sagemaker:Create?rainingJob"),
    *("sagemaker:*Job", "s3:*", "sagemaker:Update*", "sagemaker:CreateTrainingJo?", "sagemaker:Describe*"),
)
RESOURCE_PATTERNS = (
    *("*", "*", "arn:aws:sagemaker:*:*:*", "arn:aws:sagemaker:eu-west-1:123456789012:training-job/*"),
    *("arn:aws:sagemaker:*:123456789012:training-job/a*", "arn:aws:sagemaker:eu-*-1:*:training-job/?"),
    *("arn:aws:sagemaker:eu-????-1:*:hyper-parameter-tuning-job/*", "arn:aws:sagemaker:*"),
    *("arn:aws:sagemaker:us-east-1:*:*", "arn:aws:s3:::bucket/*", "arn:aws:sagemaker:*:*:training-job/A"),
)
QUANTIFIERS = ("", "", "ForAllValues:", "ForAnyValue:")


@dataclass(frozen=True)
class Key:
    """A condition key: the operators that suit it, what policies compare with, and what requests hold."""

    name: str
    operators: tuple[str, ...]
    wanted: tuple[str, ...]
    given: tuple[str, ...]
    several: bool = False


STRINGS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike"),
)
TEXTS = ("alpha", "Alpha", "beta", "al*", "*ta", "?eta", "a*a", "*", "", "al?ha*")
GIVEN = ("alpha", "ALPHA", "beta", "zeta", "eta", "al", "gamma")
COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
KMS = "arn:aws:kms:eu-west-1:123456789012:key/"
DATES = (
    "2026-01-01T00:00:00Z",
    "2026-01-01T02:00:00+02:00",
    "2026-06-30T12:00:00Z",
    "2026-01-01",
    "2026-01-01T00:00:00.5Z",
)
KEYS = (
    Key("sagemaker:FileSystemId", STRINGS, TEXTS, GIVEN),
    Key("aws:PrincipalTag/team", STRINGS, TEXTS, GIVEN),
    Key("sagemaker:VpcSubnets", STRINGS, TEXTS, GIVEN, several=True),
    Key("aws:TagKeys", STRINGS, TEXTS, GIVEN, several=True),
    Key("sagemaker:NetworkIsolation", ("Bool",), ("true", "false", "True"), ("true", "false")),
    Key(
        "sagemaker:MaxRuntimeInSeconds",
        tuple(f"Numeric{each}" for each in COMPARISONS),
        ("10", "20", "10.0", "15.5", "-1"),
        ("9", "10", "15.5", "16", "20", "21"),
    ),
    Key("aws:CurrentTime", tuple(f"Date{each}" for each in COMPARISONS), DATES, DATES[:3]),
    Key(
        "aws:SourceIp",
        ("IpAddress", "NotIpAddress"),
        ("10.0.0.0/8", "10.1.2.3/32", "192.168.0.0/16", "2001:db8::/32", "10.1.2.3/24"),
        ("10.1.2.3", "10.1.2.4", "192.168.255.255", "172.16.0.1", "2001:db8::1"),
    ),
    Key(
        "sagemaker:VolumeKmsKeyArn",
        ("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"),
        (f"{KMS}a", f"{KMS}*", "arn:aws:kms:*:*:key/?", "arn:*:kms:eu-west-1:*:*", "arn:aws:kms:*:*:alias/*"),
        (f"{KMS}a", f"{KMS}ab", "arn:aws:kms:us-east-1:210987654321:key/a", f"{KMS}a:b"),
    ),
    Key("aws:PrincipalTag/bytes", ("BinaryEquals",), ("aGk=", "aGV5"), ("aGk=", "aGV5", "aG8=")),
)


def statement(choose: random.Random, effect: str) -> Policy:
    """Make a statement; a third of them has no condition."""
    made: Policy = {"Effect": effect}
    made["NotAction" if choose.random() < 0.15 else "Action"] = some(choose, ACTION_PATTERNS, 3)
    made["NotResource" if choose.random() < 0.15 else "Resource"] = some(choose, RESOURCE_PATTERNS, 2)
    if choose.random() < 0.7:
        made["Condition"] = {}
        for _ in range(choose.choice((1, 1, 1, 2, 3))):
            operator, key, values = condition(choose)
            made["Condition"].setdefault(operator, {})[key] = values
    return made


def condition(choose: random.Random) -> tuple[str, str, Any]:
    """Make an operator with its modifiers, a key in some case of letters, and values."""
    key = choose.choice(KEYS)
    name = key.name.upper() if choose.random() < 0.1 else key.name
    if choose.random() < 0.2:
        return "Null", name, choose.choice(("true", "false"))
    quantifier = choose.choice(QUANTIFIERS[2:] if key.several else QUANTIFIERS)
    if_exists = choose.choice(("", "", "IfExists"))
    return f"{quantifier}{choose.choice(key.operators)}{if_exists}", name, some(choose, key.wanted, 3)


def some(choose: random.Random, items: Sequence[str], most: int) -> str | list[str]:
    """Choose one item, bare or in a list, or a few."""
    found = list(dict.fromkeys(choose.choices(items, k=choose.randint(1, most))))
    return found[0] if len(found) == 1 and choose.random() < 0.5 else found


def policy(choose: random.Random, *effects: str) -> Policy:
    """Make a document with a statement for each effect."""
    return {"Version": "2012-10-17", "Statement": [statement(choose, effect) for effect in effects]}


def context(choose: random.Random, presence: float = 0.6) -> Context:
    """Make the context of a request: each key is there or not."""
    made: Context = {}
    for key in KEYS:
        if choose.random() < presence:
            values = choose.sample(key.given, choose.randint(1, 3) if key.several else 1)
            made[key.name] = values if key.several else values[0]
    return made


def effects(choose: random.Random) -> list[str]:
    """Choose the effects of a policy's statements, with at least one Allow."""
    return ["Allow", *choose.choices(("Allow", "Deny"), k=choose.choice((0, 0, 1, 2)))]


def resource(choose: random.Random, action: str) -> str:
    """Make the ARN that a request for the action is for."""
    region = choose.choice(("eu-west-1", "us-east-1", "eu-north-1"))
    return f"arn:aws:sagemaker:{region}:123456789012:{RESOURCES[action].format(choose.choice('abA'))}"


@dataclass(frozen=True)
class Case:
    """Policies and a request."""

    action: str
    resource: str
    context: Context
    identity: tuple[Policy, ...]
    boundaries: tuple[Policy, ...] = ()
    service_control: tuple[Policy, ...] = ()


def case(seed: int) -> Case:
    """Make a case: most have identity policies alone, some a boundary or service control policies."""
    choose = random.Random(seed)  # noqa: S311  # nothing here is secret
    action = choose.choice(ACTIONS)
    return Case(
        action,
        resource(choose, action),
        context(choose),
        tuple(policy(choose, *effects(choose)) for _ in range(choose.choice((1, 1, 2)))),
        tuple(policy(choose, *effects(choose)) for _ in range(choose.choice((0, 0, 0, 1)))),
        tuple(
            policy(choose, *choose.choice((["Deny"], effects(choose))))
            for _ in range(choose.choice((0, 0, 0, 1, 2)))
        ),
    )
