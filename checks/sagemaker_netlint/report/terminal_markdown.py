"""Markdown, as a terminal shows it: the little of it that our own pages use.

Paragraphs and lists are wrapped; code and addresses are not, so that they can be copied. Tables that are too
wide become lists. A link to another rule's page is its id, which `explain` takes; others show their address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from urllib.parse import urljoin

import click

from sagemaker_netlint.report.terminal import columns
from sagemaker_netlint.rules.rule import DOCS

_FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<to>[^)\s]+)\)")
_RULE_PAGE = re.compile(r"SMN\d{3}-[a-z0-9-]+\.md(#.*)?")
_ITEM = re.compile(r"(?P<mark>-|\d+\.) +(?P<text>.*)", re.DOTALL)
_ITEM_STARTS = re.compile(r"\n(?=(?:-|\d+\.) )")
_RULER = re.compile(r"[|\s:-]+")


def markdown_lines(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, without a blank one at the ends."""
    parts = _FENCED.split(text)
    blocks = [
        block
        for index, part in enumerate(parts)
        for block in ([_code(part)] if index % 2 else _blocks(part, width))
    ]
    for index, block in enumerate(blocks):
        if index:
            yield ""
        yield from block


def _code(text: str) -> list[str]:
    return [click.style(f"    {line}", dim=True) if line.strip() else "" for line in text.splitlines()]


def _blocks(text: str, width: int) -> Iterator[list[str]]:
    for block in re.split(r"\n\s*\n", text):
        block = block.strip("\n")  # noqa: PLW2901 - the same, without its ends
        if not block.strip():
            continue
        if block.startswith("|"):
            yield _table(block, width)
        elif _ITEM.match(block):
            yield [line for item in _ITEM_STARTS.split(block) for line in _item(item, width)]
        else:
            yield _wrapped(block, width)


def _item(text: str, width: int) -> list[str]:
    match = _ITEM.match(text)
    mark = f"{match['mark']} " if match else ""
    return _wrapped(match["text"] if match else text, width, mark)


def _wrapped(text: str, width: int, mark: str = "") -> list[str]:
    return wrap(
        inline(text),
        width,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(text: str, width: int) -> list[str]:
    rows = [_cells(line) for line in text.splitlines() if not _RULER.fullmatch(line)]
    lines = list(columns(rows))
    if max(map(len, lines)) <= width:
        return [click.style(lines[0], bold=True), *lines[1:]]
    return [line for row in rows[1:] for line in _wrapped(": ".join(filter(None, row)), width, "- ")]


def _cells(line: str) -> list[str]:
    written = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [inline(cell.strip().replace("\\|", "|")) for cell in written]


def inline(text: str) -> str:
    """Return the text without the marks of links and of emphasis; code keeps its backticks."""
    code_or_rest = re.split(r"(`[^`]*`)", _LINK.sub(_link, text))
    shown = (part if index % 2 else part.replace("**", "") for index, part in enumerate(code_or_rest))
    return " ".join("".join(shown).split())


def _link(match: re.Match[str]) -> str:
    if _RULE_PAGE.fullmatch(match["to"]):
        return match["text"]
    return f"{match['text']} ({urljoin(DOCS, match['to'])})"
