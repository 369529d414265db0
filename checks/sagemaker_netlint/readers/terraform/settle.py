"""tfparse's values: which are complete, and how incomplete ones are joined with a second evaluation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.partial_values import NotDownloaded, Zones

# tfparse writes these for `data.aws_region.….name` and for what is marked as sensitive
_STAND_INS = ("current-region", "(sensitive value)")


def complete(value: Any, data_ids: Collection[str]) -> bool:
    """Say whether tfparse's value has no open part. `data_ids` stand where a data source's result would."""
    if value is None:
        return False
    if isinstance(value, str):
        return not _open(value, data_ids)
    if isinstance(value, list):
        return all(complete(item, data_ids) for item in value)
    if isinstance(value, dict):
        return "__attribute__" not in value and all(complete(item, data_ids) for item in value.values())
    return True


def _open(text: str, data_ids: Collection[str]) -> bool:
    if "${" in text or any(stand_in in text for stand_in in _STAND_INS):
        return True
    if text[:1] in {"{", "["} and "null" in text:  # jsonencode() of an open part gives null
        return True
    return text in data_ids or (len(text) > len("x" * 36) and any(data_id in text for data_id in data_ids))


def merged(value: Any, found: Any, data_ids: Collection[str]) -> Any:
    """Join tfparse's value with what the syntax tree gave: complete parts of the first, else the second."""
    if isinstance(found, NotDownloaded):
        return found
    if complete(value, data_ids):
        return value
    if isinstance(found, Zones):
        items = found.items()
        found = found.unknown() if items is None else items
    if isinstance(value, list) and isinstance(found, (list, Unknown)):
        return _merged_list(value, found, data_ids)
    if isinstance(value, dict) and "__attribute__" not in value and isinstance(found, (Mapping, Unknown)):
        return _merged_mapping(value, found, data_ids)
    return found


def _merged_list(value: list[Any], found: list[Any] | Unknown, data_ids: Collection[str]) -> Any:
    if isinstance(found, Unknown):
        return [merged(item, _part(found), data_ids) for item in value]
    if len(found) != len(value):
        return found
    return [merged(*pair, data_ids) for pair in zip(value, found, strict=True)]


def _merged_mapping(
    value: dict[str, Any], found: Mapping[str, Any] | Unknown, data_ids: Collection[str]
) -> Any:
    if isinstance(found, Unknown):
        return {key: merged(item, _part(found), data_ids) for key, item in value.items()}
    keys = [*value, *(key for key in found if key not in value)]
    return {key: merged(value.get(key), found.get(key), data_ids) for key in keys}


def _part(found: Unknown) -> Unknown:
    return Unknown(found.reason)
