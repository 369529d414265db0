"""Words as a shell expands them: quotes, variables, arrays, braces, substitutions, splitting into fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from itertools import product
from typing import TYPE_CHECKING, Union

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.arithmetic import calculated
from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import HereDocument, document_body, text_of
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    MAX_ITERATIONS,
    Shell,
    Value,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    EMPTY,
    NotFollowedError,
    Part,
    RunTime,
    Text,
    joined,
    literal,
    split,
)

if TYPE_CHECKING:
    from tree_sitter import Node

BREAK = None
"""Between two fields that `"$@"` makes."""

Segment = Union[tuple[Text, bool], None]
"""A text and whether white space in it splits; or a break between fields."""

_EXPANSION = re.compile(
    r"\$\{(?P<before>[!#]?)(?P<name>\w+|[@*#?!$-])(\[(?P<index>[^\]]*)\])?"
    r"(?P<operator>:[-=?+]|[-=?+]|%%|%|##|#|/[/#%]?|\^\^|,,|\^|,|:|@)?(?P<rest>.*)\}$",
    re.DOTALL,
)
_BRACES = re.compile(r"\{([^{}\s'\"$`\\]*,[^{}\s'\"$`\\]*|-?\d{1,9}\.\.-?\d{1,9}|[a-z]\.\.[a-z])\}")
_ALL = re.compile(r'^"\$(@|\{@\}|\{!?\w+\[@\]\})"$')
_MAX_TRIMMED = 2_000
_EXPANSIONS = {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"}
_SPECIAL = {"EUID": "0", "UID": "0", "HOME": "/root", "PWD": "/", "USER": "root", "IFS": " \t\n"}


def fields_of(shell: Shell, node: Node) -> list[Text]:
    """Return the fields that a word expands to."""
    braces = _brace_words(node)
    if braces is not None:
        shell.run.spend(sum(map(len, braces)))
        return [joined((word,)) for word in braces]
    return _fields(shell, _segments(shell, node, quoted=False))


def separators(shell: Shell) -> str:
    """Return the pattern at which words are split where they are not quoted: white space, or what IFS has."""
    value = shell.variables.get("IFS")
    known = literal(value) if isinstance(value, tuple) else None
    if known is None:
        return r"[ \t\n]+"
    blanks = "".join(re.escape(mark) for mark in known if mark in " \t\n")
    others = "".join(re.escape(mark) for mark in known if mark not in " \t\n")
    between = f"[{blanks}]" if blanks else "(?!)"
    return f"{between}*[{others}]{between}*|{between}+" if others else f"{between}+"


def word_of(shell: Shell, node: Node) -> Text:
    """Return a word that is not split: a value that is assigned, or what a redirection names."""
    return _whole(_segments(shell, node, quoted=True))


def document_text(shell: Shell, document: HereDocument) -> Text:
    """Return what a here document holds."""
    node = None if document.quoted else document_body(document)
    if node is None:
        return joined((document.body,))
    return _whole(_inner(shell, node, r"\\([$\\`]|\n)"))


def _whole(segments: list[Segment]) -> Text:
    return joined(*((" ",) if segment is BREAK else segment[0] for segment in segments))


def _fields(shell: Shell, segments: list[Segment]) -> list[Text]:
    """Put segments together to fields; a quoted one makes a field even where it is empty."""
    found: list[list[Text]] = []
    current: list[Text] | None = None
    for segment in segments:
        if segment is BREAK:
            found += [current] if current is not None else []
            current = None
            continue
        text, splits = segment
        pieces = split(text, separators(shell)) if splits else [text]
        for number, piece in enumerate(pieces):
            if number:
                found += [current] if current is not None else []
                current = None
            if piece or not splits:
                current = [*(current or []), piece]
    found += [current] if current is not None else []
    shell.run.spend(10 * len(found))
    return [joined(*field) for field in found]


def _segments(shell: Shell, node: Node, *, quoted: bool) -> list[Segment]:
    with shell.run.deeper():
        maker = _MAKERS.get(node.type)
        if maker is not None:
            return maker(shell, node, quoted)
        if node.is_error or (node.named_child_count and node.type != "word"):
            return [((Unknown(f"`{shell.source.written(node, 60)}` isn't understood"),), False)]
        return [(joined((re.sub(r"\\(\n|.)", _unescaped, text_of(node)),)), False)]


def _unescaped(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]


def _string(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: ARG001, FBT001 - a maker's signature
    found = _inner(shell, node, r"\\([$\\`\"]|\n)", 1)
    # `"$@"` makes no field where there is nothing; any other string makes one.
    return found[1:-1] if _ALL.match(text_of(node)) else [(EMPTY, False), *found]


def _inner(shell: Shell, node: Node, escapes: str, margin: int = 0) -> list[Segment]:
    """Return the expansions in a node and the text between them; the grammar drops white space there."""
    raw = node.text or b""
    found: list[Segment] = []
    position = margin
    for child in node.children:
        if child.type not in _EXPANSIONS and not child.is_error:
            continue
        text = child.text or b""
        begin = child.start_byte - node.start_byte + len(text) - len(text.lstrip())
        found.append((_plain(raw[position:begin], escapes), False))
        found += _segments(shell, child, quoted=True)
        position = child.end_byte - node.start_byte
    return [*found, (_plain(raw[position : len(raw) - margin], escapes), False)]


def _plain(raw: bytes, escapes: str) -> Text:
    return joined((re.sub(escapes, _unescaped, raw.decode("utf-8", "replace")),))


def _raw_string(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: ARG001, FBT001 - the same
    return [(joined((text_of(node)[1:-1],)), False)]


def _ansi_string(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: ARG001, FBT001 - the same
    names = {"n": "\n", "t": "\t", "r": "\r"}
    text = re.sub(r"\\(.)", lambda match: names.get(match[1], match[1]), text_of(node)[2:-1])
    return [(joined((text,)), False)]


def _children(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: FBT001 - the same
    return [segment for child in node.children for segment in _segments(shell, child, quoted=quoted)]


def _arithmetic(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: FBT001 - the same
    value = calculated(shell, text_of(node)[3:-2])
    return [((value if isinstance(value, Unknown) else str(value),), not quoted)]


def _command(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: FBT001 - the same
    """Substitute a command by what it prints."""
    child = shell.child()
    redirect = next((part for part in node.named_children if part.type == "file_redirect"), None)
    if redirect is not None and redirect.named_children:
        kept = shell.run.stored(word_of(shell, redirect.named_children[-1]))
        content = kept.content if kept is not None else (RunTime(shell.source.written(node, 60)),)
        return [(content, not quoted)]
    with child.captured() as taken:
        child.run.walker.statements(child, node.children)
    return [(_without_line_ends(joined(*taken)), not quoted)]


def _without_line_ends(text: Text) -> Text:
    if text and isinstance(text[-1], str):
        return joined((*text[:-1], text[-1].rstrip("\n")))
    return text


def _process(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: ARG001, FBT001 - the same
    """Substitute a process by the name of a file that holds its output."""
    path = shell.run.new_name("/dev/fd/")
    if text_of(node).startswith("<"):
        child = shell.child()
        with child.captured() as taken:
            child.run.walker.statements(child, node.children)
        shell.write((path,), joined(*taken), shell.site_of(node))
    return [((path,), False)]


def _simple(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: FBT001 - the same
    name = text_of(node).strip()[1:]
    return _parameter(shell, name, None, quoted=quoted)


def _expansion(shell: Shell, node: Node, quoted: bool) -> list[Segment]:  # noqa: FBT001 - the same
    match = _EXPANSION.match(text_of(node).strip())
    if match is None:
        return [((Unknown(f"`{text_of(node)[:60]}` isn't understood"),), False)]
    before, name, index = match["before"], match["name"], match["index"]
    if before == "!" and index in {"@", "*"}:
        value = shell.variables.get(name)
        keys: list[Text] = [(key,) for key in value] if isinstance(value, dict) else []
        return _spread(keys, quoted=quoted)
    if before == "!":
        return [((Unknown(f"`{text_of(node)[:60]}` isn't followed"),), False)]
    if before == "#":
        return [(_length(shell, name, index), False)]
    if not match["operator"]:
        return _parameter(shell, name, index, quoted=quoted, braced=True)
    return _changed(shell, node, match, quoted=quoted)


def _length(shell: Shell, name: str, index: str | None) -> Text:
    if index in {"@", "*"} or name in {"@", "*"}:
        found = shell.arguments if name in {"@", "*"} else shell.variables.get(name, {})
        return (str(len(found)),)
    text = literal(_whole(_parameter(shell, name, index, quoted=True)))
    return (Unknown(f"the length of `{name}` isn't known") if text is None else str(len(text)),)


def _changed(shell: Shell, node: Node, match: re.Match[str], *, quoted: bool) -> list[Segment]:
    """Apply `:-`, `%`, `/` and the like."""
    operator, name, index = match["operator"], match["name"], match["index"]
    current = _parameter(shell, name, index, quoted=quoted, braced=True)
    known = literal(_whole(current))
    unset = not _is_set(shell, name, index)
    if operator.strip(":") in {"-", "=", "?", "+"}:
        missing = unset or (operator.startswith(":") and known == "")
        rest = _rest(shell, node, operator, quoted=quoted)
        if operator.endswith("+"):
            return [] if missing else rest
        if missing and operator.endswith("="):
            shell.variables[name] = _whole(rest)
        return rest if missing and not operator.endswith("?") else current
    if operator == "@" or known is None or len(known) > _MAX_TRIMMED:
        gap = Unknown(f"`{shell.source.written(node, 60)}` isn't known")
        return current if known is None and len(_whole(current)) == 1 else [((gap,), False)]
    pattern = literal(_whole(_rest(shell, node, operator, quoted=True)))
    changed = None if pattern is None else _edited(known, operator, pattern)
    gap = Unknown(f"`{shell.source.written(node, 60)}` isn't followed")
    return [((gap,) if changed is None else joined((changed,)), not quoted)]


def _is_set(shell: Shell, name: str, index: str | None) -> bool:
    if name in shell.run.gaps:
        return True
    if name.isdigit() or name in {"@", "*"}:
        return len(shell.arguments) >= (int(name[:4]) if name.isdigit() else 1)
    value = shell.variables.get(name, _SPECIAL.get(name))
    return value is not None and (index is None or not isinstance(value, dict) or bool(value))


def _rest(shell: Shell, node: Node, operator: str, *, quoted: bool) -> list[Segment]:
    """Return what stands behind the operator of an expansion."""
    text = text_of(node).strip()
    rest = text[text.index(operator, 3) + len(operator) : -1]
    if not re.search(r"[$`'\"\\]", rest):
        return [(joined((rest,)), not quoted)]
    marks = [child for child in node.children if text_of(child) == operator]
    if not marks:
        return [((Unknown(f"`{text[:60]}` isn't understood"),), False)]
    following = [child for child in node.children if child.start_byte >= marks[0].end_byte][:-1]
    return [segment for child in following for segment in _segments(shell, child, quoted=quoted)]


def _edited(value: str, operator: str, rest: str) -> str | None:
    """Trim, replace or change the case of a known value; `None` where that isn't followed."""
    if operator[0] in "%#":
        return _trimmed(value, operator, rest)
    if operator in {"/", "//"}:
        pattern, _, new = rest.partition("/")
        if not pattern or re.search(r"[*?\[]", pattern):
            return None
        return value.replace(pattern, new, -1 if operator == "//" else 1)
    if operator in {"^^", ",,"} and not rest:
        return value.upper() if operator == "^^" else value.lower()
    if operator == ":" and re.fullmatch(r"\s*\d{1,4}(:\d{1,4})?", rest):
        start, _, length = rest.partition(":")
        return value[int(start) :][: int(length) if length else None]
    return None


def _trimmed(value: str, operator: str, pattern: str) -> str:
    test = re.compile(translate(pattern[:100]))
    size = len(value)
    if operator[0] == "#":
        ends = range(size + 1) if operator == "#" else range(size, -1, -1)
        return next((value[end:] for end in ends if test.match(value[:end])), value)
    starts = range(size, -1, -1) if operator == "%" else range(size + 1)
    return next((value[:start] for start in starts if test.match(value[start:])), value)


def _parameter(
    shell: Shell, name: str, index: str | None, *, quoted: bool, braced: bool = False
) -> list[Segment]:
    """Return the value of a variable, an element, or all of them."""
    if name in {"@", "*"}:
        mark = _first_separator(shell)
        return _spread(list(shell.arguments), quoted=quoted, as_one=name == "*" and quoted, mark=mark)
    value = _value(shell, name, braced=braced)
    if not isinstance(value, dict):
        return [(value, not quoted)] if isinstance(value, tuple) else []
    if index in {"@", "*"}:
        mark = _first_separator(shell)
        return _spread(list(value.values()), quoted=quoted, as_one=index == "*" and quoted, mark=mark)
    key = "0" if index is None else key_of(shell, index)
    missing = EMPTY if key is not None else (Unknown(f"which element of `{name}` isn't known"),)
    return [(value.get(key or "", missing), not quoted)]


def key_of(shell: Shell, index: str) -> str | None:
    """Return the key that an index names: a number, a word, or a variable that holds either."""
    match = re.fullmatch(r"['\"]?\$?\{?([A-Za-z_]\w*|\d)\}?['\"]?", index)
    if match and ("$" in index or match[1] in shell.variables):
        return literal(_whole(_parameter(shell, match[1], None, quoted=True)))
    return index.strip("'\"") if "$" not in index else None


def _first_separator(shell: Shell) -> Text:
    """Return what `"$*"` puts between words: the first character of IFS."""
    value = shell.variables.get("IFS", (" ",))
    known = literal(value) if isinstance(value, tuple) else None
    return (" ",) if known is None else joined((known[:1],))


def _spread(texts: list[Text], *, quoted: bool, as_one: bool = False, mark: Text = (" ",)) -> list[Segment]:
    if as_one:
        spaced: list[Text] = [part for text in texts for part in (mark, text)][1:]
        return [(joined(*spaced), not quoted)]
    found: list[Segment] = []
    for text in texts:
        found += [BREAK, (text, not quoted)]
    return found[1:]


def _value(shell: Shell, name: str, *, braced: bool) -> Value:
    if name in shell.run.gaps:
        return shell.run.gaps[name]
    if name in shell.variables:
        return shell.variables[name]
    if name.isdigit():
        number = int(name[:4])
        return shell.arguments[number - 1] if 0 < number <= len(shell.arguments) else _script_name(number)
    special = str(len(shell.arguments)) if name == "#" else _SPECIAL.get(name)
    if special is not None and (name == "#" or shell.user == "root"):
        return (special,)
    return (_unset(name, braced=braced),)


def _unset(name: str, *, braced: bool) -> Part:
    if name in {"?", "$", "!", "-", "RANDOM", "SECONDS", "BASH_SOURCE"}:
        return RunTime(f"${name}")
    return Unknown(f"`{name}` is not set in the script", f"${{{name}}}" if braced else None)


def _script_name(number: int) -> Text:
    return EMPTY if number else (RunTime("$0"),)


def _brace_words(node: Node) -> list[str] | None:
    """Expand `{a,b}` and `{1..3}` in a word without variables and quotes; `None` where there are none."""
    if node.type not in {"concatenation", "brace_expression", "word"}:
        return None
    text = text_of(node)
    pieces = _BRACES.split(text)
    if len(pieces) == 1 or re.search(r"[$`'\"\\]", text):
        return None
    choices = [_choices(piece) if number % 2 else [piece] for number, piece in enumerate(pieces)]
    count = 1
    for choice in choices:
        count *= len(choice)
        if count > MAX_ITERATIONS:
            raise NotFollowedError(f"`{text[:60]}` makes more words than are followed")
    return ["".join(words) for words in product(*choices)]


def _choices(text: str) -> list[str]:
    if "," in text:
        return text.split(",")
    first, _, last = text.partition("..")
    if first.isalpha():
        low, high = ord(first), ord(last)
        return [chr(code) for code in range(low, high + 1)] or [first]
    low, high = int(first), int(last)
    if abs(high - low) >= MAX_ITERATIONS:
        raise NotFollowedError(f"`{{{text}}}` makes more words than are followed")
    return [str(number) for number in range(low, high + 1)] or [first]


_MAKERS: dict[str, Callable[[Shell, Node, bool], list[Segment]]] = {
    "string": _string,
    "translated_string": _children,
    "raw_string": _raw_string,
    "ansi_c_string": _ansi_string,
    "concatenation": _children,
    "command_name": _children,
    "arithmetic_expansion": _arithmetic,
    "command_substitution": _command,
    "process_substitution": _process,
    "simple_expansion": _simple,
    "expansion": _expansion,
}
