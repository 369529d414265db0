"""JSON text to builder events, with lines and without recursion (the standard library gives no lines)."""

from __future__ import annotations

import json
import re

from sagemaker_netlint.readers.cloudformation.builder import Builder
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Scalar, number

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>true|false|null)|(?P<mark>[{}\[\],:]))"
)
_WORDS = {"true": True, "false": False, "null": None}
_BLANK = re.compile(r"[ \t\r\n]*")


class JsonSyntaxError(Exception):
    """The text is no JSON; `line` says where."""

    def __init__(self, message: str, line: int) -> None:
        """Keep the message and the line."""
        super().__init__(message)
        self.line = line


class _Feeder:
    """Follows the grammar: `expected` names what may come next."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.closers: list[str] = []
        self.expected = "a value"
        self.line = 1

    def fail(self, found: str) -> JsonSyntaxError:
        return JsonSyntaxError(f"{self.expected} is expected, not {found}", self.line)

    def leaf(self, kind: str, text: str) -> None:
        if self.expected in {"a key", "a key or `}`"}:
            if kind != "string":
                raise self.fail(f"`{text}`")
            self.builder.scalar(self.scalar(kind, text))
            self.expected = "`:`"
        elif self.expected in {"a value", "a value or `]`"}:
            self.builder.scalar(self.scalar(kind, text))
            self.after_value()
        else:
            raise self.fail(f"`{text[:40]}`")

    def scalar(self, kind: str, text: str) -> Scalar:
        if kind == "string":
            try:
                value = json.loads(text, strict=False) if "\\" in text else text[1:-1]
            except json.JSONDecodeError as error:
                raise JsonSyntaxError(f"a string is broken ({error.msg})", self.line) from None
            return Scalar(value, value, self.line, self.line)
        if kind == "number":
            return Scalar(number(text), text, self.line, self.line)
        return Scalar(_WORDS[text], text, self.line, self.line)

    def mark(self, mark: str) -> None:
        if mark in "{[" and self.expected in {"a value", "a value or `]`"}:
            self.open(mark)
        elif mark in "}]" and self.closers and self.closers[-1] == mark and f"`{mark}`" in self.expected:
            self.closers.pop()
            self.builder.end(self.line)
            self.after_value()
        elif mark == ":" and self.expected == "`:`":
            self.expected = "a value"
        elif mark == "," and self.expected.startswith("`,`"):
            self.expected = "a key" if self.closers[-1] == "}" else "a value"
        else:
            raise self.fail(f"`{mark}`")

    def open(self, mark: str) -> None:
        if mark == "{":
            self.builder.start(Fields(self.line, self.line))
            self.closers.append("}")
            self.expected = "a key or `}`"
        else:
            self.builder.start(Items(self.line, self.line))
            self.closers.append("]")
            self.expected = "a value or `]`"

    def after_value(self) -> None:
        self.expected = f"`,` or `{self.closers[-1]}`" if self.closers else "the end"


def feed_json(text: str, builder: Builder) -> None:
    """Send the events of a JSON text to the builder.

    Raises:
        JsonSyntaxError: the text is no JSON.
        UnreadableError: the builder refuses it (too deep).

    """
    feeder = _Feeder(builder)
    position = 0
    while match := _TOKEN.match(text, position):
        kind = match.lastgroup or ""
        feeder.line += text.count("\n", position, match.start(kind))
        position = match.end()
        if kind == "mark":
            feeder.mark(match[kind])
        else:
            feeder.leaf(kind, match[kind])
    blank = _BLANK.match(text, position)
    rest = blank.end() if blank else position
    feeder.line += text.count("\n", position, rest)
    if rest < len(text):
        raise feeder.fail(f"`{text[rest : rest + 20].splitlines()[0]}`")
    if feeder.closers or feeder.expected != "the end":
        raise feeder.fail("the end of the file")
