"""What evaluating an expression may give, beside plain data: nothing at all, or the zones of a region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Union

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.raw import Data

MISSING = "${...}"
# a template has 1 MB; references multiply strings
_MAX_LENGTH = 1_000_000
_REFERENCE = re.compile(r"\{\{resolve:([^:{}]*)(?:[^{}]|\$\{[^{}]*\})*(?:\}\})?")


class Absent(Enum):
    """The value of `AWS::NoValue`: what has it is removed."""

    NO_VALUE = "AWS::NoValue"


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of a region: which, is known only at deployment, but not that their items differ."""

    region: str

    def item(self, index: int) -> str:
        """Return a name for the zone at an index, distinct from those of the others."""
        return f"{self.region}:zone-{index}"


Value = Union[bool, int, float, str, list[Data], dict[str, Data], Unknown, Absent, Zones]

NO_VALUE = Absent.NO_VALUE


def settled(value: Value) -> Data | Absent:
    """Return a value as an attribute may hold it."""
    if isinstance(value, Zones):
        return Unknown("the zones of the region are known only at deployment")
    return value


def as_text(value: Value) -> str | Unknown:
    """Return the string that CloudFormation makes of a value where a string belongs."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    value = settled(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Absent):
        return ""
    return Unknown(f"{'a list' if isinstance(value, list) else 'a mapping'} stands where a string belongs")


def shown(value: str | Unknown) -> str:
    """Return what can be rendered of a string."""
    if isinstance(value, Unknown):
        return MISSING if value.text is None else value.text
    return value


def joined(delimiter: str, parts: Iterable[str | Unknown]) -> str | Unknown:
    """Join strings; unknown ones make the result unknown, and leave their gap in its text."""
    parts = list(parts)
    text = delimiter.join(shown(part) for part in parts)
    if len(text) > _MAX_LENGTH:
        return Unknown(f"the string has more than {_MAX_LENGTH:,} characters", MISSING)
    return resolved(text, [gap(part) for part in parts if isinstance(part, Unknown)])


def gap(part: Unknown) -> Unknown:
    """Return an unknown part of a string with the text of its gap."""
    return part if part.text is not None else Unknown(part.reason, MISSING)


def resolved(text: str, missing: Sequence[Unknown] = ()) -> str | Unknown:
    """Return a string, or `Unknown` where parts of it are missing or it holds a dynamic reference.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    references = _REFERENCE.finditer(text) if "{{resolve:" in text else ()
    parts = (*missing, *(_read(match[1], match[0]) for match in references))
    return Unknown(parts[0].reason, text, parts) if parts else text


def _read(service: str, reference: str) -> Unknown:
    stores = {
        "secretsmanager": "Secrets Manager",
        "ssm": "SSM Parameter Store",
        "ssm-secure": "SSM Parameter Store",
    }
    return Unknown(f"it is read from {stores.get(service, service)} at deployment", reference)


def split_list(value: str | Unknown) -> list[Data] | Unknown:
    """Split a comma-delimited list; of one that is known in part, the unknown items are unknown."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",")]
    if value.text is None or "," not in value.text:
        return value
    return [
        Unknown(value.reason, item.strip()) if "${" in item or "{{" in item else item.strip()
        for item in value.text.split(",")
    ]


def first_unknown(values: Sequence[object]) -> Unknown | None:
    """Return the first unknown among values."""
    return next((value for value in values if isinstance(value, Unknown)), None)
