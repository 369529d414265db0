"""The search for a request that passes.

A request passes where in each group of policies one Allow applies and no Deny does. So the search chooses an
Allow for each group, and for each Deny a condition that is not met. Such choices ask something of single keys
only ("this condition is met", "that one is not"), so each key is solved for itself. Its values to try are
absence, what the conditions name, wildcards filled in, values around bounds, and one that nothing names.

The request is made where the policies are: in their account, in the Regions they name or in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sagemaker_netlint.network import iam_actions
from sagemaker_netlint.network.iam_candidates import combined, patterns_of, resources_for, values_of
from sagemaker_netlint.network.iam_conditions import Value, holds, items_of, operator_of
from sagemaker_netlint.network.iam_matching import text_of
from sagemaker_netlint.network.iam_policies import Condition, Document, Statement, Words
from sagemaker_netlint.network.iam_statements import PolicySet, Request, is_about, is_on
from sagemaker_netlint.network.logic import Verdict, every
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


class Search:
    """A search for requests with one action and fixed values of keys.

    `beyond` says after the search which bound it hit, if any: then that nothing was found says nothing.
    """

    def __init__(
        self, policies: PolicySet, action: str, fixed: Mapping[str, str | tuple[str, ...] | None]
    ) -> None:
        """Look up which statements may be about the action."""
        self.beyond: Unknown | None = None
        self._action = action
        self._fixed = {key.lower(): value for key, value in fixed.items()}
        self._names = {key.lower(): key for key in fixed}
        self._allows = [_about(group, action, "Allow") for group in policies.groups()]
        self._denies = _about(policies.documents(), action, "Deny")
        self._solved: dict[tuple[str, Alternative, bool], tuple[Value] | None] = {}
        self._steps = 0

    def resources(self) -> Iterator[str]:
        """Yield resources to try, each once."""
        lists = [list(_resources(allows)) for allows in self._allows]
        escapes = (statement.not_resources for statement in self._denies if isinstance(statement, Statement))
        lists += [[*_texts(words), "*"] for words in escapes if words is not None]
        seen = set()
        for resource in resources_for(self._action, lists, list(_resources(self._denies))):
            if isinstance(resource, Unknown):
                self.beyond = resource
            elif resource not in seen:
                seen.add(resource)
                yield resource

    def request(self, resource: str, *, tolerant: bool) -> Request | None:
        """Return a request for a resource that passes; where `tolerant`, what isn't known is as it suits."""
        choices = [
            *([*self._granting(group, resource, tolerant=tolerant)] for group in self._allows),
            *self._evading(resource, tolerant=tolerant),
        ]
        if len(choices) > _MOST_CHOICES:
            self.beyond = Unknown(f"more than {_MOST_CHOICES} statements take part")
            return None
        keys = self._chosen([choice for choice in choices if () not in choice], tolerant=tolerant)
        if keys is None:
            return None
        solved = {key: self._value(key, wants, tolerant=tolerant) for key, wants in keys.items()}
        values = self._fixed | {key: value[0] for key, value in solved.items() if value is not None}
        context = {self._names[key]: value for key, value in values.items() if value is not None}
        return Request(self._action, resource, context)

    def _granting(
        self, group: Iterable[Statement | Unknown], resource: str, *, tolerant: bool
    ) -> Iterator[Alternative]:
        """Yield what each Allow of a group asks for."""
        for statement in group:
            scope = self._scope(statement, resource)
            if tolerant if isinstance(scope, Unknown) else scope:
                yield tuple((condition, True) for condition in _conditions(statement))

    def _evading(self, resource: str, *, tolerant: bool) -> Iterator[Choice]:
        """Yield the ways around each Deny: a condition that is not met; without conditions there is none."""
        for statement in self._denies:
            scope = self._scope(statement, resource)
            if not tolerant if isinstance(scope, Unknown) else scope:
                yield [((condition, False),) for condition in _conditions(statement)]

    def _scope(self, statement: Statement | Unknown, resource: str) -> Verdict:
        """Say whether a statement has its effect on the resource, where its known conditions are met."""
        if isinstance(statement, Unknown):
            return statement
        unknown = (each for each in (statement.effect, statement.conditions) if isinstance(each, Unknown))
        return every((is_about(statement, self._action), is_on(statement, resource), *unknown))

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
            return (fixed,) if _meets(wants, fixed, tolerant=tolerant) else None
        if _meets(wants, None, tolerant=tolerant):
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
            if _meets(wants, (text,) if listed else text, tolerant=tolerant):
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


def _is_negated(condition: Condition) -> bool:
    found = operator_of(condition.operator)
    return found is not None and found.negated


def _asks_for_one(want: Want) -> bool:
    """Say whether a want asks for one value of a list: one that fits, or that doesn't as all should."""
    found = operator_of(want[0].operator)
    return found is not None and found.quantifier == ("foranyvalue" if want[1] else "forallvalues")


def _meets(wants: Alternative, value: Value, *, tolerant: bool) -> bool:
    answers = ((holds(condition, value), met) for condition, met in wants)
    return all(tolerant if isinstance(answer, Unknown) else answer is met for answer, met in answers)


def _about(documents: Iterable[Document], action: str, effect: str) -> list[Statement | Unknown]:
    """Return the statements that may have the effect on the action."""
    return [
        statement
        for document in documents
        for statement in document
        if isinstance(statement, Unknown)
        or (_may_have(statement, effect) and is_about(statement, action) is not False)
    ]


def _may_have(statement: Statement, effect: str) -> bool:
    return isinstance(statement.effect, Unknown) or statement.effect == effect


def _resources(statements: Iterable[Statement | Unknown]) -> Iterator[str]:
    """Yield the resources that statements cover; one that excludes some, or isn't known, covers any."""
    for statement in statements:
        if isinstance(statement, Unknown) or statement.resources is None:
            yield "*"
        else:
            yield from _texts(statement.resources)


def _texts(words: Words) -> Iterator[str]:
    return map(text_of, items_of(words))


def _conditions(statement: Statement | Unknown) -> tuple[Condition, ...]:
    conditions = statement if isinstance(statement, Unknown) else statement.conditions
    return () if isinstance(conditions, Unknown) else conditions
