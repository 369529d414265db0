"""What is kept while a script is followed: variables, functions, files, routes, and the limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol, Union

from sagemaker_netlint.network.notebooks.script_routes import FoundByScript, ScriptRoute
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import Source
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import NotFollowedError, Text, joined, shown

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_STEPS = 40_000
MAX_LEVELS = 60
MAX_CALLS = 20
MAX_BROKEN = 10
MAX_ITERATIONS = 1_000
_STEP_CHARACTERS = 200

Value = Union[Text, Mapping[str, Text]]
"""A variable: a text, or an array by its indices."""


class Signal(Enum):
    """How control leaves a command: by the narrowest scope first."""

    CONTINUE = 1
    BREAK = 2
    RETURN = 3
    EXIT = 4


@dataclass(frozen=True, slots=True)
class Assumption:
    """What holds in a branch: something open, a test for a route, or that an interface is there."""

    kind: str
    interface: str = ""

    def excuses(self, route: ScriptRoute) -> bool:
        """Say whether the route comes to exist as if nobody had asked."""
        return self.kind == "route" or (self.kind == "interface" and self.interface == route.dev)


OPEN = Assumption("open")
ROUTE = Assumption("route")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: success (`None` is not known), what either way means, and where control goes."""

    status: bool | None = None
    if_true: tuple[Assumption, ...] = (OPEN,)
    if_false: tuple[Assumption, ...] = (OPEN,)
    signal: Signal | None = None

    @property
    def negated(self) -> Outcome:
        """Return the outcome of `! command`."""
        status = None if self.status is None else not self.status
        return Outcome(status, self.if_false, self.if_true, self.signal)


DONE = Outcome(status=True)
FAILED = Outcome(status=False)
OPEN_END = Outcome()
ROUTE_TESTED = Outcome(None, (ROUTE,), (ROUTE,))


@dataclass(frozen=True, slots=True)
class Site:
    """Where a command stands: its line in the script, and its text."""

    line: int
    text: str


@dataclass(slots=True)
class StoredFile:
    """A file that the script writes: what it holds, and under which assumptions it was written."""

    content: Text
    site: Site
    assumptions: tuple[Assumption, ...]
    used: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Routes in a connection's settings, which count when the connection is set up again."""

    device: str | None
    routes: tuple[ScriptRoute | Unknown, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function's body and the script that holds it."""

    body: Node
    source: Source


class Walker(Protocol):
    """What runs statements, scripts and commands (`shell.py`)."""

    def statements(self, shell: Shell, nodes: list[Node]) -> Outcome:
        """Run statements one after the other."""

    def script(self, shell: Shell, script: Text, site: Site | None) -> Outcome:
        """Run a text as a script in the given shell."""

    def command(self, shell: Shell, words: list[Text], site: Site) -> Outcome:
        """Run a command, whose words are expanded."""


@dataclass
class Run:
    """What all shells of one script share."""

    walker: Walker
    script_lines: list[str]
    results: list[ScriptRoute | Unknown] = field(default_factory=list)
    gaps: dict[str, Text] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    steps: int = 0
    levels: int = 0
    calls: int = 0
    names: int = 0
    broken: int = 0

    def spend(self, characters: int = 0) -> None:
        """Count a step.

        Raises:
            NotFollowedError: the script takes too many.

        """
        self.steps += 1 + characters // _STEP_CHARACTERS
        if self.steps > MAX_STEPS:
            raise NotFollowedError("the script does more than is followed")

    def parsed(self, source: Source) -> None:
        """Count a script with syntax errors, which takes long to parse.

        Raises:
            NotFollowedError: there are too many.

        """
        self.broken += source.root.has_error
        if self.broken > MAX_BROKEN:
            raise NotFollowedError("the script is not understood as shell commands")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count a level of nesting.

        Raises:
            NotFollowedError: there are too many.

        """
        self.spend()
        if self.levels >= MAX_LEVELS:
            raise NotFollowedError(f"the script nests deeper than {MAX_LEVELS} levels")
        self.levels += 1
        try:
            yield
        finally:
            self.levels -= 1

    @contextmanager
    def called(self) -> Iterator[None]:
        """Count a call of a function or a script.

        Raises:
            NotFollowedError: there are too many, one in the other.

        """
        if self.calls >= MAX_CALLS:
            raise NotFollowedError(f"the script calls deeper than {MAX_CALLS} levels")
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1

    def new_name(self, prefix: str) -> str:
        """Return a name that no other part of the run has."""
        self.names += 1
        return f"{prefix}{self.names}"

    def doubt(self, reason: str) -> None:
        """Note once that something isn't known."""
        unknown = Unknown(reason)
        if unknown not in self.results:
            self.results.append(unknown)

    def line_with(self, text: str, otherwise: int) -> int:
        """Return the first line of the script that holds a text: a here document's command has no other."""
        text = text.strip()
        matches = (number for number, line in enumerate(self.script_lines, 1) if text and text in line)
        return next(matches, otherwise)

    def stored(self, path: Text) -> StoredFile | None:
        """Return the file of a path, or the directory it is in; a relative path finds a file by its name."""
        key = file_key(path)
        if key in self.files:
            return self.files[key]
        name = key.rsplit("/", 1)[-1]
        for other, kept in self.files.items():
            inside = other.endswith("/") and key.startswith(other)
            if inside or (not key.startswith("/") and other.rsplit("/", 1)[-1] == name):
                return kept
        return None


def file_key(path: Text) -> str:
    """Return the key under which a path's file is kept."""
    return re.sub(r"^(\./)+", "", shown(path))


@dataclass
class Shell:
    """A shell: its variables and functions, who runs it, and what flows in and out."""

    run: Run
    source: Source
    variables: dict[str, Value] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    arguments: tuple[Text, ...] = ()
    user: str = "root"
    assumptions: tuple[Assumption, ...] = ()
    site: Site | None = None
    nested: bool = False
    function_level: int = 0
    last_status: bool | None = True
    stdin: Text | None = None
    output: list[Text] | None = None
    hidden: list[dict[str, Value | None]] = field(default_factory=list)
    perhaps: dict[Signal, tuple[Assumption, ...]] = field(default_factory=dict)

    def child(self, *, stdin: Text | None = None) -> Shell:
        """Return a subshell: it sees everything, and what it changes stays in it."""
        return replace(
            self,
            variables=dict(self.variables),
            functions=dict(self.functions),
            assumptions=self.in_effect,
            nested=True,
            stdin=self.stdin if stdin is None else stdin,
            hidden=[],
            perhaps={},
        )

    @property
    def in_effect(self) -> tuple[Assumption, ...]:
        """Return all that is assumed here: branches that were taken, and ways out that were not."""
        return self.assumptions + tuple(a for kept in self.perhaps.values() for a in kept)

    @contextmanager
    def assuming(self, assumptions: tuple[Assumption, ...]) -> Iterator[None]:
        """Run something in a branch."""
        before = self.assumptions
        self.assumptions = before + assumptions
        try:
            yield
        finally:
            self.assumptions = before

    @contextmanager
    def scope(self, signal: Signal) -> Iterator[None]:
        """Open a scope that a signal leaves: what may have left it before doesn't count behind it."""
        before = self.perhaps.get(signal, ())
        try:
            yield
        finally:
            self.perhaps[signal] = before

    def perhaps_left(self, signal: Signal, otherwise: tuple[Assumption, ...]) -> None:
        """Note that control may have left a scope; what follows runs under the other assumption."""
        self.perhaps[signal] = self.perhaps.get(signal, ()) + otherwise

    def print(self, text: Text) -> None:
        """Write to the standard output, where somebody takes it."""
        if self.output is not None and text:
            self.run.spend(sum(len(part) for part in text if isinstance(part, str)))
            self.output.append(text)

    @contextmanager
    def captured(self) -> Iterator[list[Text]]:
        """Take what is printed."""
        before = self.output
        taken: list[Text] = []
        self.output = taken
        try:
            yield taken
        finally:
            self.output = before

    def site_of(self, node: Node) -> Site:
        """Return where a command stands in the script itself, as well as it can be told."""
        text = self.source.written(node)
        if self.site is None:
            return Site(node.start_point[0] + 1, text)
        first = (node.text or b"").decode("utf-8", "replace").split("\n")[0]
        return Site(self.run.line_with(first, self.site.line), text)

    def write(self, path: Text, content: Text, site: Site, *, append: bool = False) -> None:
        """Write a file."""
        key = file_key(path)
        before = self.run.files.get(key)
        whole = joined(before.content, content) if append and before is not None else content
        self.run.files[key] = StoredFile(whole, site, self.in_effect)

    def add(self, route: ScriptRoute) -> None:
        """Add a route, or delete one, as the main table changes."""
        conditional = route.conditional or any(not a.excuses(route) for a in self.in_effect)
        store(self.run.results, replace(route, conditional=conditional))


def store(results: list[ScriptRoute | Unknown], route: ScriptRoute) -> None:
    """Change the results as the route's verb changes the table."""
    same = [other for other in results if _same_destination(other, route)]
    if route.verb == "delete":
        _delete(results, same, route)
        return
    for other in same:
        assert isinstance(other, ScriptRoute)  # noqa: S101 - `same` holds routes only
        if (other.via, other.dev) == (route.via, route.dev) and not (
            other.conditional and not route.conditional
        ):
            return
        again = (other.via, other.dev) == (route.via, route.dev)
        if again or (route.verb in {"replace", "change"} and not route.conditional):
            results.remove(other)
    results.append(route)


def _same_destination(other: ScriptRoute | Unknown, route: ScriptRoute) -> bool:
    if isinstance(other, Unknown):
        return False
    return not isinstance(route.destination, Unknown) and other.destination == route.destination


def _delete(
    results: list[ScriptRoute | Unknown], same: list[ScriptRoute | Unknown], route: ScriptRoute
) -> None:
    """Take a route out; perhaps, where it is deleted under a condition or what is deleted isn't known.

    The kernel deletes a route that has the gateway and the interface that the command names.
    """
    if isinstance(route.destination, Unknown):
        same = [other for other in results if isinstance(other, ScriptRoute)]
    for other in same:
        place = results.index(other)
        assert isinstance(other, ScriptRoute)  # noqa: S101 - `same` holds routes only
        named = [(route.via, other.via), (route.dev, other.dev)]
        answers = [True if wanted is None else _is_same_hop(wanted, has) for wanted, has in named]
        if False in answers:
            continue
        if route.conditional or isinstance(route.destination, Unknown) or None in answers:
            results[place] = replace(other, conditional=True)
        else:
            results.remove(other)


def _is_same_hop(wanted: object, has: object) -> bool | None:
    """Say whether a gateway, or an interface, is the one that is wanted; `None` where that is not known."""
    if wanted == has:
        return True
    open_ = (Unknown, FoundByScript)
    return None if has is None or isinstance(wanted, open_) or isinstance(has, open_) else False
