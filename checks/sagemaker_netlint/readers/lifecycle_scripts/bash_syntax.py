"""The syntax tree of a shell script, by tree-sitter, and repairs of what its grammar reads otherwise.

Here documents are taken out before parsing, since the grammar loses track where a command goes on behind
`<<EOF`: the script `cat <<EOF > f` becomes `cat < SMN_HERE_1 > f`. All repairs keep the count of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

HERE_DOCUMENT = "SMN_HERE_"
HERE_STRING = "SMN_STRING_"
GAP = "SMN_GAP_"
"""Names that stand in a repaired script for a document, a string as input, and a gap of the template."""

_MAX_HERE_DOCUMENTS = 200
_MAX_REPAIRS = 20

# What bash itself understands between `${` and `}`; all else is a gap that a template left.
_PARAMETER = re.compile(
    r"[!#]?(\w+|[@*#?!$-])(\[[^\]]*\])?(:?[-=?+].*|[%#/^,@].*|:\s*[\d(-].*|:\s*\$.*)?$", re.DOTALL
)
_BRACED = re.compile(r"\$\{([^{}\n]*)\}")


@dataclass(frozen=True)
class HereDocument:
    """The body of a here document; a quoted delimiter keeps the shell from expanding it."""

    body: str
    quoted: bool


@dataclass(frozen=True)
class Source:
    """A script as it was parsed."""

    root: Node
    documents: dict[str, HereDocument]
    gaps: dict[str, str]

    def written(self, node: Node, limit: int = 200) -> str:
        """Return the node's text as it stands in the script, in one line, cut to a length."""
        text = re.sub(r"(\\\n|\s)+", " ", text_of(node)).strip()
        text = re.sub(GAP + r"\d+", lambda match: self.gaps.get(match[0], match[0]), text)
        return text if len(text) <= limit else text[: limit - 1] + "…"


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """Return the line on which a node starts, counted from 1."""
    return node.start_point[0] + 1


def parse_script(script: str, new_name: Callable[[str], str]) -> Source:
    """Parse a script; `new_name` makes a name from a prefix that no other script of the run has."""
    gaps: dict[str, str] = {}

    def gap(match: re.Match[str]) -> str:
        if _PARAMETER.match(match[1]):
            return match[0]
        name = new_name(GAP)
        gaps[name] = match[1]
        return f"${{{name}}}"

    source = _BRACED.sub(gap, script).encode("utf-8", "replace")
    documents: dict[str, HereDocument] = {}
    for _ in range(_MAX_HERE_DOCUMENTS):
        source = _repaired(source)
        start = next((node for node in walk(parse(source)) if node.type == "heredoc_start"), None)
        operator = start.prev_sibling if start is not None else None
        if start is None or operator is None:
            break
        name = new_name(HERE_DOCUMENT)
        source, documents[name] = _without_document(source, operator, start, name)
    return Source(parse(source), documents, gaps)


def parse(source: bytes) -> Node:
    """Return the syntax tree of a text."""
    return _parser().parse(source).root_node


def document_body(document: HereDocument) -> Node | None:
    """Return the node of a here document's body, with its expansions as children; `None` for an empty one."""
    root = parse(f"cat <<SMN_END\n{document.body}SMN_END\n".encode("utf-8", "replace"))
    return next((node for node in walk(root) if node.type == "heredoc_body"), None)


def walk(root: Node) -> Iterator[Node]:
    """Go through all nodes in the order of the text; without recursion, the text may nest deeply."""
    rest = [root]
    while rest:
        node = rest.pop()
        yield node
        rest.extend(reversed(node.children))


def _without_document(source: bytes, operator: Node, start: Node, name: str) -> tuple[bytes, HereDocument]:
    """Cut the body and the delimiter out, and leave their line ends."""
    tabs = operator.type == "<<-"
    word = text_of(start)
    end = re.sub(r"[\\'\"]", "", word).encode("utf-8", "replace")
    begin = _line_end(source, start.end_byte)
    position, body = begin, []
    while position < len(source):
        line_end = source.find(b"\n", position)
        following = len(source) if line_end < 0 else line_end + 1
        line = source[position:following].lstrip(b"\t") if tabs else source[position:following]
        position = following
        if line.rstrip(b"\n") == end:
            break
        body.append(line)
    blank = b"\n" * source.count(b"\n", begin, position)
    head = source[: operator.start_byte] + b"< " + name.encode() + source[start.end_byte : begin]
    document = HereDocument(b"".join(body).decode("utf-8", "replace"), quoted=end != start.text)
    return head + blank + source[position:], document


def _line_end(source: bytes, position: int) -> int:
    """Return where the next line starts; a backslash joins lines."""
    while True:
        end = source.find(b"\n", position)
        if end < 0:
            return len(source)
        if source[end - 1 : end] != b"\\":
            return end + 1
        position = end + 1


def _repaired(source: bytes) -> bytes:
    """Rewrite what the grammar reads otherwise than bash, until it reads it."""
    for _ in range(_MAX_REPAIRS):
        edits = [edit for node in walk(parse(source)) if (edit := _edit(source, node))]
        if not edits:
            break
        for start, end, text in reversed(edits):
            source = source[:start] + text + source[end:]
    return source


def _edit(source: bytes, node: Node) -> tuple[int, int, bytes] | None:
    if node.type == "<<<" or (node.type == "<<" and source[node.end_byte : node.end_byte + 1] == b"<"):
        # `cat > file <<< text`: a string as input is understood only before other redirections.
        end = node.start_byte + 3
        blanks = len(source[end:]) - len(source[end:].lstrip(b" \t"))
        return node.start_byte, end + blanks, b"< " + HERE_STRING.encode()
    if node.type == "``" and b"\n" in (node.text or b""):
        # A line that ends with a backtick before one that starts with it.
        return node.start_byte + 1, node.start_byte + 1, b";"
    before = node.prev_sibling
    if before is not None and before.type == "variable_assignment" and node.type != "\n":
        # Two assignments on a line swallow the next line: `a=1 b=2` before `while …`.
        between = source[before.end_byte : node.start_byte]
        if (
            node.parent is not None
            and node.parent.type == "command"
            and b"\n" in between.replace(b"\\\n", b"")
        ):
            return before.end_byte, before.end_byte, b";"
    return None


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 - only where there is a script: start-up time
    from tree_sitter import Language, Parser  # noqa: PLC0415 - the same

    return Parser(Language(tree_sitter_bash.language()))
