"""Events to nodes, in one pass and without recursion.

YAML and JSON both become events (`yaml_events`, `json_events`); depth, aliases and duplicate keys are
bounded and judged on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Node, Scalar
from sagemaker_netlint.readers.files import UnreadableError, unreadable
from sagemaker_netlint.readers.raw import Problem

Report = Callable[[Problem], None]

# Real templates stay below 40 levels; the evaluator recurses, so the bound protects Python's stack.
MAX_DEPTH = 100
# CloudFormation takes templates of 1 MB, some 100,000 nodes. Aliases may multiply them.
MAX_NODES = 500_000

_SHORT_TAGS = {
    f"!{name}": f"Fn::{name}"
    for name in (
        *("And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap"),
        *("GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select"),
        *("Split", "Sub", "ToJsonString", "Transform", "ValueOf", "ValueOfAll"),
    )
} | {"!Ref": "Ref", "!Condition": "Condition"}
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "seq", "map", "timestamp", "merge", "value")
)


@dataclass(slots=True)
class _Frame:
    """An open list or mapping; a mapping's frame remembers the key whose value comes next."""

    node: Items | Fields
    tag: str | None
    anchor: str | None
    key: str | None = None
    key_line: int = 0
    merges: list[Node] = field(default_factory=list)


class Builder:
    """Makes nodes of events."""

    def __init__(self, file: str, report: Report) -> None:
        """Start an empty document of the file; defects that reading survives go to `report`."""
        self.file = file
        self.report = report
        self.root: Node | None = None
        self.frames: list[_Frame] = []
        self.anchors: dict[str, Node | None] = {}
        self.size = 0

    def problem(self, line: int, message: str, fix: str = "") -> None:
        """Report a defect at a line."""
        self.report(Problem(Location(self.file, line, line), message, fix))

    def too_deep(self, line: int) -> UnreadableError:
        """Make the error for a document that is nested too deep."""
        return unreadable(self.file, f"it is nested deeper than {MAX_DEPTH} levels", line=line)

    def start(self, node: Items | Fields, tag: str | None = None, anchor: str | None = None) -> None:
        """Open a list or a mapping."""
        if len(self.frames) >= MAX_DEPTH:
            raise self.too_deep(node.line)
        if anchor is not None:
            self.anchors[anchor] = None
        self.frames.append(_Frame(node, tag, anchor))

    def end(self, line: int | None = None) -> None:
        """Close the innermost list or mapping; `line` is its last line where the syntax shows it."""
        frame = self.frames.pop()
        node = frame.node
        children = node.nodes.values() if isinstance(node, Fields) else node.nodes
        node.end_line = max(line or 0, node.end_line, max((child.end_line for child in children), default=0))
        if isinstance(node, Fields):
            for other in frame.merges:
                self.merge(node, other)
        self.finish(node, frame.tag, frame.anchor)

    def scalar(self, node: Scalar, tag: str | None = None, anchor: str | None = None) -> None:
        """Take a leaf: a mapping's key, or a value."""
        frame = self.frames[-1] if self.frames else None
        if frame is not None and isinstance(frame.node, Fields) and frame.key is None:
            frame.key, frame.key_line = node.text, node.line
            if anchor is not None:
                self.anchors[anchor] = node
        else:
            self.finish(node, tag, anchor)

    def alias(self, name: str, line: int) -> None:
        """Take the node that an anchor names, shared and not copied."""
        if name not in self.anchors:
            raise unreadable(self.file, f"alias `*{name}` names no anchor", line=line)
        node = self.anchors[name]
        if node is None:
            raise unreadable(self.file, f"anchor `&{name}` contains itself", line=line)
        if isinstance(node, Scalar):
            self.scalar(node)
        else:
            self.add(node)

    def finish(self, node: Node, tag: str | None, anchor: str | None) -> None:
        """Apply the tag of a complete node and put it in its place."""
        if tag is not None and tag not in _PLAIN_TAGS:
            node = self.tagged(node, tag)
        elif tag == "tag:yaml.org,2002:str" and isinstance(node, Scalar):
            node.value = node.text
        if anchor is not None:
            self.anchors[anchor] = node
        self.add(node)

    def tagged(self, node: Node, tag: str) -> Node:
        """Turn a short tag into the long form of the function."""
        name = _SHORT_TAGS.get(tag)
        if name is None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            message = f"tag `{shown}` is none of CloudFormation's"
            self.problem(node.line, message, "use a function of CloudFormation")
            return Scalar(Unknown(message), shown, node.line, node.end_line)
        if name == "Fn::GetAtt" and isinstance(node, Scalar):
            parts = node.text.split(".", 1)
            leaves: list[Node] = [Scalar(part, part, node.line, node.end_line) for part in parts]
            node = Items(node.line, node.end_line, leaves, depth=2)
        lines = {name: node.line}
        return Fields(node.line, node.end_line, {name: node}, lines, node.size + 1, node.depth + 1)

    def add(self, node: Node) -> None:
        """Put a complete node into the innermost open one."""
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        frame.node.size += node.size
        frame.node.depth = max(frame.node.depth, node.depth + 1)
        if len(self.frames) + node.depth > MAX_DEPTH:  # aliases and tags add levels
            raise self.too_deep(node.line)
        if frame.node.size > MAX_NODES:
            message = f"it holds more than {MAX_NODES:,} values, aliases expanded"
            raise unreadable(self.file, message, line=node.line)
        if isinstance(frame.node, Items):
            frame.node.nodes.append(node)
        elif frame.key is None:
            self.problem(node.line, "a list or a mapping is no key", "write a plain name")
            frame.key, frame.key_line = "", node.line
        else:
            self.put(frame, frame.node, node)

    def put(self, frame: _Frame, fields: Fields, node: Node) -> None:
        """Put the value of the pending key into a mapping."""
        key, line, frame.key = frame.key or "", frame.key_line, None
        if key == "<<":
            frame.merges.append(node)
            return
        if key in fields.nodes:
            first = fields.lines[key]
            self.problem(
                line,
                f"key `{_short(key)}` is written twice (first in line {first}); the last one counts here",
                "keep one of them",
            )
        fields.nodes[key] = node
        fields.lines[key] = line

    def merge(self, fields: Fields, other: Node) -> None:
        """Take over the entries of a merge key; those that the mapping writes itself win."""
        for source in other.nodes if isinstance(other, Items) else [other]:
            if not isinstance(source, Fields):
                self.problem(other.line, "the merge key `<<` takes a mapping")
                continue
            for key, node in source.nodes.items():
                if key not in fields.nodes:
                    fields.nodes[key] = node
                    fields.lines[key] = source.lines[key]


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
