"""Where an attribute is written: a path into evaluated attributes, followed through the source."""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.cloudformation.evaluator import Evaluator, function_of
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.results import NO_VALUE
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.cloudformation.template import Declaration
from sagemaker_netlint.readers.entity import METADATA
from sagemaker_netlint.readers.raw import Path


class Locator:
    """Finds the lines of a resource's attributes in one variant."""

    def __init__(self, stack: Stack, declared: Declaration, evaluator: Evaluator) -> None:
        """Take a resource; the evaluator knows which branches the variant takes."""
        self.stack = stack
        self.declared = declared
        self.evaluator = evaluator

    def __call__(self, path: Path) -> Location | None:
        """Return the lines of an attribute or of its nearest parent that is written."""
        lines: tuple[int, int] | None = None
        node = self.declared.properties
        if path and path[0] == METADATA:
            node, path = self.declared.node, ("Metadata", *path[1:])
        for part in path:
            found = None if node is None else self._step(self._branch(node), part)
            if found is None:
                break
            line, node = found
            lines = line, max(line, node.end_line)
        return None if lines is None else self.stack.template.location(*lines)

    def _step(self, node: Node, part: str | int) -> tuple[int, Node] | None:
        if isinstance(node, Fields) and isinstance(part, str) and part in node.nodes:
            return node.lines[part], node.nodes[part]
        if isinstance(node, Items) and isinstance(part, int):
            item = next((item for index, item in enumerate(self._present(node)) if index == part), None)
            return None if item is None else (item.line, item)
        return None

    def _present(self, node: Items) -> Iterator[Node]:
        """Yield the items that evaluation keeps."""
        for item in node.nodes:
            branch = self._branch(item)
            if isinstance(branch, Scalar) and branch.value is None:
                continue
            if isinstance(branch, Fields) and function_of(branch) == "Ref":
                name = branch.nodes["Ref"]
                if isinstance(name, Scalar) and name.text == NO_VALUE.value:
                    continue
            yield item

    def _branch(self, node: Node) -> Node:
        """Follow conditions to the branch that the variant takes."""
        while isinstance(node, Fields) and function_of(node) == "Fn::If":
            argument = node.nodes["Fn::If"]
            if not isinstance(argument, Items) or len(argument.nodes) != 3:  # noqa: PLR2004 - a name and two branches
                return node
            name = argument.nodes[0].text if isinstance(argument.nodes[0], Scalar) else ""
            truth = self.evaluator.truths.get(self.stack.prefix + name)
            if truth is None:
                return node
            node = argument.nodes[1 if truth else 2]
        return node
