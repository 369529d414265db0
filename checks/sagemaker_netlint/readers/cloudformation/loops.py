"""`Fn::ForEach` of the language extensions: a loop becomes the entries that it stands for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.evaluator import Evaluator
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.cloudformation.results import as_text
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.cloudformation.template import LOOP
from sagemaker_netlint.readers.files import unreadable
from sagemaker_netlint.readers.raw import Data

_MAX_NODES = 100_000


def expanded(stack: Stack, section: Fields, evaluator: Evaluator) -> Fields:
    """Return a section with its loops expanded, those inside of resources too.

    Raises:
        UnreadableError: the loops expand to more than a template may hold.

    """
    template = stack.template
    if not template.has_extensions or LOOP not in template.text:
        return section
    return _Expansion(stack, evaluator).fields(section, {})


@dataclass(slots=True)
class _Expansion:
    """Copies nodes, with the loops' variables replaced."""

    stack: Stack
    evaluator: Evaluator
    made: int = 0

    def node(self, node: Node, bound: Mapping[str, str]) -> Node:
        self.made += 1
        if self.made > _MAX_NODES:
            message = f"its loops expand to more than {_MAX_NODES:,} values"
            raise unreadable(self.stack.template.file, message, line=node.line)
        if isinstance(node, Scalar):
            text = _replaced(node.text, bound)
            return node if text == node.text else Scalar(text, text, node.line, node.end_line)
        if isinstance(node, Items):
            return Items(node.line, node.end_line, [self.node(item, bound) for item in node.nodes])
        if len(node.nodes) == 1 and isinstance(ref := node.nodes.get("Ref"), Scalar) and ref.text in bound:
            value = bound[ref.text]
            return Scalar(value, value, node.line, node.end_line)
        return self.fields(node, bound)

    def fields(self, node: Fields, bound: Mapping[str, str]) -> Fields:
        result = Fields(node.line, node.end_line)
        for key, child in node.nodes.items():
            if key.startswith(LOOP):
                self.loop(result, key, child, node.lines[key], bound)
            else:
                name = _replaced(key, bound)
                result.nodes[name] = self.node(child, bound)
                result.lines[name] = node.lines[key]
        return result

    def loop(self, result: Fields, key: str, node: Node, line: int, bound: Mapping[str, str]) -> None:
        parts = node.nodes if isinstance(node, Items) else []
        if len(parts) != 3 or not isinstance(parts[0], Scalar) or not isinstance(parts[2], Fields):  # noqa: PLR2004 - variable, list, entries
            self.evaluator.problem(
                self.stack, node, f"`{key}` takes a variable, a list and a mapping of entries"
            )
            return
        items = self.evaluator.evaluate(self.node(parts[1], bound), self.stack)
        for item in self.collection(key, parts[1], items):
            entries = self.fields(parts[2], {**bound, parts[0].text: item})
            result.nodes.update(entries.nodes)
            result.lines.update(dict.fromkeys(entries.nodes, line) | entries.lines)

    def collection(self, key: str, node: Node, items: object) -> list[str]:
        unknown = items if isinstance(items, Unknown) else Unknown("it goes over no list")
        values: list[Data] = items if isinstance(items, list) else [unknown]
        texts = [as_text(value) for value in values]
        missing = next((text for text in texts if isinstance(text, Unknown)), None)
        if missing is not None:
            message = f"`{key}` is not expanded: {missing.reason}"
            self.evaluator.problem(self.stack, node, message)
        return [text for text in texts if isinstance(text, str)]


def _replaced(text: str, bound: Mapping[str, str]) -> str:
    for name, value in bound.items():
        if name in text:
            text = text.replace(f"${{{name}}}", value)
            text = text.replace(f"&{{{name}}}", re.sub(r"[^0-9A-Za-z]", "", value))
    return text
