"""What below the named paths is ours to read: decided by content, with an account of the rest."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.cloudformation.sniff import looks_like_template
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.raw import Problem, Skipped
from sagemaker_netlint.readers.terraform.roots import find_roots, is_terraform

DOCUMENT_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_OTHER_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})
_HEAD_BYTES = 64 * 1024
_NOT_OURS = "neither a CloudFormation template nor a Terraform plan"


class InputKind(Enum):
    """How an input is read."""

    CLOUDFORMATION = "cloudformation"
    TERRAFORM = "terraform"
    TERRAFORM_PLAN = "terraform-plan"


@dataclass(frozen=True, slots=True)
class Input:
    """Something to read: a template, a plan, or the folder of a Terraform root module.

    `named` inputs were given by the user; the others were found below a folder. `text` is the content
    where discovery has read it already.
    """

    kind: InputKind
    path: Path
    named: bool = True
    text: str | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class Discovery:
    """The inputs below the named paths, what could not be read, and what is not ours."""

    inputs: list[Input] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the inputs are wanted; of Terraform's root modules none where `root` is `None`."""

    document: Callable[[Path], bool]
    root: Callable[[Path], bool] | None


def discover(paths: Iterable[Path], wanted: Wanted | None = None) -> Discovery:
    """Find the inputs, or those of them that are wanted: the others are not opened.

    A named file is always read; a folder is searched, hidden folders left out.
    """
    search = _Search(wanted or Wanted(lambda _: True, lambda _: True))
    for path in sorted(paths, key=os.path.isdir):  # files first: they are named, wherever else they lie
        if path.is_dir():
            search.folder(path)
        else:
            search.named_file(path)
    return search.found


class _Search:
    """Collects inputs, each of them once however often it is named or linked."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.found = Discovery()
        self.seen: set[tuple[InputKind, str]] = set()
        self.skipped: set[Skipped] = set()

    def add(self, item: Input) -> None:
        key = (item.kind, os.path.realpath(item.path))
        if key not in self.seen:
            self.seen.add(key)
            self.found.inputs.append(item)

    def skip(self, path: Path, reason: str) -> None:
        skipped = Skipped(str(path), reason)
        if skipped not in self.skipped:
            self.skipped.add(skipped)
            self.found.skipped.append(skipped)

    # -- a file that the user named ---------------------------------------------------------------

    def named_file(self, path: Path) -> None:
        if is_terraform(path.name):
            if self.wanted.root is not None and self.wanted.root(path.parent):
                self.named_terraform(path)
        elif not self.wanted.document(path):
            return
        elif path.name.endswith((".tfvars", ".tfvars.json")):
            self.skip(path, "values of variables; give it with --var-file, and name the root module's folder")
        else:
            self.named_document(path)

    def named_terraform(self, path: Path) -> None:
        try:
            read_text(path)
        except UnreadableError as error:
            self.found.problems.append(error.problem)
        else:
            self.add(Input(InputKind.TERRAFORM, path.parent))

    def named_document(self, path: Path) -> None:
        try:
            text = read_text(path)
            kind = kind_of(text)
            if kind is None and path.name.endswith(".template"):
                kind = InputKind.CLOUDFORMATION
            if kind is None and path.name.endswith(DOCUMENT_SUFFIXES):
                _parse(text, path)
        except UnreadableError as error:
            self.found.problems.append(_with_plan_hint(error.problem, path))
            return
        if kind is None:
            self.skip(path, _NOT_OURS)
        else:
            self.add(Input(kind, path, text=text))

    # -- a folder ---------------------------------------------------------------------------------

    def folder(self, top: Path) -> None:
        has_terraform = False
        for path in self.walk(top):
            if is_terraform(path.name):
                has_terraform = True
            elif path.name.endswith(DOCUMENT_SUFFIXES) and not path.name.endswith(".tfvars.json"):
                self.document(path)
        if has_terraform and self.wanted.root is not None:
            self.terraform(top, self.wanted.root)

    def walk(self, top: Path) -> Iterator[Path]:
        """Yield the files below a folder in a stable order."""
        for name, folders, files in os.walk(top, onerror=self.cannot_list):
            here = Path(name)
            folders[:] = [folder for folder in sorted(folders) if self.enters(here / folder)]
            yield from (here / file for file in sorted(files))

    def cannot_list(self, error: OSError) -> None:
        location = Location(str(error.filename), 1, 1)
        self.found.problems.append(Problem(location, f"the folder can't be listed: {error.strerror}"))

    def enters(self, folder: Path) -> bool:
        if folder.name.startswith(".") or folder.name in _OTHER_FOLDERS:
            return False
        if folder.is_symlink():
            self.skip(folder, "a symbolic link to a folder is not followed; name it to have it checked")
            return False
        return not os.path.isfile(folder / "pyvenv.cfg")  # noqa: PTH113 - as in `_head`

    def document(self, path: Path) -> None:
        if not self.wanted.document(path):
            return
        try:
            text = read_text(path)
        except UnreadableError as error:
            self.unreadable(path, error.problem)
            return
        kind = kind_of(text)
        if kind is None:
            self.skip(path, _NOT_OURS if text.strip() else "it is empty")
        else:
            self.add(Input(kind, path, named=False, text=text))

    def unreadable(self, path: Path, problem: Problem) -> None:
        """Report a file that can't be read, unless its beginning shows that it is none of ours."""
        if (reason := _no_regular_file(path)) is not None:
            self.skip(path, reason)
            return
        head = _head(path)
        if head is None or kind_of(head) is not None:
            self.found.problems.append(problem)
        else:
            self.skip(path, f"{problem.message}; its beginning is no template and no plan")

    def terraform(self, top: Path, wants: Callable[[Path], bool]) -> None:
        search = find_roots(top)
        for root in search.roots:
            if wants(root):
                self.add(Input(InputKind.TERRAFORM, root, named=False))
        for module in search.called_modules:
            self.skip(module, "a module; it is judged where a root module calls it")


def kind_of(text: str) -> InputKind | None:
    """Say what a text is, without parsing it where its form tells; `None` is none of ours."""
    if text.lstrip()[:1] == "{":
        from sagemaker_netlint.readers.terraform.plan import looks_like_plan  # noqa: PLC0415 - only for JSON

        if looks_like_plan(text):
            return InputKind.TERRAFORM_PLAN
    return InputKind.CLOUDFORMATION if looks_like_template(text) else None


def _parse(text: str, path: Path) -> None:
    """Parse a named file that looks like nothing of ours: a broken one may well be meant to be.

    Raises:
        UnreadableError: it is broken.

    """
    from sagemaker_netlint.readers.cloudformation.document import parse_document  # noqa: PLC0415 - rarely needed

    parse_document(text, str(path), lambda _problem: None)


def _with_plan_hint(problem: Problem, path: Path) -> Problem:
    head = _head(path)
    if path.suffix in {".tfplan", ".plan"} or (head is not None and head.startswith("PK\x03\x04")):
        fix = "write the plan as JSON with `terraform show -json PLAN > plan.json`, and name that file"
        return Problem(problem.location, problem.message, fix)
    return problem


def _head(path: Path) -> str | None:
    """Return the beginning of a file, whatever its encoding; `None` where it can't be opened."""
    if not os.path.isfile(path):  # noqa: PTH113 - the pathlib form raises where a folder is closed to us
        return None
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
            return head.replace(b"\x00", b"").decode("latin-1")  # UTF-16 becomes legible, too
    except OSError:
        return None


def _no_regular_file(path: Path) -> str | None:
    """Say why a directory entry is no file at all; `None` where it is one, or may be one."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "a symbolic link to nothing"
    except OSError:
        return None
    return None if stat.S_ISREG(mode) else "no regular file"
