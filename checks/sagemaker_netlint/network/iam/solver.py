"""Values of condition keys under which some conditions are met and others are not.

Each condition is about one key, so each key is solved for itself. Its values to try are absence, what the
conditions name, wildcards filled in, values around bounds, and one that nothing names (`candidates`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sagemaker_netlint.network.iam import actions as iam_actions
from sagemaker_netlint.network.iam.candidates import combined, patterns_of, values_of
from sagemaker_netlint.network.iam.conditions import Value, holds, operator_of
from sagemaker_netlint.network.iam.policies import Condition
from sagemaker_netlint.network.values import Unknown

_MOST_STEPS = 2000
_MOST_CHOICES = 400

Want = tuple[Condition, bool]
"""A condition, and whether it shall be met."""
Alternative = tuple[Want, ...]
"""What has to be so at once; nothing where all is well anyway."""
Choice = list[Alternative]
"""The ways to satisfy one group of Allows, or to get around one Deny."""
_Wants = dict[str, Alternative]


class Solver:
    """Finds contexts of requests for one action with fixed values of keys.

    `unsure` says whether an answer was met that is unknown; only then does it change something to be
    tolerant: to take such answers as it suits. `beyond` says which bound was hit, if any: then nothing
    follows from nothing being found.
    """

    def __init__(self, action: str, fixed: Mapping[str, str | tuple[str, ...] | None]) -> None:
        """Keep what is given, and what is found out on the way."""
        self.beyond: Unknown | None = None
        self.unsure = False
        self._action = action
        self._fixed = {key.lower(): value for key, value in fixed.items()}
        self._names = {key.lower(): key for key in fixed}
        self._solved: dict[tuple[str, Alternative, bool], tuple[Value] | None] = {}
        self._steps = 0

    def context(self, choices: list[Choice], *, tolerant: bool) -> dict[str, str | tuple[str, ...]] | None:
        """Return a context with one alternative of each choice, `None` where there is none."""
        if len(choices) > _MOST_CHOICES:
            self.beyond = Unknown(f"more than {_MOST_CHOICES} statements take part")
            return None
        keys = self._chosen([choice for choice in choices if () not in choice], tolerant=tolerant)
        if keys is None:
            return None
        solved = {key: self._value(key, wants, tolerant=tolerant) for key, wants in keys.items()}
        values = self._fixed | {key: value[0] for key, value in solved.items() if value is not None}
        return {self._names[key]: value for key, value in values.items() if value is not None}

    def _chosen(self, choices: list[Choice], *, tolerant: bool) -> _Wants | None:
        """Choose one alternative of each choice so that all go together, of the fewest ones first."""
        stack: list[tuple[list[Choice], _Wants]] = [(choices, {})]
        while stack:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                self.beyond = Unknown("the policies leave more combinations of conditions than are tried")
                return None
            choices, wants = stack.pop()
            left = self._left(choices, wants, tolerant=tolerant)
            if left == []:
                return wants
            if left is not None:
                fewest = min(left, key=lambda each: len(each[1]))
                rest = [choice for choice, ways in left if ways is not fewest[1]]
                stack += [(rest, way) for way in reversed(fewest[1])]
        return None

    def _left(
        self, choices: list[Choice], wants: _Wants, *, tolerant: bool
    ) -> list[tuple[Choice, list[_Wants]]] | None:
        """Return the choices that are still to be made, and their ways; `None` where one has no way."""
        left = []
        for choice in choices:
            ways = [
                way
                for alternative in choice
                if (way := self._with(wants, alternative, tolerant=tolerant)) is not None
            ]
            if not ways:
                return None
            if all(way is not wants for way in ways):
                left.append((choice, ways))
        return left

    def _with(self, wants: _Wants, alternative: Alternative, *, tolerant: bool) -> _Wants | None:
        """Add what an alternative asks for; `None` where that doesn't go together."""
        for condition, met in alternative:
            key = condition.key.lower()
            known = wants.get(key, ())
            if (condition, met) in known:
                continue
            asked = (*known, (condition, met))
            if self._value(key, asked, tolerant=tolerant) is None:
                return None
            self._names.setdefault(key, condition.key)
            wants = {**wants, key: asked}
        return wants

    def _value(self, key: str, wants: Alternative, *, tolerant: bool) -> tuple[Value] | None:
        """Return a value that meets the wants, `(None,)` for absence; `None` where there is none."""
        known = (key, wants, tolerant)
        if known not in self._solved:
            self._solved[known] = self._solve(key, wants, tolerant=tolerant)
        return self._solved[known]

    def _solve(self, key: str, wants: Alternative, *, tolerant: bool) -> tuple[Value] | None:
        if key in self._fixed:
            fixed = self._fixed[key]
            return (fixed,) if self._meets(wants, fixed, tolerant=tolerant) else None
        if self._meets(wants, None, tolerant=tolerant):
            return (None,)
        if iam_actions.lacks_key(self._action, key):
            return None
        several = iam_actions.holds_several(key)
        single = None if several else self._single(key, wants, listed=False, tolerant=tolerant)
        if single is not None:
            return (single,)
        quantified = any(":" in condition.operator for condition, _ in wants)
        may_be_list = quantified if several is None else several
        return self._list(key, wants, tolerant=tolerant) if may_be_list else None

    def _list(self, key: str, wants: Alternative, *, tolerant: bool) -> tuple[Value] | None:
        """Return a list: what holds for all values limits each, and what holds for any adds one."""
        needs = tuple(want for want in wants if _asks_for_one(want))
        limits = tuple(want for want in wants if want not in needs)
        alternatives: list[Alternative] = [(need,) for need in needs] or [()]
        found = [self._single(key, (*limits, *need), listed=True, tolerant=tolerant) for need in alternatives]
        values = tuple(dict.fromkeys(value for value in found if value is not None))
        return None if None in found else (values,)

    def _single(self, key: str, wants: Alternative, *, listed: bool, tolerant: bool) -> str | None:
        for text in (*values_of(key, [condition for condition, _ in wants]), *self._fitting_all(wants)):
            if self._meets(wants, (text,) if listed else text, tolerant=tolerant):
                return text
        return None

    def _fitting_all(self, wants: Alternative) -> Iterator[str]:
        """Yield texts that fit the patterns of several conditions at once."""
        lists = [patterns_of(condition) for condition, met in wants if met is not _is_negated(condition)]
        lists = [patterns for patterns in lists if patterns]
        for text in combined(lists) if len(lists) > 1 else ():
            if isinstance(text, Unknown):
                self.beyond = text
            else:
                yield text

    def _meets(self, wants: Alternative, value: Value, *, tolerant: bool) -> bool:
        for condition, met in wants:
            answer = holds(condition, value)
            if isinstance(answer, Unknown):
                self.unsure = True
                if not tolerant:
                    return False
            elif answer is not met:
                return False
        return True


def _is_negated(condition: Condition) -> bool:
    found = operator_of(condition.operator)
    return found is not None and found.negated


def _asks_for_one(want: Want) -> bool:
    """Say whether a want asks for one value of a list: one that fits, or that doesn't as all should."""
    found = operator_of(want[0].operator)
    return found is not None and found.quantifier == ("foranyvalue" if want[1] else "forallvalues")
