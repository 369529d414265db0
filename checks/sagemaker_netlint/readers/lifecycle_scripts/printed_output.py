"""What commands print, as far as it is known: `echo`, `cat`, filters, and those that ask the instance."""

from __future__ import annotations

import re
from collections.abc import Callable

from sagemaker_netlint.network.notebooks.script_routes import FoundByScript
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    DONE,
    OPEN_END,
    ROUTE_TESTED,
    Outcome,
    Shell,
    Site,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    RunTime,
    Text,
    fetched_in,
    found_in,
    joined,
    lines,
    literal,
    shown,
    split,
)
from sagemaker_netlint.readers.lifecycle_scripts.truth import is_route_listing, there
from sagemaker_netlint.readers.lifecycle_scripts.word_expansion import separators

_METADATA = (
    "169.254.169.254",
    "fd00:ec2::254",
    "resource-metadata.json",
    "/sys/class/net",
    "/proc/net/route",
)
_ASKING = {
    "ifconfig",
    "ec2-metadata",
    "ec2metadata",
    "imds",
    "netstat",
    "networkctl",
    "ethtool",
    "nmcli",
    "route",
    "ip",
}
_FILTERS = {"grep", "egrep", "fgrep", "awk", "gawk", "sed", "cut", "head", "tail", "sort", "uniq", "tr", "jq",
            "rev", "wc", "base64", "gunzip", "zcat", "column", "tac", "envsubst"}  # fmt: skip
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "r": "\r"}
_MAX_SEQUENCE = 1_000


def found_out(shell: Shell, words: list[Text], how: str) -> Outcome:
    """Print what the script finds out on the instance."""
    shell.print((FoundByScript(how),))
    if how.startswith(("ip route", "route", "netstat")):
        return ROUTE_TESTED
    named = [word for word in map(literal, words) if word and re.fullmatch(r"(eth|ens|enp|eno)\w+", word)]
    return there(named[0]) if len(named) == 1 else OPEN_END


def echo(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - a command's signature
    """Print words; escapes count with `-e`."""
    rest, options = words[1:], ""
    while rest and re.fullmatch(r"-[neE]+", literal(rest[0]) or ""):
        options += shown(rest[0])
        rest = rest[1:]
    spaced = [part for word in rest for part in ((" ",), word)][1:]
    text = joined(*spaced)
    if "e" in options:
        text = _unescaped(text)
    shell.print(text if "n" in options else joined(text, ("\n",)))
    return DONE


def _unescaped(text: Text) -> Text:
    def letter(match: re.Match[str]) -> str:
        return _ESCAPES.get(match[1], match[0])

    return joined(tuple(re.sub(r"\\(.)", letter, part) if isinstance(part, str) else part for part in text))


def printf(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    """Print by a format of `%s`, `%d` and `%b`, which is used again while there are words."""
    rest = words[2:] if words[1:2] == [("--",)] else words[1:]
    variable = shown(rest[1]) if len(rest) > 2 and rest[0] == ("-v",) else None  # noqa: PLR2004 - -v name format
    rest = rest[2:] if variable else rest
    form = literal(rest[0]) if rest else ""
    if form is None or re.search(r"%[^sdbq%]", form):
        text: Text = (RunTime("printf"),)
    else:
        text = _formatted(_unescaped(joined((form,))), rest[1:])
    if variable:
        shell.variables[variable] = text
    else:
        shell.print(text)
    return DONE


def _formatted(form: Text, words: list[Text]) -> Text:
    pieces = re.split(r"(%[sdbq%])", shown(form))
    slots = sum(1 for piece in pieces if re.fullmatch(r"%[sdbq]", piece))
    rounds = max(1, -(-len(words) // slots)) if slots else 1
    waiting = iter(words)
    found: list[Text] = []
    for _ in range(rounds):
        for piece in pieces:
            slot = re.fullmatch(r"%[sdbq]", piece)
            found.append(next(waiting, ()) if slot else (piece.replace("%%", "%"),))
    return joined(*found)


def cat(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Print files and the input."""
    named = [word for word in words[1:] if not shown(word).startswith("-") or shown(word) == "-"]
    for word in named or [("-",)]:
        kept = shell.run.stored(word)
        if word == ("-",):
            shell.print(shell.stdin or ())
        elif kept is not None:
            shell.print(kept.content)
        elif any(mark in shown(word) for mark in _METADATA):
            shell.print((FoundByScript(site.text),))
        else:
            shell.print((RunTime(site.text),))
    return OPEN_END if named else DONE


def tee(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Write the input to files, and print it."""
    text = shell.stdin or ()
    append = any(literal(word) in {"-a", "--append"} for word in words)
    for word in words[1:]:
        if not shown(word).startswith("-"):
            shell.write(word, text, site, append=append)
    shell.print(text)
    return DONE


def filtered(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Print what is made of the input: known for a plain `tr`, else as much as the input is."""
    text = joined(*words[1:], shell.stdin or ())
    changed = _translated(words, shell.stdin or ())
    found, fetched = found_in(text), fetched_in(text)
    asked = any(mark in shown(text) for mark in _METADATA)
    if changed is not None:
        shell.print(changed)
    elif found is not None or asked:
        shell.print((found or FoundByScript(site.text),))
    else:
        shell.print((fetched or RunTime(site.text),))
    if is_route_listing(text) or (asked and "/proc/net/route" in shown(text)):
        return ROUTE_TESTED
    if found is not None and found.how.startswith(("ip ", "ifconfig")):
        return found_out(shell, words[1:], found.how) if len(words) > 1 else OPEN_END
    return OPEN_END


def _translated(words: list[Text], text: Text) -> Text | None:
    """Apply `tr ',' ' '`: one character for another."""
    if len(words) != 3 or literal(words[0]) != "tr":  # noqa: PLR2004 - tr, from, to
        return None
    old, new = literal(_unescaped(words[1])), literal(_unescaped(words[2]))
    if old is None or new is None or len(old) != 1 or len(new) != 1:
        return None
    return joined(tuple(part.replace(old, new) if isinstance(part, str) else part for part in text))


def sequence(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Print the numbers of `seq`."""
    numbers = [literal(word) or "" for word in words[1:]]
    if not 1 <= len(numbers) <= 2 or not all(re.fullmatch(r"\d{1,6}", n) for n in numbers):  # noqa: PLR2004 - first, last
        shell.print((RunTime(site.text),))
        return DONE
    first, last = int(numbers[0]) if len(numbers) > 1 else 1, int(numbers[-1])
    if last - first >= _MAX_SEQUENCE:
        shell.print((RunTime(site.text),))
        return DONE
    shell.print(("".join(f"{number}\n" for number in range(first, last + 1)),))
    return DONE


def path_of(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - a command's signature
    """Print the path of a program; its name is as good."""
    named = [word for word in words[1:] if not shown(word).startswith("-")]
    for word in named:
        shell.print(joined(word, ("\n",)))
    return OPEN_END


def temporary(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    """Print the name of a temporary file."""
    shell.print((shell.run.new_name("/tmp/made-by-mktemp.") + "\n",))  # noqa: S108 - a name in a script, no file
    return DONE


def identity(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Print the user, as `whoami` and `id -u` do."""
    options = [shown(word) for word in words[1:]]
    if words[0] == ("whoami",) or options in (["-un"], ["-u", "-n"]):
        shell.print((f"{shell.user}\n",))
    elif options == ["-u"] and shell.user == "root":
        shell.print(("0\n",))
    else:
        shell.print((RunTime(site.text),))
    return DONE


def asks_the_instance(words: list[Text]) -> bool:
    """Say whether a command's output tells about the instance's interfaces, addresses or routes."""
    names = [shown(word) for word in words]
    name = names[0].rsplit("/", 1)[-1]
    if name in _ASKING or (name == "hostname" and set(names[1:]) & {"-I", "-i", "--all-ip-addresses"}):
        return True
    if name == "aws" and any(word.startswith("describe-") for word in names):
        return True
    return any(mark in word for word in names for mark in _METADATA)


def read_lines(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - a command's signature
    """Fill an array with the lines of the input: `mapfile -t name`."""
    named = [shown(word) for word in words[1:] if not shown(word).startswith("-")]
    if named:
        found = lines(shell.stdin or ())
        shell.variables[named[-1]] = {str(number): line for number, line in enumerate(found)}
    return DONE


def read_fields(shell: Shell, words: list[Text]) -> bool:
    """Fill variables with the fields of the next line of the input: `read -r a b`.

    Returns:
        Whether there was a line.

    """
    names, array = _read_names(words)
    line, shell.stdin, ended = _first_line(shell.stdin or ())
    parts = [part for part in split(line, separators(shell)) if part]
    if array:
        shell.variables[names[-1]] = {str(number): part for number, part in enumerate(parts)}
        return ended
    for place, name in enumerate(names):
        own = parts[place:] if place == len(names) - 1 else parts[place : place + 1]
        shell.variables[name] = joined(*[part for field in own for part in ((" ",), field)][1:])
    return ended


def _first_line(text: Text) -> tuple[Text, Text, bool]:
    """Return the first line, what follows it, and whether there is a line at all."""
    for place, part in enumerate(text):
        if isinstance(part, str) and "\n" in part:
            first, _, rest = part.partition("\n")
            return joined(text[:place], (first,)), joined((rest,), text[place + 1 :]), True
    return text, (), bool(text)


def _read_names(words: list[Text]) -> tuple[list[str], bool]:
    names: list[str] = []
    skip = array = False
    for word in map(shown, words[1:]):
        if skip:
            skip = False
        elif word.startswith("-"):
            array = array or word.endswith("a")
            skip = word[-1] in "dinNptu" and len(word) > 1
        else:
            names.append(word)
    return names or ["REPLY"], array


PRINTING: dict[str, Callable[[Shell, list[Text], Site], Outcome]] = {
    "echo": echo,
    "printf": printf,
    "cat": cat,
    "tee": tee,
    "seq": sequence,
    "which": path_of,
    "mktemp": temporary,
    "whoami": identity,
    "id": identity,
    "mapfile": read_lines,
    "readarray": read_lines,
    **dict.fromkeys(_FILTERS, filtered),
}
