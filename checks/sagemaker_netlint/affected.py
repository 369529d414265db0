"""Which inputs some changed files concern: templates, plans and root modules, found without reading them.

A file concerns what it is (a template), what it belongs to (a module, and so each root module that calls it)
and what reads it (a parent stack, a `file()`, a policy with its inventory). All is decided by the text of
the files around it, and in doubt a file concerns an input: an input too much costs a second, one too few a
finding. Templates read what lies in or beside their folder only (`readers.files.is_near`), so only folders
beside the way from the file up to the top of the repository are looked at. Terraform reads files from
anywhere, so Terraform files that name the file are looked for in the whole repository.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sagemaker_netlint.data_files import POLICY_FILE_NAMES
from sagemaker_netlint.discovery import DOCUMENT_SUFFIXES, Discovery, InputKind, Wanted, discover, kind_of
from sagemaker_netlint.fingerprints import repository_of
from sagemaker_netlint.mentions import Texts
from sagemaker_netlint.readers.terraform.roots import calls_in, is_terraform

_VARIABLES = (".tfvars", ".tfvars.json")
_DOWNLOADED = ".terraform"
_NOT_ENTERED = frozenset({".git", "node_modules", "__pycache__", "site-packages"})
# So many files are a branch of long ago, or all files: finding out costs more than reading everything then.
_MANY = 200


def affected(touched: Collection[Path], tops: Sequence[Path], governing: Iterable[Path] = ()) -> Discovery:
    """Return the inputs below the tops that the touched files concern; the files may be deleted ones.

    `governing` are files that say how everything is read: a policy that was named, parameters, a baseline.
    A touched folder stands for all that lies in it.
    """
    search = _Search(tuple(tops))
    files = search.files_of(touched)
    if len(files) > _MANY or search.governed(files, governing):
        return discover(tops)
    for file in files:
        search.follow(file)
    return search.found()


@dataclass(slots=True)
class _Graph:
    """The calls among modules, each folder's read once."""

    calls: dict[Path, tuple[Path, ...]] = field(default_factory=dict)

    def reaches(self, root: Path, targets: Collection[Path]) -> bool:
        """Say whether a root is one of the folders, or calls one of them, directly or through others."""
        seen = {_real(root)}
        queue = [_real(root)]
        while queue:
            folder = queue.pop()
            if folder in targets:
                return True
            if folder not in self.calls:
                self.calls[folder] = tuple(_real(call.folder) for call in calls_in(folder))
            following = set(self.calls[folder]) - seen
            seen |= following
            queue += following
        return False


class _Search:
    """Follows files to what they concern: folders with Terraform, documents, folders under a policy."""

    def __init__(self, tops: Sequence[Path]) -> None:
        self.tops = tops
        self.texts = Texts()
        self.graph = _Graph()
        self.bounds = {_bound(top) for top in tops}
        self.modules: set[Path] = set()
        self.documents: set[Path] = set()
        self.governed_folders: set[Path] = set()
        self.listed: dict[Path, tuple[list[Path], list[Path]]] = {}

    def files_of(self, touched: Collection[Path]) -> set[Path]:
        """Return the files, and what links among them lead to; of very many not all."""
        files: set[Path] = set()
        for path in touched:
            for one in (_placed(path), _real(path)):
                if os.path.isdir(one):  # noqa: PTH112 - is_dir may raise
                    files.update(_below(one))
                else:
                    files.add(one)
            if len(files) > _MANY:
                break
        return files

    def governed(self, files: Collection[Path], governing: Iterable[Path]) -> bool:
        """Say whether one of the files governs everything, or is read by one that does."""
        return any(
            _real(ruler) in files or any(self.texts.leads_to(_real(ruler), file) for file in files)
            for ruler in governing
        )

    # -- from a file to what it concerns --------------------------------------------------------------

    def follow(self, file: Path) -> None:
        """Note what a file concerns, and what that concerns in turn."""
        queue = [file]
        while queue:
            here = queue.pop()
            if is_terraform(here.name) or here.name.endswith(_VARIABLES) or _DOWNLOADED in here.parts:
                self.modules.add(_module_of(here))
                continue
            if here.name in POLICY_FILE_NAMES:
                self.governed_folders.add(here.parent)
            if here.name.endswith(DOCUMENT_SUFFIXES) and self.kind(here) is not None:
                self.documents.add(here)
            self.note_policies(here)
            queue += self.holders(here)

    def kind(self, file: Path) -> InputKind | None:
        return kind_of(self.texts.text(file).replace("\x00", ""))  # legible in UTF-16, too

    def note_policies(self, file: Path) -> None:
        for policy in self.policies:
            if policy.parent not in self.governed_folders and self.texts.leads_to(policy, file):
                self.governed_folders.add(policy.parent)

    def holders(self, file: Path) -> list[Path]:
        """Note the modules that may read the file, and return the templates that may."""
        templates = []
        for holder in self.around(file):
            if is_terraform(holder.name) or holder.name.endswith(_VARIABLES):
                if holder.parent not in self.modules and self.may_read(holder, file):
                    self.modules.add(holder.parent)
            elif self.nests(holder, file):
                templates.append(holder)
        for holder in self.terraform:
            if holder.parent not in self.modules and self.texts.names(holder, file):
                self.modules.add(holder.parent)
        return templates

    def may_read(self, holder: Path, file: Path) -> bool:
        """Say whether a Terraform file may read another file: it names it, or reads some file below it."""
        below = file.is_relative_to(holder.parent)
        return (below and self.texts.reads_files(holder)) or self.texts.names(holder, file)

    def nests(self, holder: Path, file: Path) -> bool:
        """Say whether a document is a template that may read the file, itself or in a nested one."""
        return (
            holder.name.endswith(DOCUMENT_SUFFIXES)
            and holder not in self.documents | {file}
            and "AWS::" in self.texts.text(holder)
            and self.texts.leads_to(holder, file)
            and self.kind(holder) is InputKind.CLOUDFORMATION
        )

    def around(self, file: Path) -> Iterator[Path]:
        """Yield the files beside the way up to the top of the repository: in each folder, and one deeper."""
        for bound in self.bounds:
            if not file.is_relative_to(bound):
                continue
            for folder in file.parents:
                files, folders = self.listing(folder)
                yield from files
                for beside in folders:
                    yield from self.listing(beside)[0]
                if folder == bound:
                    break

    def listing(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """Return the files and the folders in a folder."""
        if folder not in self.listed:
            self.listed[folder] = _listing(folder)
        return self.listed[folder]

    @cached_property
    def policies(self) -> list[Path]:
        """Return the policy files of the repository."""
        return [path for path in self.everywhere if path.name in POLICY_FILE_NAMES]

    @cached_property
    def terraform(self) -> list[Path]:
        """Return the Terraform files of the repository, and those with values of variables."""
        return [path for path in self.everywhere if is_terraform(path.name) or path.name.endswith(_VARIABLES)]

    @cached_property
    def everywhere(self) -> list[Path]:
        """Return all files of the repository but those in folders that are not searched."""
        return [path for bound in self.bounds for path in _all_below(bound)]

    # -- the inputs -----------------------------------------------------------------------------------

    def found(self) -> Discovery:
        """Return what is concerned, as a search of the tops would give it."""
        if not (self.modules or self.documents or self.governed_folders):
            return Discovery()
        roots = self.wants_root if self.modules or self.governed_folders else None
        return discover(self.tops, Wanted(self.wants_document, roots))

    def wants_document(self, path: Path) -> bool:
        """Want what is concerned, and the plans beside a module that is."""
        real = _real(path)
        return real in self.documents or real.parent in self.modules or self.under_policy(real)

    def wants_root(self, root: Path) -> bool:
        """Want a root that is concerned, or calls a module that is."""
        return self.under_policy(_real(root)) or self.graph.reaches(root, self.modules)

    def under_policy(self, real: Path) -> bool:
        return any(real.is_relative_to(folder) for folder in self.governed_folders)


def _module_of(file: Path) -> Path:
    """Return the module's folder that a file belongs to; what was downloaded belongs to the root above."""
    if _DOWNLOADED in file.parts:
        return Path(*file.parts[: file.parts.index(_DOWNLOADED)])
    return file.parent


def _bound(top: Path) -> Path:
    """Return where looking upward ends: at the top of the repository, or at the folder that was named."""
    real = _real(top)
    folder = real if os.path.isdir(real) else real.parent  # noqa: PTH112 - as above
    return repository_of(folder) or folder


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; of very many only the first."""
    left = _MANY + 1
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_ENTERED]
        yield from (Path(here, name) for name in files[:left])
        left -= len(files)
        if left <= 0:
            return


def _all_below(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_ENTERED]
        yield from (Path(here, name) for name in files)


def _listing(folder: Path) -> tuple[list[Path], list[Path]]:
    files: list[Path] = []
    folders: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir():
                    files.append(Path(entry.path))
                elif entry.name not in _NOT_ENTERED:
                    folders.append(Path(entry.path))
    except OSError:  # it is gone, or closed to us: a search for inputs says so
        return [], []
    return files, folders


def _placed(path: Path) -> Path:
    """Return where a path itself lies: links are followed above it, and it may be one."""
    return _real(path.parent) / path.name if path.name else _real(path)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
