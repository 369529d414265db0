"""`Fn::GetAtt`: identities, properties that return as attributes, and outputs of nested stacks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.results import Absent, Value
from sagemaker_netlint.readers.cloudformation.stack import STACK_TYPES, Stack
from sagemaker_netlint.readers.mapping import entities_of
from sagemaker_netlint.readers.raw import identity_token

if TYPE_CHECKING:
    from sagemaker_netlint.readers.cloudformation.evaluator import Evaluator

# What EC2 makes together with the resource, and others refer to.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html
_BELONGINGS = frozenset({("AWS::EC2::VPC", "DefaultSecurityGroup"), ("AWS::EC2::VPC", "DefaultNetworkAcl")})


def get_attribute(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::GetAtt`, as a list or as a dotted string."""
    if isinstance(argument, Scalar) and isinstance(argument.value, str) and "." in argument.value:
        name, _, path = argument.value.partition(".")
        return attribute(ev, name, path, stack, argument)
    if not isinstance(argument, Items) or len(argument.nodes) < 2:  # noqa: PLR2004 - a resource and its attribute
        return ev.refuse(stack, argument, "`Fn::GetAtt` takes a resource and an attribute")
    parts = [ev.text(node, stack) for node in argument.nodes]
    known = [part for part in parts if isinstance(part, str)]
    if len(known) < len(parts):
        return next(part for part in parts if isinstance(part, Unknown))
    return attribute(ev, known[0], ".".join(known[1:]), stack, argument)


def attribute(ev: Evaluator, name: str, path: str, stack: Stack, node: Node) -> Value:
    """Return an attribute of a resource."""
    text = f"${{{name}.{path}}}"
    if name not in stack.resources:
        unknown = ev.undeclared(name, stack, node)
        return Unknown(unknown.reason, text)
    absent = ev.presence(stack, name)
    if absent is not None:
        return Unknown(absent.reason, text)
    declared = stack.resources[name]
    token = identity_token(stack.prefix + name)
    if declared.type in STACK_TYPES:
        return _output(ev, name, path, stack, node)
    if path in _identifiers(declared.type):
        return token
    if (declared.type, path) in _BELONGINGS:
        return f"{token}/{path}"
    return _property(ev, name, path, stack, text)


@cache
def _identifiers(resource_type: str) -> frozenset[str]:
    names = {name for entity in entities_of(resource_type) for name in ("Id", *entity.identifiers)}
    return frozenset(names)


def _property(ev: Evaluator, name: str, path: str, stack: Stack, text: str) -> Value:
    """Return the property of the same name: EC2 returns `CidrBlock`, `VpcId` and others as they were set."""
    properties = stack.resources[name].properties
    declared = properties.nodes.get(path) if isinstance(properties, Fields) else None
    unknown = Unknown(f"`{name}.{path}` is known only at deployment", text)
    if declared is None or not entities_of(stack.resources[name].type):
        return unknown
    value = ev.follow(stack, "attribute", f"{name}.{path}", declared)
    return unknown if isinstance(value, Absent) else value


def _output(ev: Evaluator, name: str, path: str, stack: Stack, node: Node) -> Value:
    """Return an output of a nested stack, evaluated there."""
    section, _, output = path.partition(".")
    text = f"${{{name}.{path}}}"
    child = stack.children.get(name)
    if child is None:
        reason = stack.remote.get(name, f"nested stack {name} is not on disk")
        return Unknown(reason, text)
    if section != "Outputs" or output not in child.outputs:
        if child.template.is_rewritten:
            return Unknown(f"output `{output}` of nested stack {name} is not declared in its template", text)
        return ev.refuse(stack, node, f"nested stack `{name}` has no output `{output or path}`")
    declared = child.outputs[output]
    value = declared.nodes.get("Value") if isinstance(declared, Fields) else None
    nothing = Unknown(f"output `{output}` of nested stack {name} has no value", text)
    if value is None:
        return nothing
    result = ev.follow(child, "output", output, value)
    return nothing if isinstance(result, Absent) else result
