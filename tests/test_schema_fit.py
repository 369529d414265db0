"""The quick look at data says yes only to what jsonschema takes, too."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_network import network
from jsonschema import Draft202012Validator

from sagemaker_netlint.schema_fit import fits

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
INVENTORY: dict[str, Any] = json.loads((SCHEMAS / "inventory.schema.json").read_text(encoding="utf-8"))
JUDGE = Draft202012Validator(INVENTORY)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, 7.5, -1, "", "x", [], {}, [None], {"x": 1}, ["x"], [{}]]
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, child in children for place in _places(child, (*path, key)))]


PLACES = _places(network())


def test_a_valid_inventory_fits() -> None:
    assert JUDGE.is_valid(network())
    assert fits(network(), INVENTORY)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), ODD)
def test_what_fits_is_valid(place: tuple[Any, ...], value: Any) -> None:
    data: Any = copy.deepcopy(network())
    if not place:
        data = value
    else:
        parent = data
        for step in place[:-1]:
            parent = parent[step]
        parent[place[-1]] = value
    if fits(data, INVENTORY):
        assert JUDGE.is_valid(data)


@pytest.mark.parametrize(
    ("data", "schema"),
    [(1, {"type": "null"}), ({}, {"oneOf": [{}]}), ({"a": 1}, {"additionalProperties": {"type": "integer"}})],
)
def test_what_it_does_not_know_is_left_to_jsonschema(data: object, schema: dict[str, Any]) -> None:
    assert not fits(data, schema)
