"""YAML text to builder events, by libyaml: its parser is a state machine, so depth can't break the stack.

Plain scalars become what CloudFormation sees, which isn't all of YAML 1.1: dates, times and numbers with
leading zeros (account ids) stay texts.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from sagemaker_netlint.readers.cloudformation.builder import Builder
from sagemaker_netlint.readers.cloudformation.nodes import Fields, Items, Scalar, number
from sagemaker_netlint.readers.files import unreadable

_WORDS: dict[str, bool | None] = {
    word: value
    for value, words in {True: "true yes on", False: "false no off", None: "null"}.items()
    for lower in words.split()
    for word in (lower, lower.title(), lower.upper())
} | {"~": None, "": None}
_DIGIT = frozenset("+-.0123456789")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")


def feed_yaml(text: str, builder: Builder) -> None:
    """Send the events of the first YAML document to the builder.

    Raises:
        UnreadableError: the text is no YAML, or the builder refuses it.

    """
    # a wheel for a rare platform may come without libyaml
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text) if _encodable(text, builder) else None
    try:
        _feed(loader, builder)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"it is not valid YAML: character {error.character!r} is not allowed"
        raise unreadable(builder.file, message, line=line) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"it is not valid YAML: {error.problem or error.context}"
        raise unreadable(builder.file, message, line=mark.line + 1 if mark else 1) from None
    finally:
        loader.dispose()


def _encodable(text: str, builder: Builder) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise unreadable(builder.file, "it is not valid YAML: half a surrogate pair", line=line) from None
    return True


def _feed(loader: Any, builder: Builder) -> None:
    flows: list[bool] = []
    while (event := loader.get_event()) is not None:
        line = event.start_mark.line + 1
        kind = type(event)
        if kind is yaml.ScalarEvent:
            builder.scalar(_scalar(event), _tag(event), event.anchor)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            flows.append(bool(event.flow_style))
            node = Fields(line, line) if kind is yaml.MappingStartEvent else Items(line, line)
            builder.start(node, _tag(event), event.anchor)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            # the end of a block is where the next token starts: its last value says more
            builder.end(event.end_mark.line + 1 if flows.pop() else None)
        elif kind is yaml.AliasEvent:
            builder.alias(event.anchor, line)
        elif kind is yaml.DocumentStartEvent and builder.root is not None:
            message = "the file holds more than one YAML document; the first is read, as CloudFormation does"
            builder.problem(line, message, "move the other documents to their own files")
            return


def _tag(event: Any) -> str | None:
    return None if event.tag == "!" else event.tag


def _scalar(event: Any) -> Scalar:
    text: str = event.value
    line = event.start_mark.line + 1
    plain = event.implicit[0] or (event.tag or "").startswith("tag:yaml.org,2002:")
    return Scalar(_value(text) if plain else text, text, line, max(line, _last_line(event, text)))


def _value(text: str) -> str | bool | int | float | None:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _DIGIT:
        return int(text, 16) if _HEXADECIMAL.fullmatch(text) else number(text)
    return text


def _last_line(event: Any, text: str) -> int:
    """Return the last line of a scalar; a block scalar's end mark stands behind the blank lines after it."""
    if event.style == "|":
        return int(event.start_mark.line) + 2 + text.rstrip("\n").count("\n")
    return int(event.end_mark.line) + (1 if event.end_mark.column else 0)
