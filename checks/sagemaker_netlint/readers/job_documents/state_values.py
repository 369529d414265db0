"""What a state hands to the API that it calls: a template, with expressions that only a run can compute.

Expressions stand in members whose names end with `.$` (JSONPath) or between `{%` and `%}` (JSONata). Those
that hold nothing but literals are computed here, the others are `Unknown`.
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.raw import Data

Value = Union[Data, None]
"""A value of a run; `None` is JSON's null, which is no member of a request."""

_DEPTH = 60  # no request of the API is as deep
_NESTED_CALLS = 10  # https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
_LENGTH = 10_000
_SHOWN = 80  # characters of an expression in a message

_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_STRING = re.compile(_TEXT, re.DOTALL)
_PLAIN = re.compile(r"true|false|null|-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?")
_LIST = re.compile(r"(?P<function>States\.(?:Array|Format))\s*\((?P<call>.*)\)|\[(?P<items>.*)\]", re.DOTALL)
_TOKEN = re.compile(rf"{_TEXT}|[^'\",(){{}}\[\]]+|.", re.DOTALL)
_PLACES = re.compile(r"\\(.)|\{\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """A language of templates: which members are expressions, and the `suffix` that their names have then."""

    suffix: str
    is_expression: Callable[[str, Value], bool]

    def filled(self, value: Value, name: str = "", depth: int = 0) -> Value:
        """Return the value of a template, `Unknown` where a run computes it; a null is absent."""
        if self.is_expression(name, value):
            return computed(value)
        if depth > _DEPTH:
            return Unknown("it is nested too deeply")
        if isinstance(value, dict):
            members = ((key, self.filled(item, key, depth + 1)) for key, item in value.items())
            return {key.removesuffix(self.suffix): item for key, item in members if item is not None}
        if isinstance(value, list):
            items = (self.filled(item, "", depth + 1) for item in value)
            return [item for item in items if item is not None]
        return value


def _is_jsonata(_name: str, value: Value) -> bool:
    text = value.text if isinstance(value, Unknown) else value
    return isinstance(text, str) and text.startswith("{%") and text.endswith("%}")


JSON_PATH = Template(".$", lambda name, _value: name.endswith(".$"))
JSONATA = Template("", _is_jsonata)


def computed(expression: Value) -> Value:
    """Return what an expression gives, as far as it needs no run."""
    if isinstance(expression, Unknown):
        return Unknown(expression.reason)  # its text is that of the expression, not that of the value
    if not isinstance(expression, str):
        return Unknown("an expression belongs there")
    text = expression.removeprefix("{%").removesuffix("%}")
    return _value(text) if len(text) <= _LENGTH else _of_run(text)


def _value(expression: str, depth: int = 0) -> Value:
    text = expression.strip()
    if _STRING.fullmatch(text):
        return _unescaped(text)
    if _PLAIN.fullmatch(text):
        plain: Value = json.loads(text)
        return plain
    call = _LIST.fullmatch(text)
    parts = _parts(call["call"] if call["function"] else call["items"]) if call else None
    if call is None or parts is None or depth > _NESTED_CALLS:
        return _of_run(text)
    if call["function"] == "States.Format":
        return _formatted(text, parts, depth)
    values = [_value(part, depth + 1) for part in parts]
    if not call["function"] and any(isinstance(value, Unknown) for value in values):
        return _of_run(text)  # JSONata puts the items of a sequence into the list: how many isn't known
    return [Unknown("it is null") if value is None else value for value in values]


def _unescaped(text: str) -> str | Unknown:
    """Return the string of a literal; escapes other than those of quotes, braces and itself are not read."""
    if re.search(r"\\[^'\"{}\\]", text.replace("\\\\", "")):
        return _of_run(text)
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def _parts(text: str) -> list[str] | None:
    """Return the arguments of a call, as they are written; `None` where brackets or quotes are left open."""
    parts = [""]
    open_brackets = 0
    for found in _TOKEN.finditer(text):
        word = found[0]
        open_brackets += (word in {"(", "[", "{"}) - (word in {")", "]", "}"})
        if open_brackets < 0 or word in {"'", '"'}:
            return None
        if word == "," and not open_brackets:
            parts.append("")
        else:
            parts[-1] += word
    if open_brackets:
        return None
    return parts if text.strip() else []


def _formatted(text: str, parts: list[str], depth: int) -> str | Unknown:
    """Return what States.Format makes of its parts: the arguments go into the `{}` of the first."""
    values = [_value(part, depth + 1) for part in parts[1:]]
    pattern = parts[0].strip() if parts else ""
    places = [found[0] for found in _PLACES.finditer(pattern)].count("{}")
    literal = _STRING.fullmatch(pattern) and isinstance(_unescaped(pattern), str)
    if not literal or places != len(values) or any(isinstance(value, (list, dict)) for value in values):
        return _of_run(text)
    shown = iter([_shown(value) for value in values])
    rendered = _PLACES.sub(lambda found: found[1] or next(shown), pattern[1:-1])
    missing = next((value for value in values if isinstance(value, Unknown)), None)
    return rendered if missing is None else Unknown(missing.reason, rendered)


def _shown(value: Value) -> str:
    if isinstance(value, Unknown):
        return "${...}" if value.text is None else value.text
    return value if isinstance(value, str) else json.dumps(value)


def _of_run(expression: str) -> Unknown:
    """Return that only a run knows the value of an expression."""
    text = " ".join(expression.split())
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    if text.startswith("$$."):
        return Unknown(f"it is read from `{shown}` of the context object at run time")
    if re.match(r"\$(?:$|[.\[])", text):
        return Unknown(f"it is read from `{shown}` of the state's input at run time")
    return Unknown(f"it is computed by `{shown}` at run time")
