"""What a plan takes away of what is there already: its own values and an inventory show that still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.removals import PARTS, Removals
from sagemaker_netlint.readers.build import components_of
from sagemaker_netlint.readers.mapping import entities_of
from sagemaker_netlint.readers.raw import RawResource


def removals(plan: Mapping[str, Any], file: str) -> Removals:
    """Return what the plan deletes or replaces, and the parts that it takes or changes, as they were."""
    gone, parts = set[str](), list[Declared]()
    for change, actions, before in _changes(plan):
        kind = str(change.get("type"))
        entities = [entity for entity in entities_of(kind) if entity.kind in PARTS]
        if entities:
            here, address = Location(file, 1, 1), str(change.get("address"))
            resource = RawResource(address, kind, address, _given(before), here)
            parts += components_of(resource, entities, lambda _problem: None)
        elif "delete" in actions and isinstance(before.get("id"), str):
            gone.add(before["id"])
    return Removals(frozenset(gone), tuple(parts))


def _changes(plan: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], list[Any], Mapping[str, Any]]]:
    """Yield change, actions and former values of each resource that is deleted, replaced or updated."""
    listed = plan.get("resource_changes")
    for change in listed if isinstance(listed, list) else ():
        detail = change.get("change") if isinstance(change, dict) else None
        if not isinstance(detail, dict) or change.get("mode") == "data":
            continue
        actions, before = detail.get("actions"), detail.get("before")
        if (
            isinstance(actions, list)
            and isinstance(before, dict)
            and {"delete", "update"} & {*map(str, actions)}
        ):
            yield change, actions, before


def _given(value: Any) -> Any:
    """Leave out what isn't set: a provider writes `null`, and an empty string."""
    if isinstance(value, dict):
        return {name: _given(inner) for name, inner in value.items() if inner is not None and inner != ""}
    return [_given(inner) for inner in value if inner is not None] if isinstance(value, list) else value
