"""A template in its place: the root, or a nested stack whose parameters come from the stack above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Node, Scalar
from sagemaker_netlint.readers.cloudformation.template import Declaration, Template
from sagemaker_netlint.readers.known_networks import KnownNetworks

STACK_TYPES = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""The types of nested stacks and the property that names the template."""


@dataclass(slots=True, eq=False)
class Stack:
    """A stack of the tree.

    `prefix` stands before the addresses ("" for the root, "Network/"), `given` are the parameters from
    outside, `remote` the nested stacks that cannot be read, with the reason. `files` are those that were
    read, `known` is what an inventory tells: both are kept at the root.
    """

    template: Template
    prefix: str = ""
    parent: Stack | None = None
    declared: Declaration | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    resources: dict[str, Declaration] = field(default_factory=dict)
    conditions: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, Node] = field(default_factory=dict)
    children: dict[str, Stack] = field(default_factory=dict)
    remote: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    known: KnownNetworks | None = None

    def walk(self) -> Iterator[Stack]:
        """Yield this stack and all below it."""
        yield self
        for child in self.children.values():
            yield from child.walk()

    @property
    def root(self) -> Stack:
        """Return the topmost stack."""
        return self if self.parent is None else self.parent.root

    def argument(self, name: str) -> Node | None:
        """Return the expression that the stack above passes for a parameter, to be evaluated there."""
        properties = self.declared.properties if self.declared is not None else None
        arguments = properties.nodes.get("Parameters") if isinstance(properties, Fields) else None
        if not isinstance(arguments, Fields):
            return None
        if len(arguments.nodes) == 1 and next(iter(arguments.nodes)).startswith("Fn::"):
            reason = Unknown(f"parameter {name} is passed by a computed mapping")
            return Scalar(reason, "", arguments.line, arguments.end_line)
        return arguments.nodes.get(name)
