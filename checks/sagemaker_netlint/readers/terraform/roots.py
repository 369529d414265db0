"""Which folders are Terraform root modules, and which are only called by others."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.raw import Problem

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_SKIPPED = {"node_modules", "__pycache__"}
# Only module calls have a source that starts with a dot and is a folder with Terraform files.
_SOURCE = re.compile(
    r"""^(?P<before>[^#\n]*?)\bsource"?[ \t]*[=:][ \t]*"(?P<source>\.{1,2}(?:/[^"$\n]*)?)\"""", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a module by a relative path."""

    location: Location
    source: str
    folder: Path


@dataclass(slots=True)
class RootSearch:
    """What lies below a folder: roots, folders that are only called, files, and what is unreadable."""

    roots: list[Path] = field(default_factory=list)
    called_modules: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_roots(folder: Path) -> RootSearch:
    """Find the root modules in and below a folder.

    A folder with Terraform files is a root unless another folder calls it as a local module. The folder
    that was named is one in any case. Where folders only call each other, the first is taken.
    """
    search = RootSearch()
    folders = {path: files for path, files in _walk(folder, search) if files}
    search.files = [file for files in folders.values() for file in files]
    targets = {
        path: {key for call in calls_in(path) if (key := _real(call.folder)) != _real(path)}
        for path in folders
    }
    called = set().union(*targets.values()) if targets else set()
    search.roots = [path for path in folders if path == folder or _real(path) not in called]
    _add_unreached(search, targets)
    search.called_modules = [path for path in folders if path not in search.roots]
    return search


def terraform_files(folder: Path) -> list[Path]:
    """Return the files that belong to the module in a folder, sorted by name."""
    try:
        return sorted(path for path in folder.iterdir() if is_terraform(path.name))
    except OSError:
        return []


def is_terraform(name: str) -> bool:
    """Say whether Terraform reads a file of that name (hidden files and editors' backups it doesn't)."""
    return name.endswith(SUFFIXES) and not name.startswith((".", "#"))


def calls_in(folder: Path) -> list[Call]:
    """Return the calls of local modules in a folder's files; unreadable files have none here."""
    calls = []
    for path in terraform_files(folder):
        try:
            text = read_text(path)
        except UnreadableError:
            continue
        for match in _SOURCE.finditer(text):
            if "//" in match["before"]:  # a comment
                continue
            line = text.count("\n", 0, match.start()) + 1
            target = tidy(folder / match["source"])
            calls.append(Call(Location(str(path), line, line), match["source"], target))
    return calls


def find_cycle(root: Path, is_call: Callable[[Call], bool] = lambda _call: True) -> Call | None:
    """Return a call that leads back to a module which is being called: such a root never ends.

    `is_call` is asked about that one only: a search by text may take another block's source for a call.
    """
    finished: set[Path] = set()
    active: list[Path] = []

    def visit(folder: Path) -> Call | None:
        active.append(_real(folder))
        for call in calls_in(folder):
            target = _real(call.folder)
            if target in active and terraform_files(call.folder):
                if is_call(call):
                    return call
                continue
            if target not in finished:
                found = visit(call.folder)
                if found is not None:
                    return found
        finished.add(active.pop())
        return None

    return visit(root)


def reached_from(root: Path) -> list[Path]:
    """Return the folders of the local modules that a root calls, directly and by others; the root first."""
    reached: dict[Path, Path] = {_real(root): root}
    queue = [root]
    while queue:
        for call in calls_in(queue.pop()):
            if _real(call.folder) not in reached and terraform_files(call.folder):
                reached[_real(call.folder)] = call.folder
                queue.append(call.folder)
    return list(reached.values())


def tidy(path: Path) -> Path:
    """Return a path without `..`, unless a symbolic link makes that another path."""
    normal = Path(os.path.normpath(path))
    try:
        return normal if normal.samefile(path) else path
    except OSError:
        return normal


def _walk(folder: Path, search: RootSearch) -> Iterator[tuple[Path, list[Path]]]:
    """Yield the folders with their Terraform files; hidden ones and linked ones are left out."""

    def report(error: OSError) -> None:
        name = str(error.filename or folder)
        search.problems.append(Problem(Location(name, 1, 1), f"the folder: {error.strerror or error}"))

    for here, names, files in os.walk(folder, onerror=report):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _SKIPPED)
        yield Path(here), [Path(here, name) for name in sorted(files) if is_terraform(name)]


def _add_unreached(search: RootSearch, targets: dict[Path, set[Path]]) -> None:
    by_real = {_real(path): path for path in targets}
    reached: set[Path] = set()

    def reach(start: Path) -> None:
        queue = [start]
        while queue:
            path = queue.pop()
            if path not in reached:
                reached.add(path)
                queue += [by_real[target] for target in targets[path] if target in by_real]

    for root in search.roots:
        reach(root)
    for path in targets:
        if path not in reached:
            search.roots.append(path)
            reach(path)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
