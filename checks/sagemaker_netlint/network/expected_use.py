"""How much use of a domain is expected: users, apps, jobs, growth.

It stands in the policy (`workload`), or beside the domain in the input. The keys are the fields of
`ExpectedUse`; schemas/policy.schema.json describes them to users, and a test keeps both in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal


def _number(default: int, most: int, least: int = 0) -> int:
    """Declare a whole number with its bounds."""
    value: int = field(default=default, metadata={"least": least, "most": most})
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedUse:
    """The expected use of a domain's subnets.

    `users` are people or profiles; `concurrency_percent` of them work at once. In Studio each running space
    has an instance of its own (`spaces_per_user`); in Studio Classic each user has one system instance and
    one per instance type in use (`instance_types_per_user`). Job instances per user are averages of what
    runs at once. `growth_percent_per_year` compounds over `horizon_months`. `headroom_percent` of each
    subnet stays free. `other_addresses_per_subnet` are held there by what is declared elsewhere.
    `origins` says where each value comes from, for explanations.
    """

    users: int = _number(10, 100_000)
    concurrency_percent: int = _number(100, 100)
    studio: Literal["current", "classic"] = "current"
    spaces_per_user: int = _number(2, 100)
    instance_types_per_user: int = _number(2, 100)
    training_instances_per_user: int = _number(0, 1_000)
    processing_instances_per_user: int = _number(0, 1_000)
    efa: bool = False
    other_addresses_per_subnet: int = _number(0, 65_536)
    growth_percent_per_year: int = _number(0, 1_000)
    horizon_months: int = _number(12, 120)
    headroom_percent: int = _number(0, 90)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    def changed(self, values: Mapping[str, Any], origin: str) -> ExpectedUse:
        """Return the use with other values, which come from `origin`.

        Raises:
            ValueError: a key is not known, or a value is not one that it takes; the text says which.

        """
        checked = {key: checked_value(key, value) for key, value in values.items()}
        return replace(self, **checked, origins={**self.origins, **dict.fromkeys(checked, origin)})


_FIELDS = {each.name: each for each in fields(ExpectedUse) if each.name != "origins"}
KEYS = tuple(_FIELDS)


def checked_value(key: str, value: Any) -> Any:
    """Return a value of a key as its type; text of digits is a number, as parameters of templates are.

    Raises:
        ValueError: the key is not known, or the value is not one that it takes.

    """
    if key not in _FIELDS:
        raise ValueError(f"`{key}` is not known; the keys are {', '.join(KEYS)}")
    if key == "studio":
        if value in {"current", "classic"}:
            return str(value)
        raise ValueError(f"`{key}` is current or classic, not `{value}`")
    if key == "efa":
        if isinstance(value, bool) or str(value).lower() in {"true", "false"}:
            return str(value).lower() == "true"
        raise ValueError(f"`{key}` is true or false, not `{value}`")
    bounds = _FIELDS[key].metadata
    number = int(value) if not isinstance(value, bool) and _is_whole(value) else -1
    if not bounds["least"] <= number <= bounds["most"]:
        raise ValueError(
            f"`{key}` is a whole number from {bounds['least']} to {bounds['most']:,}, not `{value}`"
        )
    return number


_LONGEST = 10


def _is_whole(value: object) -> bool:
    return isinstance(value, int) or (
        isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _LONGEST
    )
