"""Nested stacks: templates on disk are read and hung into the stack that names them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.builder import Report
from sagemaker_netlint.readers.cloudformation.document import parse_document
from sagemaker_netlint.readers.cloudformation.evaluator import Budget, Evaluator
from sagemaker_netlint.readers.cloudformation.loops import expanded
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Node, Scalar
from sagemaker_netlint.readers.cloudformation.stack import STACK_TYPES, Stack
from sagemaker_netlint.readers.cloudformation.template import (
    MODULE,
    Declaration,
    Template,
    declarations,
    read_sections,
)
from sagemaker_netlint.readers.files import UnreadableError, read_text, unreadable
from sagemaker_netlint.readers.known_networks import KnownNetworks
from sagemaker_netlint.readers.raw import Problem

_MAX_STACKS = 100
# CloudFormation takes 1 MB (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html)
_MAX_BYTES = 8 * 1024 * 1024
_ASSET = "aws:asset:path"


class Loader:
    """Loads a stack with all that it nests."""

    def __init__(self, report: Report, budget: Budget) -> None:
        """Start with no file read."""
        self.report = report
        self.budget = budget
        self.templates: dict[str, Template] = {}
        self.files: set[str] = set()
        self.stacks = 0

    def load(
        self,
        path: Path,
        text: str | None,
        given: Mapping[str, str],
        known: KnownNetworks | None = None,
    ) -> Stack:
        """Load the root.

        Raises:
            UnreadableError: the root cannot be read.

        """
        self.files.add(str(path))
        stack = self._stack(Stack(self._template(path, text), given=given, files=self.files, known=known))
        home = Path(os.path.realpath(path)).parent.parent
        self._nest(stack, home, (os.path.realpath(path),))
        return stack

    def _template(self, path: Path, text: str | None = None) -> Template:
        key = str(path)
        if key not in self.templates:
            content = read_text(path, _MAX_BYTES) if text is None else text
            if len(content) > _MAX_BYTES:
                raise unreadable(path, f"a template of {len(content):,} characters is not read")
            root = parse_document(content, key, self.report)
            self.templates[key] = read_sections(root, key, content, self.report)
        return self.templates[key]

    def _stack(self, stack: Stack) -> Stack:
        """Fill in the sections, loops expanded."""
        template = stack.template
        self.stacks += 1
        evaluator = Evaluator(self.report, budget=self.budget)
        resources = expanded(stack, template.resources, evaluator)
        stack.resources = declarations(template, resources, self.report)
        stack.conditions = expanded(stack, _fields(template.conditions), evaluator).nodes
        stack.outputs = expanded(stack, _fields(template.outputs), evaluator).nodes
        return stack

    def _nest(self, stack: Stack, home: Path, above: tuple[str, ...]) -> None:
        for name, declared in stack.resources.items():
            if declared.type.endswith(MODULE):
                stack.remote[name] = f"module {declared.type} is kept in the account's registry"
            if declared.type not in STACK_TYPES:
                continue
            try:
                self._child(stack, declared, home, above)
            except UnreadableError as error:
                problem = error.problem
                self.report(Problem(problem.location, f"nested stack `{name}`: {error}", problem.fix))
                stack.remote[name] = f"nested stack {name} could not be read"

    def _child(self, stack: Stack, declared: Declaration, home: Path, above: tuple[str, ...]) -> None:
        place = _local_path(stack, declared)
        if place is None:
            stack.remote[declared.name] = f"nested stack {declared.name} is not on disk"
            return
        path = Path(os.path.normpath(Path(stack.template.file).parent / place))
        real = os.path.realpath(path)
        reason = self._refusal(real, home, above)
        if reason:
            stack.remote[declared.name] = f"nested stack {declared.name} is not read: {reason}"
            message = f"nested stack `{declared.name}` is not read: {reason}"
            self.report(Problem(stack.template.location(_line(declared)), message))
            return
        self.files.add(str(path))
        template = self._template(path)
        prefix = f"{stack.prefix}{declared.name}/"
        child = self._stack(Stack(template, prefix, parent=stack, declared=declared))
        stack.children[declared.name] = child
        self._nest(child, home, (*above, real))

    def _refusal(self, real: str, home: Path, above: tuple[str, ...]) -> str:
        if real in above:
            return "its template nests itself"
        if self.stacks >= _MAX_STACKS:
            return f"a stack of more than {_MAX_STACKS} templates is not followed"
        if not Path(real).is_relative_to(home):
            return "its template lies neither in the folder of the root template nor beside it"
        if not Path(real).is_file():
            return "its template is not there"
        return ""


def _fields(nodes: dict[str, Node]) -> Fields:
    return Fields(1, 1, nodes, {name: node.line for name, node in nodes.items()})


def _line(declared: Declaration) -> int:
    node = _source(declared)
    return declared.line if node is None else node.line


def _source(declared: Declaration) -> Node | None:
    properties = declared.properties
    name = STACK_TYPES[declared.type]
    return properties.nodes.get(name) if isinstance(properties, Fields) else None


def _local_path(stack: Stack, declared: Declaration) -> str | None:
    """Return the path of a template on disk: as it is written, or as CDK notes it in the Metadata."""
    metadata = declared.node.nodes.get("Metadata")
    asset = metadata.nodes.get(_ASSET) if isinstance(metadata, Fields) else None
    if isinstance(asset, Scalar) and isinstance(asset.value, str):
        return asset.value
    node = _source(declared)
    if node is None or (
        isinstance(node, Fields) and declared.type != "AWS::CloudFormation::Stack" and len(node.nodes) > 1
    ):
        return None
    value = Evaluator(lambda _problem: None).text(node, stack)
    if isinstance(value, Unknown) or not value or "://" in value:
        return None
    return value.removeprefix("file:")
