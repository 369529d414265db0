"""What one variant takes for granted about the values that a template leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Symbol = str
"""A parameter with the path of its stack (`Network/Environment`), or a pseudo parameter (`AWS::Region`)."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A consistent choice.

    `equal` and `excluded` say what a parameter is and is not, `atoms` decide comparisons of expressions.
    The parameters in `departed` don't have their default, and nothing else is known of them.
    """

    equal: Mapping[Symbol, str] = field(default_factory=dict)
    excluded: Mapping[Symbol, frozenset[str]] = field(default_factory=dict)
    atoms: Mapping[str, bool] = field(default_factory=dict)
    departed: frozenset[Symbol] = frozenset()

    def having(self, symbol: Symbol, value: str) -> Assignment:
        """Return the choice in which the parameter has the value."""
        return replace(self, equal={**self.equal, symbol: value})

    def without(self, symbol: Symbol, value: str, allowed: tuple[str, ...]) -> Assignment | None:
        """Return the choice in which the parameter doesn't have the value; `None` if no other is allowed."""
        excluded = self.excluded.get(symbol, frozenset()) | {value}
        rest = [item for item in allowed if item not in excluded]
        if allowed and not rest:
            return None
        if len(rest) == 1:
            return self.having(symbol, rest[0])
        return replace(self, excluded={**self.excluded, symbol: excluded})

    def deciding(self, atom: str, *, truth: bool, departed: frozenset[Symbol]) -> Assignment:
        """Return the choice in which the comparison has the truth value."""
        return replace(self, atoms={**self.atoms, atom: truth}, departed=self.departed | departed)


def merged(choices: list[Assignment], defaults: Mapping[Symbol, str | None]) -> Assignment:
    """Return what holds in choices that decide all conditions alike; the first is the nearest to defaults."""
    first = choices[0]
    equal: dict[Symbol, str] = {}
    open_now: set[Symbol] = set()
    for symbol, value in first.equal.items():
        agreed = all(choice.equal.get(symbol) == value for choice in choices)
        if agreed or value == defaults.get(symbol):
            equal[symbol] = value
        else:
            open_now.add(symbol)
    return replace(first, equal=equal, departed=first.departed | open_now)
