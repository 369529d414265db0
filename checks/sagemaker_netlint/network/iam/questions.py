"""What is asked of IAM policies: which requests must not pass, key by key.

The actions come from the Service Authorization Reference (`actions`). What a request holds of a key:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html#amazonsagemakerai-policy-keys
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from functools import cache
from ipaddress import ip_address

from sagemaker_netlint.network.iam.actions import actions, actions_with_key
from sagemaker_netlint.network.iam.condition_values import network
from sagemaker_netlint.network.iam.conditions import items_of
from sagemaker_netlint.network.iam.policies import Document, statements
from sagemaker_netlint.network.values import Unknown

# An omitted VPC leaves the old one there: UpdateDomain and UpdateCluster merge, profiles inherit.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateDomain.html
_KEEPS_ITS_VPC = frozenset({"UpdateDomain", "UpdateCluster", "CreateUserProfile", "UpdateUserProfile"})
_KEEPS_ITS_MODE = frozenset({"UpdateDomain"})
_FIRST = (
    *("CreateTrainingJob", "CreateProcessingJob", "CreateHyperParameterTuningJob", "CreateModel"),
    *("CreateEndpointConfig", "CreateNotebookInstance", "CreateDomain"),
)
_BY_SUBNETS = frozenset({"CreateNotebookInstance", "CreateDomain"})
_MOST_NAMED = 3
_PATTERNS = ("CreateAutoMLJob*", "Create*JobDefinition")
PRESIGNED = ("CreatePresignedDomainUrl", "CreatePresignedNotebookInstanceUrl")
"""The actions that return a URL which lets its bearer in."""
_IN_A_VPC = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
# Addresses for documentation, one of each range: https://www.rfc-editor.org/rfc/rfc5737
_ANYWHERE = ("203.0.113.77", "198.51.100.77", "192.0.2.77")


class Topic(Enum):
    """What a condition is to hold."""

    VPC = "VPC"
    ISOLATION = "network isolation"
    ENCRYPTION = "traffic encryption"
    INTERNET = "direct internet access"
    MODE = "network access type"


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of request that must not pass.

    A request is bad if it holds the value `bad` of the keys; `None` means that it has none of them. `good` is
    the value that it should hold. `denying` are the operator and the value of a Deny that stops it. `keeping`
    are the actions of which a request without the key changes nothing.
    """

    topic: Topic
    keys: tuple[str, ...]
    actions: tuple[str, ...]
    bad: str | None
    good: str
    denying: tuple[str, str]
    keeping: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The key that messages speak of."""
        return self.keys[0]

    @property
    def fixed(self) -> dict[str, str | None]:
        """What the keys of a bad request hold."""
        return dict.fromkeys(self.keys, self.bad)

    @property
    def absent(self) -> dict[str, str | None]:
        """What the keys of a request hold that leaves them out."""
        return dict.fromkeys(self.keys, None)

    def may_hang_on_absence(self, action: str) -> bool:
        """Say whether a request that omits the value may be as bad as one that has the bad one.

        The service's default is the bad value; whether the key is then in the request is documented nowhere.
        """
        return self.bad is not None and action not in self.keeping

    def phrase(self, actions: Iterable[str]) -> str:
        """Say what a bad request is, after the names of its actions."""
        if self.bad is not None:
            return f"with {self.key.partition(':')[2]} {self.bad}"
        return "without subnets" if _BY_SUBNETS.issuperset(actions) else "without VpcConfig"

    def deny(self, actions: Iterable[str]) -> str:
        """Return what stops the bad requests, as one types it: a statement, or two.

        An update that leaves the value out must pass, so it is denied for the bad value only.
        """
        named = tuple(actions)
        texts = []
        if fresh := [action for action in named if action not in self.keeping]:
            operator, value = self.denying
            texts.append(deny_statement(fresh, {operator: {self.key: value}}))
        if updates := [action for action in named if action in self.keeping]:
            texts.append(deny_statement(updates, {"StringEquals": {self.key: self.bad or ""}}))
        return " and ".join(texts)


def deny_statement(named: Iterable[str], condition: Mapping[str, Mapping[str, str]]) -> str:
    """Return a Deny in JSON."""
    names = [f"sagemaker:{action}" for action in _shortened(tuple(named))]
    return json.dumps({"Effect": "Deny", "Action": names, "Resource": "*", "Condition": condition})


def _shortened(named: tuple[str, ...]) -> Iterator[str]:
    """Yield patterns in place of the actions that they fit, if they fit no others."""
    for pattern in _PATTERNS:
        fitting = {action for action in actions() if fnmatchcase(action, pattern)}
        if fitting <= set(named):
            named = (*(action for action in named if action not in fitting), pattern)
    yield from named


def sorted_actions(actions: Iterable[str]) -> tuple[str, ...]:
    """Return the actions, those that people know best before the others."""
    places = {action: place for place, action in enumerate(_FIRST)}
    return tuple(sorted(actions, key=lambda action: (places.get(action, len(places)), action)))


def listed(names: Iterable[str]) -> str:
    """Name a few, and count the others: "CreateTrainingJob, CreateModel, CreateDomain and 16 more"."""
    first, rest = (found := list(names))[:_MOST_NAMED], found[_MOST_NAMED:]
    if len(rest) == 1:
        first, rest = found, []
    if rest:
        return f"{', '.join(first)} and {len(rest)} more"
    return " and ".join(filter(None, (", ".join(first[:-1]), first[-1])))


@cache
def questions() -> dict[Topic, Question]:
    """Return the questions; a request has both keys of a VPC or none, so a condition on either holds it."""
    every = (_vpc(), *_flags(), _internet(), _mode())
    return {question.topic: question for question in every}


def _with(key: str, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    return sorted_actions(set(actions_with_key(key)) - without)


def _vpc() -> Question:
    keys = ("sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds")
    denying = "Null", "true"
    return Question(Topic.VPC, keys, _with(keys[0], _KEEPS_ITS_VPC), None, "", denying)


def _flags() -> tuple[Question, ...]:
    denying = "BoolIfExists", "false"
    return tuple(
        Question(topic, (key,), _with(key), "false", "true", denying)
        for topic, key in (
            (Topic.ISOLATION, "sagemaker:NetworkIsolation"),
            (Topic.ENCRYPTION, "sagemaker:InterContainerTrafficEncryption"),
        )
    )


def _internet() -> Question:
    key, good = "sagemaker:DirectInternetAccess", "Disabled"
    return Question(Topic.INTERNET, (key,), _with(key), "Enabled", good, ("StringNotEquals", good))


def _mode() -> Question:
    key, bad, good = "sagemaker:AppNetworkAccessType", "PublicInternetOnly", "VpcOnly"
    denying = "StringNotEquals", good
    return Question(Topic.MODE, (key,), _with(key), bad, good, denying, _KEEPS_ITS_MODE)


def from_anywhere(documents: Iterable[Document]) -> dict[str, str | None]:
    """Return what a request holds that comes over the internet, from an address that no policy names."""
    ranges = [found for text in _addresses(documents) if (found := network(text)) is not None]
    free = [each for each in _ANYWHERE if not any(ip_address(each) in found for found in ranges)]
    return dict.fromkeys(_IN_A_VPC) | {"aws:SourceIp": (free or _ANYWHERE)[0]}


def _addresses(documents: Iterable[Document]) -> Iterator[str]:
    for document in documents:
        for statement in statements(document):
            for condition in () if isinstance(statement.conditions, Unknown) else statement.conditions:
                if condition.key.lower() == "aws:sourceip":
                    yield from (each for each in items_of(condition.values) if isinstance(each, str))
