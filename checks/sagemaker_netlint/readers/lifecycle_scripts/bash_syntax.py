"""The syntax tree of a shell script, by tree-sitter, and repairs of what its grammar reads otherwise.

Here documents are taken out before parsing, since the grammar loses track where a command goes on behind
`<<EOF`: the script `cat <<EOF > f` becomes `cat < SMN_HERE_1 > f`. All repairs keep the count of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    NotFollowedError,
    gap_prefix,
    with_gaps_as_written,
)

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

HERE_DOCUMENT = "SMN_HERE_"
HERE_STRING = "SMN_STRING_"
"""Names that stand in a repaired script for a document and a string as input."""

_INPUTS = {"<<", "<<-", "<<<"}
_MAX_PARSED = 1_500_000
_MAX_BROKEN = 10
_MAX_REPAIRS = 5

# What bash itself understands between `${` and `}`; all else is a gap that a template left.
_PARAMETER = re.compile(
    r"[!#]?(\w+|[@*#?!$-])(\[[^\]]*\])?(:?[-=?+].*|[%#/^,@].*|:\s*[\d(-].*|:\s*\$.*)?$", re.DOTALL
)
_ROUTE_WORD = re.compile(r"\broutes?\b|\bip(\s+-\S+)*\s+ro?u?\b|\broute6?-eth")
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

    @cached_property
    def last_route_word(self) -> int:
        """Return the byte behind which nothing names routes; here documents stand anywhere."""
        text = (self.root.text or b"").decode("latin-1")
        if any(may_speak_of_routes(document.body) for document in self.documents.values()):
            return len(text)
        return max((match.end() for match in _ROUTE_WORD.finditer(text)), default=-1)

    def written(self, node: Node, limit: int = 200) -> str:
        """Return the node's text as it stands in the script, in one line, cut to a length."""
        text = re.sub(r"(\\\n|\s)+", " ", text_of(node)).strip()
        text = with_gaps_as_written(text)
        return text if len(text) <= limit else text[: limit - 1] + "…"


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def may_speak_of_routes(text: str) -> bool:
    """Say whether a text names routes at all: where it doesn't, it adds none."""
    return bool(_ROUTE_WORD.search(text))


def parse_script(script: str, new_name: Callable[[str], str]) -> Source:
    """Parse a script; `new_name` makes a name from a prefix that no other script of the run has."""
    gaps: dict[str, str] = {}

    def gap(match: re.Match[str]) -> str:
        if _PARAMETER.match(match[1]):
            return match[0]
        name = new_name(gap_prefix(match[1]))
        gaps[name] = match[1]
        return f"${{{name}}}"

    source = _BRACED.sub(gap, script).encode("utf-8", "replace")
    source, documents = _without_inputs(source, new_name)
    return Source(_separated(source), documents, gaps)


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


def _without_inputs(source: bytes, new_name: Callable[[str], str]) -> tuple[bytes, dict[str, HereDocument]]:
    """Replace here documents and strings as input by plain redirections, and parse again after each."""
    documents: dict[str, HereDocument] = {}
    root, parsed, broken = parse(source), 0, 0
    position = source.find(b"<<")
    while position >= 0:
        parsed, broken = parsed + len(source), broken + root.has_error
        if parsed > _MAX_PARSED or broken > _MAX_BROKEN:
            raise NotFollowedError("the script has more here documents than are followed")
        operator = _operator(root, position)
        start = None if operator is None else operator.next_sibling
        if operator is not None and source.startswith(b"<<<", position):
            # `cat > file <<< text`: the grammar takes a string as input before other redirections only.
            text = source[position + 3 :].lstrip(b" \t")
            source = source[:position] + b"< " + HERE_STRING.encode() + text
            root = parse(source)
        elif operator is not None and start is not None and start.type == "heredoc_start":
            name = new_name(HERE_DOCUMENT)
            source, documents[name] = _without_document(source, operator, start, name)
            root = parse(source)
        position = source.find(b"<<", position + 2)
    return source, documents


def _operator(root: Node, position: int) -> Node | None:
    """Return the operator that takes input from the script itself, where there is one."""
    node = root.descendant_for_byte_range(position, position + 2)
    return node if node is not None and node.start_byte == position and node.type in _INPUTS else None


def _without_document(source: bytes, operator: Node, start: Node, name: str) -> tuple[bytes, HereDocument]:
    """Cut the body and the delimiter out, and leave their line ends."""
    tabs = operator.type == "<<-"
    end = re.sub(r"[\\'\"]", "", text_of(start)).encode("utf-8", "replace")
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


def _separated(source: bytes) -> Node:
    """Parse with a semicolon where the grammar takes no notice of a line end."""
    root = parse(source)
    for _ in range(_MAX_REPAIRS):
        places = sorted({place for parent in walk(root) for place in _joints(source, parent)})
        if not places:
            break
        for place in reversed(places):
            source = source[:place] + b";" + source[place:]
        root = parse(source)
    return root


def _joints(source: bytes, parent: Node) -> Iterator[int]:
    """Return where two lines were taken for one among a node's children."""
    children = parent.children
    for before, after in pairwise(children):
        if parent.type == "command" and before.type == "variable_assignment":
            # Two assignments on a line swallow the next line: `a=1 b=2` before `while …`.
            between = source[before.end_byte : after.start_byte].replace(b"\\\n", b"")
            if b"\n" in between:
                yield before.end_byte
        elif after.type == "``" and b"\n" in (after.text or b""):
            # A line that ends with a backtick before one that starts with it.
            yield after.start_byte + 1


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 - only where there is a script: start-up time
    from tree_sitter import Language, Parser  # noqa: PLC0415 - the same

    return Parser(Language(tree_sitter_bash.language()))
