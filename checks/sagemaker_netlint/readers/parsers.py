"""Parsers from evaluated attributes to the model's values. They run at the edge, once.

A parser gets the values found at its field's paths, in the order of the paths; scalar parsers take the
first, list parsers join all. It returns a value or `Unknown`, and raises `WrongTypeError` for what the
service would refuse: the builder reports that as unreadable input and goes on with `Unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any

from sagemaker_netlint.network.expected_use import KEYS, checked_value
from sagemaker_netlint.network.topology import Network
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.job_documents.texts import BrokenTextError, document_in
from sagemaker_netlint.readers.raw import Data, Path, starts_with_token


class WrongTypeError(Exception):
    """An attribute has a type or a form that its service refuses; the text says which is wanted.

    `below` leads from the attribute to the part of it that is meant.
    """

    def __init__(self, message: str, below: Path = ()) -> None:
        """Take what is wanted, and which part of the attribute is not so."""
        super().__init__(message)
        self.below = below


Parser = Callable[[Sequence[Data]], Maybe[Any]]

_PLACEHOLDER = re.compile(r"x{3,}|[<>\s]|replace|your|todo|change.?me|example", re.IGNORECASE)
# https://www.iana.org/assignments/protocol-numbers: the ones that rules name
_PROTOCOLS = {
    "-1": "-1",
    "all": "-1",
    "6": "tcp",
    "17": "udp",
    "1": "icmp",
    "58": "icmpv6",
    "50": "50",
    "esp": "50",
}


def text(values: Sequence[Data]) -> Maybe[str]:
    """Parse a string; numbers are taken as their digits, as YAML users write them."""
    value = values[0]
    if isinstance(value, (str, Unknown)):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WrongTypeError(f"a string belongs here, not {_kind(value)}")
    return str(value)


def boolean(values: Sequence[Data]) -> Maybe[bool]:
    """Parse a boolean, also as the strings that CloudFormation takes."""
    value = values[0]
    if isinstance(value, (bool, Unknown)):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise WrongTypeError(f"true or false belongs here, not {_shown(value)}")


def integer(values: Sequence[Data]) -> Maybe[int]:
    """Parse a whole number, also as a string of digits."""
    value = values[0]
    if isinstance(value, Unknown):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise WrongTypeError(f"a whole number belongs here, not {_kind(value)}")
    try:
        number = int(value)
    except (ValueError, OverflowError):
        number = None
    if number is None or (isinstance(value, float) and value != number):
        raise WrongTypeError(f"a whole number belongs here, not {_shown(value)}")
    return number


def total(values: Sequence[Data]) -> Maybe[int]:
    """Parse whole numbers and add them (the instance groups of one job)."""
    numbers = [integer([value]) for value in values]
    unknown = next((number for number in numbers if isinstance(number, Unknown)), None)
    return unknown if unknown is not None else sum(n for n in numbers if isinstance(n, int))


def largest(values: Sequence[Data]) -> Maybe[int]:
    """Parse whole numbers and take the largest (alternatives, of which the service uses one)."""
    numbers = [integer([value]) for value in values]
    unknown = next((number for number in numbers if isinstance(number, Unknown)), None)
    return unknown if unknown is not None else max(n for n in numbers if isinstance(n, int))


def length(values: Sequence[Data]) -> Maybe[int]:
    """Parse a whole number, or count the list that is written in its place."""
    value = values[0]
    return len(value) if isinstance(value, list) else integer(values)


def length_beside_one(values: Sequence[Data]) -> Maybe[int]:
    """Parse a whole number, or count all but one of the list that is written in its place."""
    count = length(values)
    return max(count - 1, 0) if isinstance(values[0], list) and isinstance(count, int) else count


def agreed(values: Sequence[Data]) -> Maybe[str]:
    """Parse strings that are alternatives: unknown where they differ."""
    found = dict.fromkeys(text([value]) for value in values)
    unknown = next((each for each in found if isinstance(each, Unknown)), None)
    if unknown is not None:
        return unknown
    return next(iter(found)) if len(found) == 1 else Unknown(f"it is one of {', '.join(map(str, found))}")


def written(values: Sequence[Data]) -> Maybe[bool]:
    """Say whether a block is written: a list of none is not, one of which no item is known may be none."""
    items = _items([values[0]]) if not isinstance(values[0], dict) else [values[0]]
    if isinstance(items, Unknown):
        return items
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    return unknown if unknown is not None else bool(items)


def in_s3(values: Sequence[Data]) -> Maybe[bool]:
    """Say whether a document lies in S3: an address or a block is written, not a path beside the template."""
    value = values[0]
    return "://" in value if isinstance(value, str) else written(values)


def local_path(values: Sequence[Data]) -> Maybe[str]:
    """Parse the path of a file beside the template; what lies elsewhere has none."""
    value = values[0]
    return value if isinstance(value, str) and "://" not in value else None


def network(values: Sequence[Data]) -> Maybe[Network]:
    """Parse a CIDR block. Host bits are dropped, as EC2 does (CreateSubnet: "canonical form")."""
    value = text(values)
    if value is None or isinstance(value, Unknown):
        return value
    try:
        return ip_network(value.strip(), strict=False)
    except ValueError:
        raise WrongTypeError(f"a CIDR block belongs here, not {_shown(value)}") from None


def networks(values: Sequence[Data]) -> Maybe[tuple[Network | Unknown, ...]]:
    """Parse CIDR blocks, from lists and single ones alike."""
    items = _items(values)
    if isinstance(items, Unknown):
        return items
    parsed = (network([item]) for item in items)
    return tuple(item for item in parsed if item is not None)


def reference(values: Sequence[Data]) -> Maybe[str]:
    """Parse a reference: an identity token or an id. A placeholder is no value."""
    value = text(values)
    if not isinstance(value, str) or starts_with_token(value):
        return value  # a resource may be named ExampleSubnet
    if not value.strip() or _PLACEHOLDER.search(value):
        reason = f"`{value}` is a placeholder, not an id" if value.strip() else "the value is empty"
        return Unknown(reason, value)
    return value


def references(values: Sequence[Data]) -> Maybe[tuple[str | Unknown, ...]]:
    """Parse a list of references; an empty list stays an empty tuple."""
    items = _items(values)
    if isinstance(items, Unknown):
        return items
    parsed = (reference([item]) for item in items)
    return tuple(item for item in parsed if item is not None)


def list_or_items(values: Sequence[Data]) -> Maybe[tuple[str | Unknown, ...]]:
    """Parse a list of references, else those of the blocks that may be written in its place."""
    return references(values[:1] if isinstance(values[0], list) else values)


def owner(values: Sequence[Data]) -> Maybe[str]:
    """Parse a reference to what hangs on a component (`<token>/default_route_table_id`) to that component."""
    value = reference(values)
    return value.rpartition("/")[0] or value if isinstance(value, str) else value


def name_or_arn(values: Sequence[Data]) -> Maybe[str]:
    """Parse a reference by a name that somebody chose, or by ARN: `example` is a name as good as any."""
    value = text(values)
    return value if value != "" else Unknown("the value is empty")


def names_or_arns(values: Sequence[Data]) -> Maybe[tuple[str | Unknown, ...]]:
    """Parse a list of references by name or ARN."""
    items = _items(values)
    if isinstance(items, Unknown):
        return items
    parsed = (name_or_arn([item]) for item in items)
    return tuple(item for item in parsed if item is not None)


LINKING: frozenset[Parser] = frozenset(
    {reference, references, list_or_items, owner, name_or_arn, names_or_arns}
)
"""The parsers of fields that refer to other resources."""


def lowered(values: Sequence[Data]) -> Maybe[str]:
    """Parse a word of which the service doesn't compare the case, to lower case."""
    value = text(values)
    return value.strip().lower() if isinstance(value, str) else value


def protocol(values: Sequence[Data]) -> Maybe[str]:
    """Parse an IP protocol to lower case: a name that rules use, or the number as text."""
    value = text(values)
    if not isinstance(value, str):
        return value
    lower = value.strip().lower()
    return _PROTOCOLS.get(lower, lower)


def expected_use(values: Sequence[Data]) -> Maybe[dict[str, Any]]:
    """Parse what is written about a domain's use; a value that is not known stays under its key."""
    value = values[0]
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise WrongTypeError(f"a mapping belongs here, not {_kind(value)}")
    return {key: _expected(key, item) for key, item in value.items()}


def _expected(key: str, value: Data) -> Any:
    if key not in KEYS:
        alike = [each for each in KEYS if each.replace("_", "") == re.sub("[-_]", "", key).lower()]
        hint = f"did you mean `{alike[0]}`?" if alike else f"the keys are {', '.join(KEYS)}"
        raise WrongTypeError(f"`{key}` is not known; {hint}", (key,))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (list, dict)):
        raise WrongTypeError(f"a single value belongs here, not {_kind(value)}", (key,))
    try:
        return checked_value(key, value)
    except ValueError as error:
        raise WrongTypeError(str(error), (key,)) from None


def document(values: Sequence[Data]) -> Maybe[Any]:
    """Take the value as it is."""
    return values[0]


def json_document(values: Sequence[Data]) -> Maybe[Any]:
    """Parse a document, also from its JSON; what is not known of a rendered one stays so in its place."""
    try:
        return document_in(values[0])
    except BrokenTextError:
        raise WrongTypeError("a JSON document belongs here") from None


def inbound_only(values: Sequence[Data]) -> Maybe[bool]:
    """Parse for whom private DNS answers: CloudFormation's word, or a boolean."""
    words = {"OnlyInboundResolver": True, "AllResolvers": False, "NotSpecified": None}
    value = values[0]
    return words[value] if isinstance(value, str) and value in words else boolean(values)


def _items(values: Sequence[Data]) -> list[Data] | Unknown:
    items: list[Data] = []
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, dict):
            raise WrongTypeError("a list belongs here, not a mapping")
        items += value if isinstance(value, list) else [value]
    return items


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return names.get(type(value), "a string")


def _shown(value: object) -> str:
    return f"`{value}`" if isinstance(value, (str, int, float)) else _kind(value)
