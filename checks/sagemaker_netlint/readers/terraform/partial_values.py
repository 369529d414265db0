"""What expressions evaluate to beside plain data: kinds of unknown values, and names that are looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagemaker_netlint.network.values import Unknown

GAP = "${...}"
"""What stands for a value in a text where its expression is not at hand."""


class Spread(Unknown):
    """An unknown list inside a list: it stands for any number of items."""

    __slots__ = ()


class NotDownloaded(Unknown):
    """An output of a module that isn't on disk; tfparse may take the module's argument for it."""

    __slots__ = ()


class Unsupported(Unknown):
    """An expression all of whose parts are known, but which only tfparse can evaluate."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenObject(Unknown):
    """An object with unknown keys: who looks into it doesn't know what is there, but it can be written out.

    `keys` are the unknown ones; `members` has the texts of these in their places.
    """

    keys: tuple[Unknown, ...] = field(default=(), compare=False, repr=False)
    members: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


class AnyOrder(list[Any]):
    """A list in the order in which AWS gives it: nobody knows which item is the first."""

    def picked(self, text: str) -> Unknown | None:
        """Return why an item at a place isn't known; `None` where there is one item only."""
        return Unknown(f"the order of `{text}` is known at apply time only") if len(self) > 1 else None


@dataclass(frozen=True, slots=True)
class Instances(Unknown):
    """The instances of a data source, where nobody knows which there are; `member` gives one by its key."""

    member: Callable[[str], Any] = field(default=lambda _key: GAP, compare=False, repr=False)


class Missing(Unknown):
    """A member that its value doesn't have: an error for Terraform, unless `try()` catches it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Namespace:
    """A name whose members are looked up when asked for: `var`, `local`, a resource, a module."""

    name: str
    member: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Zones:
    """The names of a region's availability zones: the list is unknown, its items are told apart."""

    text: str
    start: int = 0
    length: int | None = None

    def item(self, index: int) -> Any:
        """Return the symbolic name of a zone."""
        if index < 0 or (self.length is not None and not self.length):
            return self.unknown()
        position = self.start + (index if self.length is None else index % self.length)
        return f"${{{self.text}[{position}]}}"

    def items(self) -> list[Any] | None:
        """Return the names, where their number is known."""
        return None if self.length is None else [self.item(index) for index in range(self.length)]

    def unknown(self) -> Unknown:
        """Return the list as an unknown value."""
        return Unknown(f"`{self.text}` is read at apply time")


def first_unknown(values: Any) -> Unknown | None:
    """Return the first unknown value in a tree."""
    if isinstance(values, Unknown):
        return values
    if isinstance(values, Zones):
        return values.unknown()
    children = values.values() if isinstance(values, Mapping) else values if isinstance(values, list) else ()
    return next((found for child in children if (found := first_unknown(child)) is not None), None)


def together(parts: Sequence[Unknown], text: str) -> Unknown:
    """Return a string of which parts are unknown. Only where tfparse may know them all is it asked."""
    first = next((part for part in parts if not isinstance(part, Unsupported)), parts[0])
    kind = type(first) if isinstance(first, (Missing, NotDownloaded, Unsupported)) else Unknown
    return kind(first.reason, text, tuple(parts))


def unknowns_in(values: Any) -> Iterator[Unknown]:
    """Yield the unknown values in a tree, each with the text of its gap."""
    if isinstance(values, Zones):
        values = values.unknown()
    if isinstance(values, OpenObject):
        yield from values.keys
        values = values.members
    if isinstance(values, Unknown):
        yield values if values.text else type(values)(values.reason, GAP)
    elif isinstance(values, (Mapping, list)):
        for child in values.values() if isinstance(values, Mapping) else values:
            yield from unknowns_in(child)


def step_into(value: Any, key: Any, text: str) -> Any:
    """Return `value.key` or `value[key]`; `text` is the expression, for the reason."""
    if isinstance(key, Unknown):
        return key
    if isinstance(value, (Namespace, Instances)):
        return value.member(str(key))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Mapping):
        return value[str(key)] if str(key) in value else Missing(f"`{text}` does not exist")
    if isinstance(value, (list, Zones)):
        return _item(value, key, text)
    return Missing(f"`{text}` does not exist")


def _item(value: list[Any] | Zones, key: Any, text: str) -> Any:
    index = as_index(key)
    if index is None:
        return Missing(f"`{text}` does not exist")
    unordered = value.picked(text) if isinstance(value, AnyOrder) else None
    if unordered is not None:
        return unordered
    if isinstance(value, Zones):
        return value.item(index)
    spread = next((item for item in value[: index + 1] if isinstance(item, Spread)), None)
    if spread is not None:
        return Unknown(spread.reason)
    return value[index] if 0 <= index < len(value) else Missing(f"`{text}` does not exist")


def as_index(key: Any) -> int | None:
    """Return a list index; `None` where it is none."""
    if isinstance(key, bool) or not isinstance(key, (int, float, str)):
        return None
    try:
        return int(key)
    except (ValueError, OverflowError):
        return None


def plain(value: Any) -> Any:
    """Return data for the model: looked-up names become unknown, `null` disappears from collections."""
    if isinstance(value, Zones):
        found = value.items()
        return value.unknown() if found is None else found
    if isinstance(value, Namespace):
        return Unknown(f"{value.name} is no value")
    if isinstance(value, Unknown):
        return value if type(value) is Unknown else Unknown(value.reason, value.text, value.parts)
    if isinstance(value, list):
        return [plain(item) for item in value if item is not None]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if item is not None}
    return value
