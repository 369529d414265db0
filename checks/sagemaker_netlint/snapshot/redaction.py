"""What stays of an answer of AWS: the keys that are allowed, in an order of their own, no account ids."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sagemaker_netlint.snapshot.sections import Kept, Section, is_network_value

# Twelve digits that stand alone; an id such as vpce-0123456789012abcd has letters or digits around them.
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")
_FIRST_MASK = 100_000_000_001  # no leading zero, so that a bare number in a policy document stays one


def redacted(
    section: Section, items: Collection[Mapping[str, Any]], vpcs: Collection[str], tags: Collection[str]
) -> list[dict[str, Any]]:
    """Return the items that concern the VPCs (all where none is named), with what may be kept of each."""
    chosen = (item for item in items if _concerns(section, item, vpcs))
    kept = [_tagged(section, item, _kept(item, section.kept), tags) for item in chosen]
    if section.name == "Exports":
        kept = [item for item in kept if is_network_value(item["Value"])]
    return sorted(kept, key=lambda item: str(item[section.identity]))


def masked(data: Any) -> Any:
    """Return the data with each account id as a number that only stands for it: 100000000001 and up."""
    masks: dict[str, str] = {}

    def mask(match: re.Match[str]) -> str:
        return masks.setdefault(match[0], str(_FIRST_MASK + len(masks)))

    def walk(value: Any) -> Any:
        match value:
            case str():
                return _ACCOUNT.sub(mask, value)
            case dict():
                return {key: walk(below) for key, below in value.items()}
            case list():
                return [walk(below) for below in value]
            case _:
                return value

    return walk(data)


def _concerns(section: Section, item: Mapping[str, Any], vpcs: Collection[str]) -> bool:
    if not vpcs or not section.vpcs:
        return True
    return any(found in vpcs for place in section.vpcs for found in _at(item, place.split(".")))


def _at(value: Any, keys: list[str]) -> Iterator[Any]:
    """Yield what stands at a path; lists on the way are gone through."""
    if isinstance(value, list):
        for below in value:
            yield from _at(below, keys)
    elif not keys:
        yield value
    elif isinstance(value, Mapping) and keys[0] in value:
        yield from _at(value[keys[0]], keys[1:])


def _kept(value: Any, keys: Kept) -> Any:
    if isinstance(value, list):
        return sorted((_kept(item, keys) for item in value), key=_order)
    if isinstance(value, Mapping) and keys:
        return {key: _kept(value[key], below) for key, below in keys.items() if key in value}
    return value


def _order(value: Any) -> str:
    """Return what a list is sorted by: AWS promises no order, and none of the lists needs one."""
    return json.dumps(value, sort_keys=True)


def _tagged(
    section: Section, item: Mapping[str, Any], kept: dict[str, Any], tags: Collection[str]
) -> dict[str, Any]:
    if not tags or not section.tagged:
        return kept
    chosen = [
        {"Key": tag["Key"], "Value": tag["Value"]} for tag in item.get("Tags", ()) if tag["Key"] in tags
    ]
    return {**kept, "Tags": sorted(chosen, key=_order)}
