"""A policy or inventory file against its JSON Schema: errors say where, and what was probably meant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any

from sagemaker_netlint.data_files import schema_file
from sagemaker_netlint.marked_yaml import KeyPath, Marked, MarkedFileError
from sagemaker_netlint.schema_fit import fits

# enough to tell the first one of the file: an inventory may have the same error in thousands of items
_MAX_ERRORS = 100


def validate(marked: Marked, schema_name: str = "policy") -> None:
    """Check the file against a schema.

    Raises:
        MarkedFileError: the first error in the file, with its line and key path.

    """
    if marked.data is None:
        return
    schema = _schema(schema_name)
    if fits(marked.data, schema):
        return
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - slow to import, only needed here

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    validator = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, type_checker=types
    )
    found = islice(validator(schema).iter_errors(marked.data), _MAX_ERRORS)
    errors = [_told(error, marked) for error in found]
    if errors:
        raise min(errors, key=lambda error: (error.line, error.key_path))


def address_of(schema_name: str) -> str:
    """Return the address under which a schema is published: its `$id`."""
    return str(_schema(schema_name)["$id"])


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_file(name).read_text(encoding="utf-8"))
    return schema


def _is_integer(_checker: object, value: object) -> bool:
    """Say whether the value is written as a whole number; JSON Schema would take 20.0 for one, too."""
    return isinstance(value, int) and not isinstance(value, bool)


def _told(error: Any, marked: Marked) -> MarkedFileError:
    path: KeyPath = tuple(error.absolute_path)
    value, rule = error.instance, error.validator_value
    if "propertyNames" in error.absolute_schema_path:
        return marked.error(f"{value!r} is no pattern: {error.schema['description']}", (*path, value))
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            unknown = next(key for key in value if key not in known)
            hint = did_you_mean(unknown, known) or f"; known are {', '.join(known)}"
            return marked.error(f"unknown key{hint}", (*path, unknown))
        case "enum":
            hint = did_you_mean(str(value), rule)
            return marked.error(f"{value!r} is none of {', '.join(rule)}{hint}", path)
        case "type":
            wanted = " or ".join(_TYPES[name] for name in ([rule] if isinstance(rule, str) else rule))
            return marked.error(f"{wanted} belongs here, and it is {_shown(value)}", path)
        case "pattern" if "title" in error.schema:
            return marked.error(f"{error.schema['title']} belongs here, and it is {value!r}", path)
        case _:
            return marked.error(error.message, path)


_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest of the known words, or an empty text."""
    close = get_close_matches(text, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
