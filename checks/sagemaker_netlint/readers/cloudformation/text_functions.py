"""Functions that make strings: Sub, Join, Base64, ToJsonString, ImportValue, Transform."""

from __future__ import annotations

import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.attributes import attribute
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.results import (
    NO_VALUE,
    Value,
    as_text,
    gap,
    joined,
    settled,
    shown,
)
from sagemaker_netlint.readers.cloudformation.stack import Stack

if TYPE_CHECKING:
    from sagemaker_netlint.readers.cloudformation.evaluator import Evaluator

VARIABLE = re.compile(r"\$\{([^{}$]*)\}")


def substitute(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::Sub`, with and without a mapping of variables; functions inside the string stay text."""
    template, variables = argument, None
    if isinstance(argument, Items) and len(argument.nodes) == 2:  # noqa: PLR2004 - a string and its variables
        template, variables = argument.nodes
    if not isinstance(template, Scalar) or (variables is not None and not isinstance(variables, Fields)):
        return ev.refuse(stack, argument, "`Fn::Sub` takes a string, or a string and a mapping of variables")
    own = variables.nodes if isinstance(variables, Fields) else {}
    parts: list[str | Unknown] = []
    position = 0
    for match in VARIABLE.finditer(template.text):
        parts.append(template.text[position : match.start()])
        parts.append(_variable(ev, match[1].strip(), own, template, stack))
        position = match.end()
    return joined("", [*parts, template.text[position:]])


def _variable(ev: Evaluator, name: str, own: dict[str, Node], template: Node, stack: Stack) -> str | Unknown:
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if name in own:
        value = ev.evaluate(own[name], stack)
    elif "." in name:
        resource, _, path = name.partition(".")
        value = attribute(ev, resource, path, stack, template)
    else:
        value = ev.reference(name, stack, template)
    text = as_text(value)
    if isinstance(text, Unknown) and text.text is None:
        return Unknown(text.reason, f"${{{name}}}")
    return text


def join(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::Join`: strings with a delimiter between them."""
    if not isinstance(argument, Items) or len(argument.nodes) != 2:  # noqa: PLR2004 - a delimiter and a list
        return ev.refuse(stack, argument, "`Fn::Join` takes a delimiter and a list")
    delimiter = ev.text(argument.nodes[0], stack)
    values = settled(ev.evaluate(argument.nodes[1], stack))
    if isinstance(delimiter, Unknown):
        return delimiter
    if isinstance(values, Unknown):
        return Unknown(values.reason, shown(values))
    if not isinstance(values, list):
        return ev.refuse(stack, argument, "`Fn::Join` takes a delimiter and a list")
    return joined(delimiter, [as_text(value) for value in values])


def base64(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::Base64`: the encoded string; one that is known in part keeps its encoded text."""
    value = ev.text(argument, stack)
    encoded = binascii.b2a_base64(shown(value).encode("utf-8", "replace"), newline=False).decode("ascii")
    if isinstance(value, Unknown):
        return Unknown(value.reason, encoded, value.parts or (gap(value),))
    return encoded


def to_json(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::ToJsonString` of the language extensions: a document as a string."""
    value = settled(ev.evaluate(argument, stack))
    gaps: list[Unknown] = []

    def rendered(unknown: Any) -> str:
        gaps.append(gap(unknown))
        return shown(unknown)

    text = json.dumps("" if value is NO_VALUE else value, separators=(",", ":"), default=rendered)
    return Unknown(gaps[0].reason, text, tuple(gaps)) if gaps else text


def import_value(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::ImportValue`: the output of another stack, which is in sight where an inventory has it."""
    wanted = ev.text(argument, stack)
    found = stack.root.known.exports.get(wanted) if stack.root.known and isinstance(wanted, str) else None
    if isinstance(found, str):
        return found
    name = shown(wanted)
    text = "${ImportValue:" + re.sub(r"[${}]", "", name) + "}"
    reason = f"it is imported from another stack (export `{name}`)"
    return Unknown(reason if found is None else f"{reason}: {found.reason}", text)


def transform(ev: Evaluator, argument: Node, stack: Stack) -> Value:  # noqa: ARG001 - a function's signature
    """`Fn::Transform`: a macro or an include, which runs at deployment."""
    name = argument.nodes.get("Name") if isinstance(argument, Fields) else None
    shown_name = name.text if isinstance(name, Scalar) else "a macro"
    return Unknown(f"it is made by the transform {shown_name} at deployment")
