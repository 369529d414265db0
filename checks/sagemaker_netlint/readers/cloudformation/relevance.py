"""Which conditions and parameters touch what the model reads: only those make variants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from sagemaker_netlint.network.iam.identities import GroupMembership, IdentityPolicy, Principal
from sagemaker_netlint.network.topology import InterfaceOwner, SubnetGroup
from sagemaker_netlint.readers.cloudformation.assignment import Symbol
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.cloudformation.template import Declaration, Parameter
from sagemaker_netlint.readers.cloudformation.text_functions import VARIABLE
from sagemaker_netlint.readers.entity import METADATA, Entity
from sagemaker_netlint.readers.mapping import entities_of


@dataclass(slots=True)
class Relevance:
    """Conditions by path with a node that uses them, and parameters of which the values are read."""

    conditions: dict[str, tuple[Stack, str, Node]] = field(default_factory=dict)
    parameters: dict[Symbol, Parameter] = field(default_factory=dict)
    _seen: set[tuple[str, int]] = field(default_factory=set)
    _todo: list[tuple[Stack, Node]] = field(default_factory=list)

    def run(self) -> None:
        """Follow everything that was put down."""
        while self._todo:
            stack, node = self._todo.pop()
            if (stack.prefix, id(node)) not in self._seen:
                self._seen.add((stack.prefix, id(node)))
                self._look(stack, node)

    def follow(self, stack: Stack, node: Node | None) -> None:
        """Put a node down to be followed."""
        if node is not None:
            self._todo.append((stack, node))

    def exists(self, stack: Stack, name: str) -> None:
        """Note what decides whether the resource exists."""
        declared = stack.resources[name]
        if declared.condition is not None:
            self.condition(stack, declared.condition, declared.node.nodes["Condition"])

    def condition(self, stack: Stack, name: str, node: Node) -> None:
        """Note a condition."""
        self.conditions.setdefault(stack.prefix + name, (stack, name, node))

    def _look(self, stack: Stack, node: Node) -> None:
        if isinstance(node, Items):
            for item in node.nodes:
                self.follow(stack, item)
        elif isinstance(node, Fields):
            for key, child in node.nodes.items():
                self._entry(stack, key, child)
                self.follow(stack, child)

    def _entry(self, stack: Stack, key: str, child: Node) -> None:
        if key == "Ref" and isinstance(child, Scalar):
            self._name(stack, child.text, "")
        elif (
            key == "Fn::If"
            and isinstance(child, Items)
            and child.nodes
            and isinstance(child.nodes[0], Scalar)
        ):
            self.condition(stack, child.nodes[0].text, child.nodes[0])
        elif key == "Fn::GetAtt":
            parts = [child] if isinstance(child, Scalar) else child.nodes if isinstance(child, Items) else []
            name, _, path = ".".join(part.text for part in parts if isinstance(part, Scalar)).partition(".")
            self._name(stack, name, path)
        elif key == "Fn::Sub":
            template = child.nodes[0] if isinstance(child, Items) and child.nodes else child
            if isinstance(template, Scalar):
                for match in VARIABLE.finditer(template.text):
                    name, _, path = match[1].strip().partition(".")
                    self._name(stack, name, path)

    def _name(self, stack: Stack, name: str, path: str) -> None:
        if name in stack.template.parameters:
            argument = stack.argument(name)
            if argument is not None and stack.parent is not None:
                self.follow(stack.parent, argument)
            else:
                self.parameters.setdefault(stack.prefix + name, stack.template.parameters[name])
        elif name in stack.resources:
            self.exists(stack, name)
            self._attribute(stack, name, path)

    def _attribute(self, stack: Stack, name: str, path: str) -> None:
        child = stack.children.get(name)
        declared = stack.resources[name]
        if child is not None:
            output = child.outputs.get(path.partition(".")[2])
            self.follow(child, output.nodes.get("Value") if isinstance(output, Fields) else None)
        elif isinstance(declared.properties, Fields):
            self.follow(stack, declared.properties.nodes.get(path))


def relevance_of(root: Stack, *, others: bool = True) -> Relevance:
    """Find what touches the resources that the model reads, directly or by reference.

    `others` says whether that goes for what only holds addresses in subnets, and for principals, too.
    """
    relevance = Relevance()
    for stack in root.walk():
        for name, declared in stack.resources.items():
            modelled = is_modelled(declared)
            if not modelled and name not in stack.children:
                continue
            if not others and _stands_aside(declared):
                continue
            relevance.exists(stack, name)
            properties = declared.properties
            if isinstance(properties, Fields) and modelled:
                read = properties_read(declared.type)
                for key, node in properties.nodes.items():
                    if key in read:
                        relevance.follow(stack, node)
                    elif key.startswith("Fn::"):
                        relevance.follow(stack, properties)
            if modelled:
                relevance.follow(stack, metadata_read(declared))
    relevance.run()
    return relevance


_ASIDE = (InterfaceOwner, SubnetGroup, Principal, IdentityPolicy, GroupMembership)


def _stands_aside(declared: Declaration) -> bool:
    """Say whether nothing about workloads and their network hangs on a resource."""
    entities = entities_of(declared.type)
    return bool(entities) and all(entity.kind in _ASIDE for entity in entities)


def is_modelled(declared: Declaration) -> bool:
    """Say whether a resource may be a component: most Lambda functions, for example, name no subnet."""
    if not isinstance(declared.properties, Fields):
        return any(not entity.only_with for entity in entities_of(declared.type))
    return any(
        needed is None or any(key in needed or key.startswith("Fn::") for key in declared.properties.nodes)
        for needed in _needed(declared.type)
    )


@cache
def _needed(resource_type: str) -> tuple[frozenset[str] | None, ...]:
    """Return for each entity of a type the properties of which it needs one, `None` where it needs none."""
    return tuple(
        frozenset(_first_names(f.cfn for f in entity.fields if f.name in entity.only_with))
        if entity.only_with
        else None
        for entity in entities_of(resource_type)
    )


IN_METADATA = ("SageMakerNetlint", "Workload")
"""The names below Metadata that lead to what is written about a workload."""


def metadata_read(declared: Declaration) -> Node | None:
    """Return the part of a resource's Metadata that the mapping table reads."""
    node = declared.node.nodes.get("Metadata") if METADATA in properties_read(declared.type) else None
    for name in IN_METADATA:
        node = node.nodes.get(name) if isinstance(node, Fields) else None
    return node


@cache
def properties_read(resource_type: str) -> frozenset[str]:
    """Return the properties of a type that the mapping table reads."""
    return frozenset(_first_names(cell for entity in entities_of(resource_type) for cell in _cells(entity)))


def _first_names(cells: Iterable[str]) -> Iterator[str]:
    for cell in cells:
        for path in cell.split(" | ") if cell else ():
            yield path.split(".")[0].removeprefix("^").removesuffix("[]")


def _cells(entity: Entity) -> Iterator[str]:
    yield entity.cfn_at
    yield entity.cfn_named_by
    yield from (field.cfn for field in entity.fields if not entity.cfn_at or field.cfn.startswith("^"))
