"""tfparse's values: which are complete, and how they are joined with a second evaluation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.partial_values import Unsupported, Zones, first_unknown

# tfparse writes these for `data.aws_region.….name` and for what is marked as sensitive
_STAND_INS = ("current-region", "(sensitive value)")
_ID_LENGTH = 36


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
    return len(text) >= _ID_LENGTH and any(data_id in text for data_id in data_ids)


def joined(value: Any, found: Any, data_ids: Collection[str]) -> Any:
    """Join tfparse's value with what the second evaluation gave.

    What that found unknown is unknown; what it could not do is taken from tfparse.
    """
    if isinstance(found, Zones):
        items = found.items()
        found = found.unknown() if items is None else items
    if isinstance(found, Unsupported):
        return _filled(value, found, data_ids)
    if isinstance(found, Unknown):
        return found
    if isinstance(value, list) and isinstance(found, list) and len(value) == len(found):
        return [joined(*pair, data_ids) for pair in zip(value, found, strict=True)]
    if isinstance(value, dict) and isinstance(found, Mapping) and value.keys() == found.keys():
        return {key: joined(value[key], found[key], data_ids) for key in value}
    return value if complete(value, data_ids) and first_unknown(found) is None else found


def _filled(value: Any, unsupported: Unsupported, data_ids: Collection[str]) -> Any:
    """Return tfparse's value with its open parts unknown."""
    if complete(value, data_ids):
        return value
    if isinstance(value, list):
        return [_filled(item, unsupported, data_ids) for item in value]
    if isinstance(value, dict) and "__attribute__" not in value:
        return {key: _filled(item, unsupported, data_ids) for key, item in value.items()}
    return unsupported
