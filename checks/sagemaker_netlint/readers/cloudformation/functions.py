"""The intrinsic functions that give values; conditions have their own (`conditions`).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.attributes import get_attribute
from sagemaker_netlint.readers.cloudformation.list_functions import cidr, length, select, split, zones
from sagemaker_netlint.readers.cloudformation.nodes import Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.results import NO_VALUE, Value, settled
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.cloudformation.text_functions import (
    base64,
    import_value,
    join,
    substitute,
    to_json,
    transform,
)

if TYPE_CHECKING:
    from sagemaker_netlint.readers.cloudformation.evaluator import Evaluator

Function = Callable[["Evaluator", Node, Stack], Value]


def ref(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Ref`: a parameter's value, or a resource's identity."""
    name = argument.text if isinstance(argument, Scalar) else ev.evaluate(argument, stack)
    if isinstance(name, Unknown):
        return name
    if not isinstance(name, str):
        return ev.refuse(stack, argument, "`Ref` takes a name")
    return ev.reference(name, stack, argument)


def choose(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::If`: the branch that the variant's condition picks."""
    parts = argument.nodes if isinstance(argument, Items) else []
    if len(parts) != 3 or not isinstance(parts[0], Scalar):  # noqa: PLR2004 - a name and two values
        return ev.refuse(stack, argument, "`Fn::If` takes a condition's name and two values")
    name = parts[0].text
    if name not in stack.conditions and not stack.template.is_rewritten:
        return ev.refuse(stack, parts[0], f"the template declares no condition `{name}`")
    truth = ev.truths.get(stack.prefix + name)
    if truth is not None:
        return ev.evaluate(parts[1 if truth else 2], stack)
    branches = [settled(ev.evaluate(node, stack)) for node in parts[1:]]
    if branches[0] == branches[1]:
        return branches[0]
    return Unknown(f"condition {stack.prefix}{name} is not known", f"${{{name}}}")


def find_in_map(ev: Evaluator, argument: Node, stack: Stack) -> Value:  # noqa: PLR0911 - each case is one
    """`Fn::FindInMap`: a value of the Mappings section, or the DefaultValue of the language extensions."""
    if not isinstance(argument, Items) or len(argument.nodes) not in {3, 4}:
        return ev.refuse(stack, argument, "`Fn::FindInMap` takes a map's name and two keys")
    keys = [ev.text(node, stack) for node in argument.nodes[:3]]
    default = _default_of(argument)
    if isinstance(keys[0], Unknown):
        return keys[0]
    table = stack.template.mappings.get(keys[0])
    if table is None:
        return ev.refuse(stack, argument, f"the template declares no mapping `{keys[0]}`")
    values = [value for value in _matches(ev, table, keys[1:], stack) if value is not NO_VALUE]
    unknown = next((key for key in keys[1:] if isinstance(key, Unknown)), None)
    if unknown is not None:
        # every row that may be meant holds the same value
        alike = default is None and values and all(value == values[0] for value in values)
        return values[0] if alike else Unknown(unknown.reason, f"${{{keys[0]}}}")
    if values:
        return values[0]
    if default is not None:
        return ev.evaluate(default, stack)
    where = ".".join(str(key) for key in keys)
    return ev.refuse(stack, argument, f"mapping `{where}` is not declared")


def _default_of(argument: Items) -> Node | None:
    last = argument.nodes[3] if len(argument.nodes) == 4 else None  # noqa: PLR2004 - behind the two keys
    return (
        last.nodes.get("DefaultValue") if last is not None and not isinstance(last, (Scalar, Items)) else None
    )


def _matches(ev: Evaluator, node: Node, keys: list[str | Unknown], stack: Stack) -> list[Value]:
    if not keys:
        return [ev.evaluate(node, stack)]
    if isinstance(node, (Scalar, Items)):
        return []
    key = keys[0]
    found = [node.nodes[key]] if isinstance(key, str) and key in node.nodes else []
    if isinstance(key, Unknown):
        found = list(node.nodes.values())
    if "Fn::Transform" in node.nodes:
        return [Unknown("a transform adds to the mapping at deployment")]
    return [value for child in found for value in _matches(ev, child, keys[1:], stack)]


def comparison(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """Return what a condition's function gives inside a property: CloudFormation takes none there."""
    return ev.refuse(stack, argument, "a condition's function stands where a value belongs")


FUNCTIONS: Mapping[str, Function] = {
    "Ref": ref,
    "Fn::Base64": base64,
    "Fn::Cidr": cidr,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAZs": zones,
    "Fn::GetAtt": get_attribute,
    "Fn::If": choose,
    "Fn::ImportValue": import_value,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Sub": substitute,
    "Fn::ToJsonString": to_json,
    "Fn::Transform": transform,
    **dict.fromkeys(("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"), comparison),
}
