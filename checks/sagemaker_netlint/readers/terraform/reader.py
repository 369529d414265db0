"""Terraform root modules to deployments."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Union

from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.network.topology import StoodInModule
from sagemaker_netlint.readers import raw
from sagemaker_netlint.readers.build import Report, build
from sagemaker_netlint.readers.known_networks import KnownNetworks
from sagemaker_netlint.readers.mapping import entities_of
from sagemaker_netlint.readers.raw import Data, Problem, RawDeployment, RawResource, ReadResult
from sagemaker_netlint.readers.suppressions import in_comments
from sagemaker_netlint.readers.terraform.addresses import Address, Key, parse_address
from sagemaker_netlint.readers.terraform.attributes import Converter, locate, written_data
from sagemaker_netlint.readers.terraform.evaluation import Evaluator, Limits, variable_files
from sagemaker_netlint.readers.terraform.instances import block_of, open_existence, scope_of, stand_ins
from sagemaker_netlint.readers.terraform.module_scope import Module
from sagemaker_netlint.readers.terraform.precheck import Precheck, check_root
from sagemaker_netlint.readers.terraform.program import Entry, Program
from sagemaker_netlint.readers.terraform.standing_in import place_of_call, place_of_input
from sagemaker_netlint.readers.terraform.syntax import Block, SourceTree
from sagemaker_netlint.readers.terraform.unread import unread_modules
from sagemaker_netlint.readers.terraform.well_known import STAND_IN_SUFFIX, calls_in

_OURS = ("aws_sagemaker_", "awscc_sagemaker_")
_DIAGNOSTIC = re.compile(r"(?P<file>[^:]+?):(?P<line>\d+),\d+-[\d,]+: (?P<text>.*)", re.DOTALL)
_VARIABLES = re.compile(r"failed to load tfvars from (?P<file>.+?): (?P<text>.*)", re.DOTALL)
_MORE = re.compile(r",? and \d+ other diagnostic\(s\)")
_OVERRIDE = re.compile(r"(?:^|/|_)override\.(?:tf|tofu)(?:\.json)?$")


KnownOf = Callable[[Path], Union[KnownNetworks, None]]


def read_roots(
    roots: Sequence[Path],
    *,
    var_files: Sequence[Path] = (),
    limits: Limits | None = None,
    known_of: KnownOf = lambda _root: None,
) -> ReadResult:
    """Read root modules, each to a deployment whose `source` is the folder as it was given.

    `var_files` are read after those that Terraform loads by itself. One process evaluates all roots.
    `known_of` gives what a root's inventory tells: data sources are looked up there.
    """
    result = ReadResult()
    with Evaluator(limits) as evaluator:
        for root in roots:
            result.add(_RootReader(root, evaluator, var_files, known_of(root)).read())
    return result


class _RootReader:
    """Reads one root."""

    def __init__(
        self, root: Path, evaluator: Evaluator, var_files: Sequence[Path], known: KnownNetworks | None
    ) -> None:
        self.root = root
        self.known = known
        self.evaluator = evaluator
        self.var_files = variable_files(root, var_files)
        self.result = ReadResult()
        self.sources = SourceTree()

    def read(self) -> ReadResult:
        checked: Precheck = check_root(self.root)
        self.result.problems += checked.problems
        self.result.skipped += checked.skipped
        self.result.files_read |= {str(path) for path in checked.readable}
        if not checked.readable or checked.stop:
            return self.result
        tree = self.evaluate(checked)
        if tree is not None:
            self.ask_modules(tree, checked)
            self.build(tree)
        return self.result

    def ask_modules(self, tree: Mapping[str, list[Entry]], checked: Precheck) -> None:
        """Report broken files of modules: tfparse tells those of the root only, and leaves the others out.

        A file of which nothing is in the tree may be one, or may have nothing but a `count` of 0: the
        module is evaluated by itself, and its error told.
        """
        seen = {
            os.path.realpath(self.root / entry["__tfmeta"].get("filename", ""))
            for entries in tree.values()
            for entry in entries
            if isinstance(entry, dict) and "__tfmeta" in entry  # a nonsensical type gives another shape
        }
        own = os.path.realpath(self.root)
        silent = (path for path in checked.readable if os.path.realpath(path) not in seen)
        folders = {path.parent: None for path in silent if os.path.realpath(path.parent) != own}
        for folder in folders:
            error = self.evaluator.evaluate(folder).error
            if _DIAGNOSTIC.search(error):
                text = error.partition("TerraformConverter: ")[2] or error
                self.problem(self.diagnostic(text, None, folder))

    def build(self, tree: Mapping[str, list[Entry]]) -> None:
        program = Program(self.root, tree, self.sources, self.var_files, self.known)
        try:
            reader = _Resources(program, self.problem)
            resources = tuple(reader.all())
            unread = tuple(unread_modules(program))
        except RecursionError:
            self.problem(Problem(Location(str(self.root), 1, 1), "the root module: it nests too deeply"))
            return
        stood_in = tuple(reader.stood_in.values())
        deployment = RawDeployment(
            Language.TERRAFORM, str(self.root), resources, unread=unread, stood_in=stood_in
        )
        self.result.deployments.append(build(deployment, self.problem))

    def problem(self, problem: Problem) -> None:
        self.result.problems.append(problem)

    def evaluate(self, checked: Precheck) -> Mapping[str, list[Entry]] | None:
        """Return tfparse's tree; a broken file of variables is left out, and said."""
        for path in checked.mentioning:
            self.evaluator.offer(calls_in(self.sources.file(path)))
        evaluation = self.evaluator.evaluate(self.root, self.var_files)
        while match := _VARIABLES.search(evaluation.error):
            broken = next((p for p in self.var_files if p.name == Path(match["file"]).name), None)
            if broken is None:
                break
            self.problem(self.diagnostic(match["text"], broken))
            self.var_files = [path for path in self.var_files if path != broken]
            evaluation = self.evaluator.evaluate(self.root, self.var_files)
        if evaluation.error:
            self.report(evaluation.error, checked)
        return evaluation.tree

    def report(self, error: str, checked: Precheck) -> None:
        """Report the error and every further file that is broken: tfparse leaves those out in silence."""
        known = {problem.location.file for problem in self.result.problems}
        if not _DIAGNOSTIC.search(error):
            if any(Path(file).name in error for file in known):
                return  # said already, of the file itself
            self.problem(Problem(Location(str(self.root), 1, 1), f"the root module: {error}"))
            return
        first = self.diagnostic(error.partition("TerraformConverter: ")[2] or error, None)
        if first.location.file not in known:
            self.problem(first)
        for path in checked.readable:
            line = self.sources.file(path).first_error if not path.name.endswith(".json") else None
            if line is not None and str(path) not in known | {first.location.file}:
                self.problem(Problem(Location(str(path), line, line), "it is not valid HCL"))

    def diagnostic(self, text: str, file: Path | None, folder: Path | None = None) -> Problem:
        match = _DIAGNOSTIC.search(text)
        if match is None:
            return Problem(Location(str(file or self.root), 1, 1), _plain(text))
        line = int(match["line"])
        place = file or (folder or self.root) / match["file"]
        return Problem(Location(str(place), line, line), _plain(match["text"]))


class _Resources:
    """Makes the raw resources of a root."""

    def __init__(self, program: Program, report: Report) -> None:
        self.program = program
        self.report = report
        self.comments = cache(self._comments)
        self.existence = cache(open_existence)
        self.stood_in: dict[str, StoodInModule] = {}

    def all(self) -> Iterator[RawResource]:
        modules = {"", *self.program.module_addresses()}
        for entry in self.merged():
            address = parse_address(entry["__tfmeta"]["path"])
            if address is not None:
                modules.add(address.module)
                if self.exists(entry, address) and not self.program.module(address.module).left_out:
                    yield self.resource(entry, address)
        for module in sorted(modules):
            for owner, key, entry in stand_ins(self.program.module(module)):
                yield self.stand_in(owner, key, entry)

    def exists(self, entry: Entry, address: Address) -> bool:
        """Say whether an instance exists: tfparse shows one where it cannot decide `count` or `for_each`."""
        if not {"count", "for_each"} & entry.keys() or len(address.words) != 2:  # noqa: PLR2004 - type and name
            return True
        return address.key in self.program.module(address.module).instances(*address.words)

    def merged(self) -> Iterable[Entry]:
        """Return the entries, overrides merged into what they override; report what is declared twice."""
        by_path: dict[str, list[Entry]] = {}
        for entry in self.program.resources:
            by_path.setdefault(entry["__tfmeta"]["path"], []).append(entry)
        for path, entries in by_path.items():
            overrides = [e for e in entries if _OVERRIDE.search(e["__tfmeta"]["filename"])]
            plain = [e for e in entries if e not in overrides] or entries[:1]
            yield from (_overridden(entry, overrides) for entry in plain)
            if len(plain) > 1:
                places = ", ".join(str(self.place(entry)) for entry in plain)
                self.report(
                    Problem(self.place(plain[1]), f"`{path}` is declared {len(plain)} times: {places}")
                )

    def place(self, entry: Entry) -> Location:
        meta = entry["__tfmeta"]
        path = self.program.source_of(meta).path
        module = self.module_by_stand_in(entry, path)
        call = None if module is None else self.noted(module)
        return call or Location(str(path), meta["line_start"], meta["line_end"])

    def module_by_stand_in(self, entry: Entry, path: Path) -> Module | None:
        """Return the module instance of a resource that a stand-in declares; `None` for others."""
        address = parse_address(entry["__tfmeta"]["path"]) if path.suffix == STAND_IN_SUFFIX else None
        module = None if address is None else self.program.module(address.module)
        return module if module is not None and module.stood_in is not None else None

    def noted(self, module: Module) -> Location | None:
        """Return the place of a module's call, and note that it is read by a stand-in."""
        call = place_of_call(module)
        if call is not None and module.stood_in is not None and module.address not in self.stood_in:
            self.stood_in[module.address] = StoodInModule(
                address=module.address,
                type="module",
                identity=f"stand-in:{module.address}",
                location=call,
                by=module.stood_in.label,
            )
        return call

    def resource(self, entry: Entry, address: Address) -> RawResource:
        location = self.place(entry)
        kind = str(entry["__tfmeta"]["label"])
        if not _is_ours(kind):
            return RawResource(entry["__tfmeta"]["path"], kind, entry["id"], {}, location)
        module = self.program.module(address.module)
        block = partial(block_of, module, entry)
        converter = Converter(self.program, dynamic=self.program.source_of(entry["__tfmeta"]).has_dynamic)
        attributes = converter.resource(entry, block, partial(scope_of, module, entry, address.key))
        repeated = block() if {"count", "for_each"} & entry.keys() else None
        return self.raw(entry, location, attributes, block, self.existence(module, repeated))

    def stand_in(self, module: Module, key: Key, entry: Entry) -> RawResource:
        block = block_of(module, entry)
        attributes: dict[str, Data] = {}
        if block is not None and _is_ours(str(entry["__tfmeta"]["label"])):
            attributes = written_data(block, scope_of(module, entry, key))
        return self.raw(entry, self.place(entry), attributes, lambda: block, self.existence(module, block))

    def raw(
        self,
        entry: Entry,
        location: Location,
        attributes: dict[str, Data],
        block: Callable[[], Block | None],
        when: str,
    ) -> RawResource:
        def found(path: raw.Path) -> Location | None:
            written = block()
            if written is None:
                return None
            module = self.module_by_stand_in(entry, self.program.source_of(entry["__tfmeta"]).path)
            if module is not None:
                return place_of_input(module, written, path, location)
            return locate(entry, written, path, location.file)

        return RawResource(
            address=entry["__tfmeta"]["path"],
            type=str(entry["__tfmeta"]["label"]),
            identity=entry["id"],
            attributes=attributes,
            location=location,
            locate=found,
            when=when,
            names=tuple(entry["__tfmeta"].get("also", ())),
            suppressions=self.suppressions(location),
            lines=self.lines,
        )

    def lines(self, place: Location) -> Sequence[str]:
        return self.program.sources.file(Path(place.file)).lines[place.line - 1 : place.end_line]

    def suppressions(self, location: Location) -> tuple[Suppression, ...]:
        return tuple(
            s for s in self.comments(location.file) if location.line <= s.location.line <= location.end_line
        )

    def _comments(self, file: str) -> tuple[Suppression, ...]:
        return tuple(in_comments(self.program.sources.file(Path(file)).text, file))


def _overridden(entry: Entry, overrides: list[Entry]) -> Entry:
    """Return an entry with the arguments of its overrides; tfparse may refer to it by their ids."""
    if not overrides:
        return entry
    changed = {k: v for override in overrides for k, v in override.items() if k not in {"id", "__tfmeta"}}
    meta = {**entry["__tfmeta"], "also": [override["id"] for override in overrides]}
    return {**entry, **changed, "__tfmeta": meta}


def _is_ours(kind: str) -> bool:
    return bool(entities_of(kind)) or kind.startswith(_OURS)


def _plain(text: str) -> str:
    """Return a diagnostic as a message: one line, lower-case start, no full stop."""
    line = " ".join(_MORE.sub("", text).replace(";", ":", 1).split()).rstrip(".,")
    return line[:1].lower() + line[1:]
