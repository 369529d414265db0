"""What can be said of a root before it is evaluated: files that cannot be read, calls that never end."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.files import MAX_BYTES, UnreadableError, read_text
from sagemaker_netlint.readers.raw import Problem, Skipped
from sagemaker_netlint.readers.terraform.roots import (
    Call,
    calls_in,
    find_cycle,
    reached_from,
    terraform_files,
)
from sagemaker_netlint.readers.terraform.syntax import SourceFile
from sagemaker_netlint.readers.terraform.well_known import MENTION

MAX_COUNT = 10_000  # a `count` of 200,000 keeps tfparse busy for over a minute
_COUNT = re.compile(r"^[ \t]*count[ \t]*=[ \t]*(?P<count>\d{5,})[ \t]*$", re.MULTILINE)


@dataclass(slots=True)
class Precheck:
    """The readable files of a root and of its modules; `stop` says that it must not be evaluated.

    `mentioning` are those of the readable files that may call a well-known module.
    """

    readable: list[Path] = field(default_factory=list)
    mentioning: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    stop: bool = False


def check_root(root: Path) -> Precheck:
    """Check the files of a root and of the local modules that it calls."""
    checked = Precheck()
    for folder in reached_from(root):
        for path in terraform_files(folder):
            _check_file(path, checked)
        _check_calls(folder, checked)
    cycle = find_cycle(root, _is_module_call)
    if cycle is not None:
        message = f"the module source {cycle.source} leads back to a module that is calling it"
        checked.problems.append(Problem(cycle.location, message, "break the cycle of module calls"))
        checked.stop = True
    return checked


def _check_file(path: Path, checked: Precheck) -> None:
    try:
        text = read_text(path)
    except UnreadableError as error:
        checked.problems.append(error.problem)
        checked.stop = checked.stop or _too_large(path)
        return
    if not text.strip():
        checked.skipped.append(Skipped(str(path), "it is empty"))
        return
    checked.readable.append(path)
    if MENTION in text:
        checked.mentioning.append(path)
    for match in _COUNT.finditer(text):
        line = text.count("\n", 0, match.start("count")) + 1
        if int(match["count"]) > MAX_COUNT and _is_written(path, None, "count", line):
            message = f"a count of {int(match['count']):,} is not evaluated (the limit is {MAX_COUNT:,})"
            checked.problems.append(Problem(Location(str(path), line, line), message))
            checked.stop = True


def _too_large(path: Path) -> bool:
    try:
        return path.stat().st_size > MAX_BYTES
    except OSError:
        return False


def _check_calls(folder: Path, checked: Precheck) -> None:
    for call in calls_in(folder):
        if not terraform_files(call.folder) and _is_module_call(call):
            message = f"the module source {call.source} has no Terraform files"
            checked.problems.append(Problem(call.location, message, "correct the path"))


def _is_module_call(call: Call) -> bool:
    """Say whether a source that was found by its text is a module's: other blocks have sources, too."""
    path = Path(call.location.file)
    if path.suffix == ".json":
        return call.source in _json_sources(path)
    return _is_written(path, "module", "source", call.location.line)


def _is_written(path: Path, kind: str | None, name: str, line: int) -> bool:
    """Say whether the line holds that argument of a top-level block (of the kind, if one is given)."""
    blocks = SourceFile(path).blocks
    written = (block.attributes.get(name) for block in blocks if kind in {None, block.kind})
    return any(attribute is not None and attribute.line == line for attribute in written)


def _json_sources(path: Path) -> list[str]:
    try:
        modules = json.loads(read_text(path))["module"]
        return [str(call["source"]) for call in modules.values()]
    except (UnreadableError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []
