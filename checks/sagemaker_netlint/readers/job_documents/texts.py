"""Documents that are written as text: JSON with gaps, where a part of it is known only at deployment.

A gap is `${…}` in the text of an `Unknown`, or `{{resolve:…}}`. It may stand inside of a string, which is
unknown then, or bare, where it stands for any value. For parsing, each gap is replaced by a mark.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, Union

from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.raw import Data

MAX_LENGTH = 1_048_576
"""The characters that SageMaker and Step Functions take.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePipeline.html
https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

# Real documents stay below 30 levels; those who read them recurse, so the bound protects Python's stack.
_MAX_DEPTH = 100
_MAX_PARTS = 20_000  # of which the reasons are told; texts in texts multiply them
_OPEN, _CLOSE = "\ue000", "\ue001"  # of the private use area: no document of a service holds them
_GAP = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_PLACEHOLDER = re.compile(r"\$\{([^{}\"\n]*)\}")
# a variable of IAM's is filled in with each request: `${aws:username}`
_OF_IAM = re.compile(r"\$\{[a-z][\w-]*:\w")
_BOUNDARIES = re.compile(r'\\.|\$\{|\{\{resolve:|[{}"]', re.DOTALL)
_TOKENS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_DIGITS = 18

Piece = Union[str, Unknown]
"""A piece of a text: as it is known, or a gap."""


class BrokenTextError(ValueError):
    """A text is no JSON, with or without gaps; `line` is that of the text, from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """Take what is wrong and where."""
        super().__init__(message)
        self.line = line


def document_in(body: Maybe[Any], substitutions: Maybe[Any] = None) -> Data | None:
    """Return a document as data: parsed where it is text, with `Unknown` in place of what is not known.

    `substitutions` are the values of `${name}` in it (DefinitionSubstitutions of a state machine). Members
    that are null are absent.

    Raises:
        BrokenTextError: the text is no JSON, or more than the service takes.

    """
    if not isinstance(body, (str, Unknown)):
        return body if substitutions is None else _with_substitutions(body, _Substitutions(substitutions))
    if isinstance(body, Unknown) and body.text is None:
        return body
    pieces = pieces_of(body, substitutions)
    if isinstance(body, Unknown) and not any(isinstance(piece, Unknown) for piece in pieces):
        return body  # nothing in its text says which part it is that isn't known
    return parsed(pieces, _from_json)


def pieces_of(body: Piece, substitutions: Maybe[Any] = None) -> list[Piece]:
    """Return a text in pieces: gaps told apart, and `${name}` replaced by its value.

    Raises:
        BrokenTextError: it is longer than the services take.

    """
    names = frozenset(substitutions) if isinstance(substitutions, Mapping) else frozenset()
    pieces: Iterable[Piece] = _gaps_of(body, names) if isinstance(body, Unknown) else [body]
    if substitutions is not None:
        pieces = _Substitutions(substitutions).filled(pieces)
    result = []
    length = 0
    for piece in pieces:
        length += len(piece) if isinstance(piece, str) else 0
        if length > MAX_LENGTH:
            raise BrokenTextError(f"it has more than the {MAX_LENGTH:,} characters that the service takes")
        result.append(piece)
    return result


def parsed(pieces: Sequence[Piece], parse: Callable[[Sequence[Piece]], Any]) -> Data:
    """Return what `parse` makes of the pieces, with the gaps in their places again.

    Raises:
        BrokenTextError: nothing can be made of a text that is known.

    """
    gap = next((piece for piece in pieces if isinstance(piece, Unknown)), None)
    data: Data
    if gap is None:
        data = _restored(parse(pieces), ())
        return data
    if any(_OPEN in piece or "\\ue000" in piece.lower() for piece in pieces if isinstance(piece, str)):
        return Unknown(f"it holds characters for private use, and {gap.reason}")
    try:
        data = _restored(parse(pieces), pieces)
    except BrokenTextError:
        return Unknown(f"it can't be read as long as a part of it is not known: {gap.reason}")
    return data


def mark(index: int) -> str:
    """Return what stands for a gap while the text is parsed: `index` is that of the piece."""
    return f"{_OPEN}{index}{_CLOSE}"


# -- gaps ---------------------------------------------------------------------------------------------


def _gaps_of(whole: Unknown, names: Container[str] = ()) -> Iterator[Piece]:
    """Yield the pieces of an unknown text; each gap with its own reason where that can be told.

    What is known to be no gap is text: a placeholder with one of the names of substitutions, or of IAM's.
    """
    reasons = _reasons(whole)
    found = [(text, _source(text) if is_gap else "") for is_gap, text in _split(whole.text or "")]
    found = [
        (text, "" if gap not in reasons and (gap[2:-1] in names or _OF_IAM.match(gap)) else gap)
        for text, gap in found
    ]
    is_single = not whole.parts and len({gap for _, gap in found if gap}) == 1
    for text, gap in found:
        known = reasons.get(gap)
        if not gap:
            yield text
        elif known is not None:
            yield Unknown(known.popleft() if len(known) > 1 else known[0], gap)
        else:
            yield Unknown(whole.reason if is_single else f"`{gap}` is not known", gap)


def _source(gap: str) -> str:
    """Return the source of a gap's expression, which may stand inside of a string of JSON."""
    return gap.replace('\\"', '"')


def _reasons(whole: Unknown) -> dict[str, deque[str]]:
    """Return the reasons of gaps by their text; one for each time that the text occurs, where it does."""
    found: dict[str, deque[str]] = {}
    todo = list(reversed(whole.parts))
    left = _MAX_PARTS
    while todo and left:
        left -= 1
        part = todo.pop()
        todo += reversed(part.parts)
        for is_gap, text in _split(part.text or "") if not part.parts else ():
            if is_gap:
                found.setdefault(_source(text), deque()).append(part.reason)
    return found


def _split(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the pieces of a text, and whether each is a gap; braces and quotes nest inside of a gap."""
    start = 0
    closers: list[str] = []
    for match in _BOUNDARIES.finditer(text):
        boundary = match[0]
        if not closers:
            if boundary in {"${", "{{resolve:"}:
                yield False, text[start : match.start()]
                start = match.start()
                closers += ["}"] * boundary.count("{")
            continue
        if boundary == closers[-1]:
            closers.pop()
            if not closers:
                yield True, text[start : match.end()]
                start = match.end()
        elif boundary == "${" or (boundary == "{" and closers[-1] == "}"):
            closers.append("}")
        elif boundary == '"':
            closers.append('"')
    yield bool(closers), text[start:]


# -- substitutions ------------------------------------------------------------------------------------


class _Substitutions:
    """The values of placeholders.

    CloudFormation goes on with the placeholders in a value and refuses circles; they are not followed here.
    """

    def __init__(self, given: Maybe[Any]) -> None:
        self.unknown = given if isinstance(given, Unknown) else None
        self.given: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        self.found: dict[str, list[Piece]] = {}
        self.length = 0

    def filled(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """Yield the pieces with the values of the placeholders in what is known of them."""
        for piece in pieces:
            position = 0
            text = piece if isinstance(piece, str) else ""
            for match in _PLACEHOLDER.finditer(text):
                yield text[position : match.start()]
                yield from self.value(match[1])
                position = match.end()
            yield text[position:] if isinstance(piece, str) else piece

    def value(self, name: str) -> list[Piece]:
        """Return the pieces of a placeholder's value."""
        if name not in self.found:
            self.found[name] = list(self._value(name, f"${{{name}}}"))
        self.length += sum(len(_text(piece)) for piece in self.found[name])
        if self.length > MAX_LENGTH:
            raise BrokenTextError(f"what is substituted has more than {MAX_LENGTH:,} characters")
        return self.found[name]

    def _value(self, name: str, gap: str) -> Iterator[Piece]:
        value = self.given.get(name)
        if self.unknown is not None:
            yield Unknown(f"`{gap}` is not known: {self.unknown.reason}", gap)
        elif value is None:
            yield Unknown(f"the substitutions hold no `{name}`", gap)
        elif isinstance(value, Unknown):
            pieces = list(_gaps_of(value)) if value.text else []
            yield from pieces if any(isinstance(p, Unknown) for p in pieces) else [Unknown(value.reason, gap)]
        elif isinstance(value, (list, Mapping)):
            kind = "list" if isinstance(value, list) else "mapping"
            yield Unknown(f"a {kind} stands where the string for `{name}` belongs", gap)
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            again = (found[0] for found in _PLACEHOLDER.finditer(text) if found[1] in self.given)
            nested = next(again, None)
            yield text if nested is None else Unknown(f"the value for `{name}` holds `{nested}` again", gap)


def _with_substitutions(node: Any, substitutions: _Substitutions) -> Any:
    """Return data with the values of the placeholders in its strings."""
    if isinstance(node, Mapping):
        return {key: _with_substitutions(item, substitutions) for key, item in node.items()}
    if isinstance(node, list):
        return [_with_substitutions(item, substitutions) for item in node]
    if not isinstance(node, str) or "${" not in node:
        return node
    filled = _joined(list(substitutions.filled([node])))
    text = _text(filled)
    if any(text.count(character) != node.count(character) for character in '"\\'):
        return Unknown("the quotes in what is substituted change the document", node)
    return filled


def _joined(pieces: Sequence[Piece]) -> Piece:
    text = "".join(_text(piece) for piece in pieces)
    gaps = tuple(piece for piece in pieces if isinstance(piece, Unknown))
    return Unknown(gaps[0].reason, text, gaps) if gaps else text


def _text(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece.text or ""


# -- parsing ------------------------------------------------------------------------------------------


def _from_json(pieces: Sequence[Piece]) -> Any:
    text = "".join(_marked(pieces))
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise BrokenTextError(f"it is no JSON: {error.msg}", error.lineno) from None


def _marked(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield the text of the pieces; a gap that stands bare gets the quotes of a string.

    One that stands for several items has their commas, too: `[${for s in var.subnets}"subnet-1"]`.
    """
    in_string = False
    depth = 0
    last = ""  # the last character that is no blank
    for index, piece in enumerate(pieces):
        if isinstance(piece, Unknown):
            yield mark(index) if in_string else f'{_comma(last, chr(34))}"{mark(index)}"'
            last = _CLOSE
            continue
        if last == _CLOSE and not in_string:
            yield _comma(last, piece.lstrip()[:1])
        for match in _TOKENS.finditer(piece):
            if match[0] == '"':
                in_string = not in_string
            elif not in_string:
                depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
                if depth > _MAX_DEPTH:
                    line = piece.count("\n", 0, match.start()) + 1
                    raise BrokenTextError(f"it is nested deeper than {_MAX_DEPTH} levels", line)
        yield piece
        last = piece.rstrip()[-1:] or last


def _comma(before: str, after: str) -> str:
    return "," if before in {_CLOSE, '"', "]", "}"} and after in {'"', "[", "{"} else ""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _constant(word: str) -> Any:
    raise BrokenTextError(f"it is no JSON: `{word}` is no value")


def _restored(node: Any, pieces: Sequence[Piece]) -> Any:
    """Return parsed data with the gaps in place of their marks, and without what is null."""
    if isinstance(node, dict):
        items = ((_text_of_mark(_whole(key), pieces), item) for key, item in node.items())
        return {key: _restored(item, pieces) for key, item in items if item is not None}
    if isinstance(node, list):
        return [_restored(item, pieces) for item in node if item is not None]
    if isinstance(node, str) and pieces and _OPEN in node:
        return _joined([_piece(part, index, pieces) for index, part in enumerate(_GAP.split(node))])
    return _whole(node) if isinstance(node, str) else node


def _whole(text: str) -> str:
    """Return a text without halves of surrogate pairs: nobody could print it."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _piece(part: str, index: int, pieces: Sequence[Piece]) -> Piece:
    """Return a part of a split string: every second one is a mark's number."""
    return pieces[int(part)] if index % 2 else part


def _text_of_mark(key: str, pieces: Sequence[Piece]) -> str:
    return _GAP.sub(lambda match: _text(pieces[int(match[1])]), key) if pieces else key
