"""A quick look whether data fits a schema: a long inventory mostly does, and jsonschema takes its time.

It says yes only for certain: what doesn't fit, or meets a keyword that isn't known here, is jsonschema's to
judge. 20,000 subnets take half a second so, not five.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]

_TYPES: Mapping[str, Check] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}
_NOTES = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples"})


def fits(data: Any, schema: Mapping[str, Any]) -> bool:
    """Say whether the data fits the schema for certain."""
    return _check(schema, schema.get("$defs", {}), {})(data)


def _check(schema: Mapping[str, Any], definitions: Mapping[str, Any], made: dict[str, Check]) -> Check:
    """Make a check of a schema, once for all values; a definition is made once, too."""
    checks: list[Check] = []
    for keyword, rule in schema.items():
        if keyword == "$ref":
            name = str(rule).removeprefix("#/$defs/")
            if name not in made:
                made[name] = _check(definitions[name], definitions, made)
            checks.append(made[name])
        elif keyword == "properties":
            checks.append(_properties({k: _check(s, definitions, made) for k, s in rule.items()}))
        elif keyword == "items":
            checks.append(_items(_check(rule, definitions, made)))
        elif keyword == "if":
            parts = (rule, schema.get("then", {}), schema.get("else", {}))
            checks.append(_if(*(_check(part, definitions, made) for part in parts)))
        elif keyword not in _NOTES and keyword not in {"then", "else"}:
            checks.append(_plain(keyword, rule, schema))
    return lambda value: all(check(value) for check in checks)


def _properties(known: Mapping[str, Check]) -> Check:
    return lambda value: (
        not isinstance(value, dict) or all(known[k](item) for k, item in value.items() if k in known)
    )


def _items(check: Check) -> Check:
    return lambda value: not isinstance(value, list) or all(map(check, value))


def _if(condition: Check, then: Check, other: Check) -> Check:
    return lambda value: then(value) if condition(value) else other(value)


def _plain(keyword: str, rule: Any, schema: Mapping[str, Any]) -> Check:
    """Make the check of a keyword that looks at one value; one that isn't known refuses everything."""
    makers: Mapping[str, Callable[[], Check]] = {
        "type": lambda: _of_type([rule] if isinstance(rule, str) else rule),
        "required": lambda: lambda value: not isinstance(value, dict) or all(key in value for key in rule),
        "const": lambda: lambda value: type(value) is type(rule) and value == rule,
        "enum": lambda: lambda value: isinstance(value, str) and value in rule,
        "pattern": lambda: _matching(re.compile(rule)),
        "minimum": lambda: lambda value: not isinstance(value, (int, float)) or value >= rule,
        "minProperties": lambda: lambda value: not isinstance(value, dict) or len(value) >= rule,
        "additionalProperties": lambda: _no_others(rule, frozenset(schema.get("properties", {}))),
    }
    maker = makers.get(keyword)
    return maker() if maker is not None else lambda _value: False


def _of_type(names: list[str]) -> Check:
    checks = [_TYPES.get(name, lambda _value: False) for name in names]
    return checks[0] if len(checks) == 1 else lambda value: any(check(value) for check in checks)


def _matching(pattern: re.Pattern[str]) -> Check:
    return lambda value: not isinstance(value, str) or pattern.search(value) is not None


def _no_others(rule: Any, known: frozenset[str]) -> Check:
    """Refuse further keys; where a schema says what they are like, jsonschema is asked."""
    return lambda value: (
        (rule is False or not value) and (not isinstance(value, dict) or value.keys() <= known)
    )
