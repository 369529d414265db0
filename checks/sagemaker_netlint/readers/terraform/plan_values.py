"""The values of a plan's resource: what is known, what is linked, and what is known after apply only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sagemaker_netlint.network.declared import Action
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.mapping import entities_of, from_top, snake_case
from sagemaker_netlint.readers.parsers import LINKING, written
from sagemaker_netlint.readers.raw import Data, Path, RawChange
from sagemaker_netlint.readers.terraform.plan_index import Instance, Json, mapping
from sagemaker_netlint.readers.terraform.plan_references import References, Scope

_REST = ""  # stands for any name: an argument that holds blocks has one expression for all of them
# blocks that a provider fills in itself
_COMPUTED = frozenset({"ingress", "egress", "route", "dns_options", "inline_policy"})
Names = tuple[str, ...]
# a set is unknown as a whole where one item is, and its constants (AWS's policies) are not in the plan
_MIXED = ("managed_policy_arns",)
_CONSTANTS = Unknown("the plan doesn't say which constants stand beside what is known after apply")
_ACTIONS = {
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
}


def attributes_of(instance: Instance, follow: References) -> dict[str, Data]:
    """Return the attributes of a planned resource, with the references that can be told."""
    scope = follow.scope_of(instance)
    block = follow.plan.configured(scope.module, instance.block)
    expressions = None if block is None else mapping(block.get("expressions"))
    return _Values(paths_of(instance.type), follow, scope).block(
        instance.values, instance.unknown, expressions, ()
    )


class _Values:
    """Joins `after`, `after_unknown` and the expressions of one resource.

    An expression is `None` where the plan holds none: the block stands in a `dynamic`, or nowhere.
    """

    def __init__(self, paths: Paths, follow: References, scope: Scope) -> None:
        self.paths = paths
        self.follow = follow
        self.scope = scope

    def block(self, after: Json, unknown: Json, expressions: Json | None, names: Names) -> dict[str, Data]:
        found: dict[str, Data] = {}
        for name in dict.fromkeys((*after, *unknown)):
            expression = None if expressions is None else expressions.get(name, expressions.get(_REST))
            path = (*names, name)
            unwritten = expression is None and expressions is not None and path not in self.paths.blocks
            if unknown.get(name) is True and unwritten:
                continue  # the provider will say what it is
            value = self.value(after.get(name), unknown.get(name), expression, path)
            if value is not None:
                found[name] = value
        return found

    def value(self, after: Any, unknown: Any, expression: Any, names: Names) -> Data | None:
        if unknown is True:
            return self.unknown(expression, names)
        if isinstance(after, dict):
            return self.block(after, mapping(unknown), _within(expression), names)
        if isinstance(after, list):
            return self.items(after, unknown if isinstance(unknown, list) else [], expression, names)
        # Terraform's provider writes an id that is not set as an empty string
        return None if after == "" else after

    def unknown(self, expression: Any, names: Names) -> Data:
        expression = mapping(expression) if isinstance(expression, dict) else None
        if names in self.paths.linked:
            found = self.follow.resolve(names[-1], expression, self.scope)
            return [*found, _CONSTANTS] if names == _MIXED and isinstance(found, list) else found
        return self.follow.explain(expression, self.scope)

    def items(self, after: list[Any], unknown: list[Any], expression: Any, names: Names) -> Data:
        unknown = unknown + [False] * (len(after) - len(unknown))
        if True in unknown:
            return self.partly(after, unknown, expression, names)
        blocks = _aligned(expression, after)
        values = (self.value(*item, names) for item in zip(after, unknown, blocks, strict=False))
        return [value for value in values if value is not None]

    def partly(self, after: list[Any], unknown: list[Any], expression: Any, names: Names) -> Data:
        """Return a list of which single items are unknown: all are known now if they are as many."""
        found = self.unknown(expression, names)
        links: list[Data] = list(found) if isinstance(found, list) else [found]
        if len(links) != unknown.count(True):
            reason = found if isinstance(found, Unknown) else Unknown("it is known after apply")
            links = [reason for _ in range(unknown.count(True))]
        pending = iter(links)
        return [next(pending) if is_new else value for value, is_new in zip(after, unknown, strict=False)]


def _within(expression: Any) -> Json | None:
    """Return the expressions inside a block; all of one expression where the block is an argument."""
    if not isinstance(expression, dict):
        return None
    return {_REST: expression} if {"references", "constant_value"} & expression.keys() else expression


def _aligned(expression: Any, after: list[Any]) -> list[Any]:
    """Return the expression of each block; `None` for all where they cannot be told apart."""
    if isinstance(expression, dict):
        return [expression] * len(after)
    if (
        isinstance(expression, list)
        and len(expression) == len(after)
        and all(_agrees(*pair) for pair in zip(expression, after, strict=True))
    ):
        return expression
    return [None] * len(after)


def _agrees(expressions: Any, after: Any) -> bool:
    """Say whether the constants of a block's expressions are the planned values: blocks may be sorted."""
    planned = mapping(after)
    return all(
        expression["constant_value"] == planned.get(name, expression["constant_value"])
        for name, expression in mapping(expressions).items()
        if isinstance(expression, dict) and isinstance(expression.get("constant_value"), (str, bool))
    )


@dataclass(frozen=True, slots=True)
class Paths:
    """What the mapping table knows of a resource type's attributes.

    `linked` are those that refer to other resources. `blocks` are those that only a user writes: where
    one is unknown, and no expression is in the plan, it stands in a `dynamic` block.
    """

    linked: frozenset[Names]
    blocks: frozenset[Names]


@cache
def paths_of(resource_type: str) -> Paths:
    """Return the attributes of a resource type that need care."""
    fields = [place for entity in entities_of(resource_type) for place in _fields(resource_type, entity, ())]
    linked = {path for path, field in fields if field.parse in LINKING}
    if resource_type.startswith("awscc_"):
        return Paths(frozenset(linked), frozenset())  # it has no blocks, and computes all that is not written
    blocks = {path[:length] for path, _ in fields for length in range(1, len(path))}
    blocks |= {path for path, field in fields if field.parse is written}
    return Paths(frozenset(linked), frozenset(path for path in blocks if path[-1] not in _COMPUTED))


def _fields(resource_type: str, entity: Entity, outer: Names) -> Iterator[tuple[Names, Field]]:
    """Yield the fields of an entity with their paths, those of its items included."""
    cloud_control = resource_type.startswith("awscc_")
    at = _split(resource_type, entity.cfn_at if cloud_control else entity.tf_at) or [()]
    for field in entity.fields:
        for path in _split(resource_type, field.cfn if cloud_control else field.tf):
            for prefix in at:
                place = outer + from_top(prefix, path)
                if field.items is None:
                    yield place, field
                else:
                    yield from _fields(resource_type, field.items, place)


def _split(resource_type: str, cell: str) -> list[Names]:
    paths = [cell_path.replace("[]", "").split(".") for cell_path in cell.split(" | ") if cell_path]
    spelled = snake_case if resource_type.startswith("awscc_") else str
    return [tuple(spelled(name) for name in path) for path in paths]


# -- changes ---------------------------------------------------------------------------------------


def change_of(instance: Instance) -> RawChange | None:
    """Return what the plan is about to do with a resource, `None` where it does not say."""
    change = instance.change
    actions = change.get("actions")
    if not isinstance(actions, list):
        return None
    action = _ACTIONS.get(tuple(map(str, actions)), Action.NONE)
    if action not in {Action.UPDATE, Action.REPLACE}:
        return RawChange(action)
    changed = _differences(change.get("before"), change.get("after"), change.get("after_unknown"), ())
    causes = change.get("replace_paths")
    paths = (_path(cause) for cause in causes if isinstance(cause, list)) if isinstance(causes, list) else ()
    return RawChange(action, tuple(changed), tuple(paths))


def _path(cause: list[Any]) -> Path:
    return tuple(step for step in cause if isinstance(step, (str, int)))


def _differences(before: Any, after: Any, unknown: Any, path: Path) -> Iterator[Path]:
    if unknown is True:
        yield path
    elif isinstance(before, dict) and isinstance(after, dict):
        unknowns = mapping(unknown)
        for name in dict.fromkeys((*before, *after, *unknowns)):
            yield from _differences(before.get(name), after.get(name), unknowns.get(name), (*path, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        unknowns_at = unknown if isinstance(unknown, list) else []
        for index, pair in enumerate(zip(before, after, strict=True)):
            inner = unknowns_at[index] if index < len(unknowns_at) else None
            yield from _differences(*pair, inner, (*path, index))
    elif before != after and (before or after):
        yield path
