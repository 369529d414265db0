"""Templates to deployments: one for every variant of the conditions that matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.declared import Suppression
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.network.topology import UnreadPart
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.build import build, names_read
from sagemaker_netlint.readers.cloudformation.evaluator import Budget, Evaluator
from sagemaker_netlint.readers.cloudformation.nested import Loader
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Node, plain
from sagemaker_netlint.readers.cloudformation.places import Locator
from sagemaker_netlint.readers.cloudformation.relevance import (
    IN_METADATA,
    is_modelled,
    metadata_read,
    properties_read,
)
from sagemaker_netlint.readers.cloudformation.results import NO_VALUE, Absent, as_text, settled
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.cloudformation.template import Declaration
from sagemaker_netlint.readers.cloudformation.variants import Variant, variants_of
from sagemaker_netlint.readers.entity import METADATA
from sagemaker_netlint.readers.files import UnreadableError
from sagemaker_netlint.readers.known_networks import KnownNetworks
from sagemaker_netlint.readers.raw import (
    Data,
    Problem,
    RawDeployment,
    RawResource,
    ReadResult,
    identity_token,
    strings_in,
)
from sagemaker_netlint.readers.suppressions import in_comments, in_metadata, in_metadata_of_resource


def read_template(
    path: Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    text: str | None = None,
    known: KnownNetworks | None = None,
) -> ReadResult:
    """Read a template and the nested ones that lie beside it.

    `parameters` override defaults; `AWS::Region` and other pseudo parameters may be among them. `known` is
    what an inventory tells: imports and parameters of SSM Parameter Store are looked up there.
    Files of nested stacks are in `files_read`, beside the path: their resources are in the deployments.
    """
    problems: dict[Problem, None] = {}

    def report(problem: Problem) -> None:
        problems.setdefault(problem)

    result = ReadResult()
    budget = Budget()
    loader = Loader(report, budget)
    try:
        root = loader.load(path, text, _given(parameters or {}), known)
    except UnreadableError as error:
        report(error.problem)
    else:
        suppressions = {stack.prefix: _of_template(stack) for stack in root.walk()}
        for variant in variants_of(root, report, budget):
            evaluator = Evaluator(report, variant.assignment, variant.truths, budget=budget)
            raw = _evaluate(root, variant, suppressions, evaluator)
            result.deployments.append(build(raw, report))
    result.problems = list(problems)
    result.files_read = loader.files
    return result


def _given(parameters: Mapping[str, Any]) -> dict[str, str]:
    given = {}
    for name, value in parameters.items():
        if value is not None and not isinstance(value, dict):
            text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else as_text(value)
            given[name] = str(text)
    return given


_Suppressions = dict[str, tuple[Suppression, ...]]


def _evaluate(
    root: Stack, variant: Variant, suppressions: Mapping[str, _Suppressions], evaluator: Evaluator
) -> RawDeployment:
    resources = tuple(
        _resource(stack, declared, evaluator, suppressions[stack.prefix].get(declared.name, ()))
        for stack in _present(root, evaluator)
        for declared in stack.resources.values()
        if _exists(stack, declared, evaluator)
    )
    unread = tuple(
        _unread(stack, name, reason, evaluator)
        for stack in _present(root, evaluator)
        for name, reason in stack.remote.items()
        if _exists(stack, stack.resources[name], evaluator)
    )
    macros = tuple(part for stack in _present(root, evaluator) for part in _macros(stack, resources))
    return RawDeployment(
        Language.CLOUDFORMATION, root.template.file, resources, variant.conditions, unread + macros
    )


def _macros(stack: Stack, resources: Sequence[RawResource]) -> Iterator[UnreadPart]:
    """Yield what stands for each macro: it is given the whole template, and may add anything to it."""
    template = stack.template
    for name in template.macros:
        yield UnreadPart(
            address=name,
            type="transform",
            identity=f"{identity_token(stack.prefix + name)}/unread",
            location=template.location(template.root.lines.get("Transform", 1)),
            reason="a transform runs at deployment",
            given=tuple(resource.identity for resource in resources),
        )


def _unread(stack: Stack, name: str, reason: str, evaluator: Evaluator) -> UnreadPart:
    """Return what stands for a nested stack or a module that is not read, with what it is given."""
    declared = stack.resources[name]
    address = stack.prefix + name
    return UnreadPart(
        address=address,
        type=declared.type,
        identity=f"{identity_token(address)}/unread",
        location=stack.template.location(declared.line, declared.node.end_line),
        reason=reason,
        given=tuple(strings_in(_attributes(stack, declared, evaluator))),
    )


def _present(stack: Stack, evaluator: Evaluator) -> Iterator[Stack]:
    yield stack
    for name, child in stack.children.items():
        if _exists(stack, stack.resources[name], evaluator):
            yield from _present(child, evaluator)


def _exists(stack: Stack, declared: Declaration, evaluator: Evaluator) -> bool:
    return evaluator.presence(stack, declared.name) is None


def _resource(
    stack: Stack, declared: Declaration, evaluator: Evaluator, suppressions: tuple[Suppression, ...]
) -> RawResource:
    address = stack.prefix + declared.name
    return RawResource(
        address=address,
        type=declared.type,
        identity=identity_token(address),
        attributes=_modelled(stack, declared, evaluator) if is_modelled(declared) else {},
        location=stack.template.location(declared.line, declared.node.end_line),
        locate=Locator(stack, declared, evaluator),
        when=_when(stack, declared, evaluator),
        lines=lambda place: stack.template.lines[place.line - 1 : place.end_line],
        suppressions=suppressions,
        reads=stack.root.files.add,
    )


def _when(stack: Stack, declared: Declaration, evaluator: Evaluator) -> str:
    """Return the condition on which the resource's existence depends, where the variant leaves it open."""
    if declared.condition is None or stack.prefix + declared.condition in evaluator.truths:
        return ""
    return f"{stack.prefix}{declared.condition} is true"


def _modelled(stack: Stack, declared: Declaration, evaluator: Evaluator) -> dict[str, Data]:
    """Return the attributes of a component, with what its Metadata says to us."""
    attributes = _attributes(stack, declared, evaluator)
    node = metadata_read(declared)
    value = NO_VALUE if node is None else settled(evaluator.evaluate(node, stack))
    if not isinstance(value, Absent):
        for name in reversed(IN_METADATA):
            value = {name: value}
        attributes[METADATA] = value
    return attributes


def _attributes(stack: Stack, declared: Declaration, evaluator: Evaluator) -> dict[str, Data]:
    node = declared.properties
    if not isinstance(node, Fields):
        return {}
    own = Fields(node.line, node.end_line, dict(_own(declared, node)), node.lines)
    unread: Unknown | None = None
    value = settled(evaluator.evaluate(own, stack))
    if "Fn::Transform" in node.nodes:
        unread = Unknown("a transform adds to the properties at deployment")
    if isinstance(value, Unknown):
        unread, value = value, {}
    attributes: dict[str, Data] = value if isinstance(value, dict) else {}
    if unread is not None:
        # what is not written may still come: no property of the model counts as absent
        for name in properties_read(declared.type) - {METADATA}:
            attributes.setdefault(name, unread)
    return attributes


def _own(declared: Declaration, properties: Fields) -> Iterator[tuple[str, Node]]:
    """Yield the properties to evaluate: of what only may be a component, those that the model reads."""
    read = names_read(declared.type)
    for name, node in properties.nodes.items():
        if name == "Fn::Transform":
            continue
        if read is None or name in read or name.startswith("Fn::"):
            yield name, node


def _of_template(stack: Stack) -> _Suppressions:
    template = stack.template
    metadata = template.root.nodes.get("Metadata")
    shared: tuple[Suppression, ...] = ()
    if metadata is not None:
        where = template.location(template.root.lines["Metadata"], metadata.end_line)
        shared = tuple(in_metadata(plain(metadata), where))
    comments = tuple(in_comments(template.text, template.file))
    lines = template.lines if comments else []
    return {
        name: (*_of_resource(stack, declared, lines, comments), *shared)
        for name, declared in stack.resources.items()
    }


def _of_resource(
    stack: Stack, declared: Declaration, lines: list[str], comments: tuple[Suppression, ...]
) -> Iterator[Suppression]:
    metadata = declared.node.nodes.get("Metadata")
    if metadata is not None:
        where = stack.template.location(declared.node.lines["Metadata"], metadata.end_line)
        yield from in_metadata_of_resource(plain(metadata), where)
    if comments:
        first, last = declared.line, _last_comment(lines, declared)
        yield from (ignore for ignore in comments if first <= ignore.location.line <= last)


def _last_comment(lines: list[str], declared: Declaration) -> int:
    """Return the last line of a resource, with the comments below it that are indented as its parts are."""
    own = lines[declared.line - 1]
    indent = len(own) - len(own.lstrip())
    last = min(declared.node.end_line, len(lines))
    for number in range(last + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.strip() and not (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > indent):
            break
        last = number
    return last
