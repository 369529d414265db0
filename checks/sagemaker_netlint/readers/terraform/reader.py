"""Terraform root modules to deployments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.readers.build import Report, build
from sagemaker_netlint.readers.mapping import entities_of
from sagemaker_netlint.readers.raw import Problem, RawDeployment, RawResource, ReadResult
from sagemaker_netlint.readers.suppressions import in_comments
from sagemaker_netlint.readers.terraform.addresses import Key, parse_address
from sagemaker_netlint.readers.terraform.attributes import Converter, locate, written_data
from sagemaker_netlint.readers.terraform.evaluation import Evaluator, Limits, variable_files
from sagemaker_netlint.readers.terraform.precheck import Precheck, check_root
from sagemaker_netlint.readers.terraform.program import Entry, Program
from sagemaker_netlint.readers.terraform.syntax import SourceFile, SourceTree
from sagemaker_netlint.readers.terraform.undecided import Undecided, undecided_resources

_OURS = ("aws_sagemaker_", "awscc_sagemaker_")
_DIAGNOSTIC = re.compile(r"(?P<file>[^:]+?):(?P<line>\d+),\d+-[\d,]+: (?P<text>.*)", re.DOTALL)
_VARIABLES = re.compile(r"failed to load tfvars from (?P<file>.+?): (?P<text>.*)", re.DOTALL)
_MORE = re.compile(r",? and \d+ other diagnostic\(s\)")
_OVERRIDE = re.compile(r"(?:^|/|_)override\.(?:tf|tofu)(?:\.json)?$")


def read_roots(
    roots: Sequence[Path], *, var_files: Sequence[Path] = (), limits: Limits | None = None
) -> ReadResult:
    """Read root modules, each to a deployment whose `source` is the folder as it was given.

    `var_files` are read after those that Terraform loads by itself. One process evaluates all roots.
    """
    result = ReadResult()
    with Evaluator(limits) as evaluator:
        for root in roots:
            result.add(_RootReader(root, evaluator, var_files).read())
    return result


class _RootReader:
    """Reads one root."""

    def __init__(self, root: Path, evaluator: Evaluator, var_files: Sequence[Path]) -> None:
        self.root = root
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
            program = Program(self.root, tree, self.sources, self.var_files)
            resources = tuple(_Resources(program, self.problem).all())
            deployment = RawDeployment(Language.TERRAFORM, str(self.root), resources)
            self.result.deployments.append(build(deployment, self.problem))
        return self.result

    def problem(self, problem: Problem) -> None:
        self.result.problems.append(problem)

    def evaluate(self, checked: Precheck) -> Mapping[str, list[Entry]] | None:
        """Return tfparse's tree; a broken file of variables is left out, and said."""
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
            self.problem(Problem(Location(str(self.root), 1, 1), f"the root module: {error}"))
            return
        first = self.diagnostic(error.partition("TerraformConverter: ")[2] or error, None)
        if first.location.file not in known:
            self.problem(first)
        for path in checked.readable:
            line = self.sources.file(path).first_error if not path.name.endswith(".json") else None
            if line is not None and str(path) not in known | {first.location.file}:
                self.problem(Problem(Location(str(path), line, line), "it is not valid HCL"))

    def diagnostic(self, text: str, file: Path | None) -> Problem:
        match = _DIAGNOSTIC.search(text)
        if match is None:
            return Problem(Location(str(file or self.root), 1, 1), _plain(text))
        line = int(match["line"])
        return Problem(Location(str(file or self.root / match["file"]), line, line), _plain(match["text"]))


class _Resources:
    """Makes the raw resources of a root."""

    def __init__(self, program: Program, report: Report) -> None:
        self.program = program
        self.report = report
        self.comments = cache(self._comments)

    def all(self) -> Iterator[RawResource]:
        modules = {""}
        for entry in self.merged():
            address = parse_address(entry["__tfmeta"]["path"])
            if address is not None:
                modules.add(address.module)
                yield self.resource(entry, address.module, address.key)
        for undecided in undecided_resources(self.program, sorted(modules)):
            yield self.undecided(undecided)

    def merged(self) -> Iterable[Entry]:
        """Return the entries, overrides merged into what they override; report what is declared twice."""
        by_path: dict[str, list[Entry]] = {}
        for entry in self.program.resources:
            by_path.setdefault(entry["__tfmeta"]["path"], []).append(entry)
        for path, entries in by_path.items():
            overrides = [e for e in entries if _OVERRIDE.search(e["__tfmeta"]["filename"])]
            plain = [e for e in entries if e not in overrides] or entries[:1]
            changed = {k: v for o in overrides for k, v in o.items() if k not in {"id", "__tfmeta"}}
            yield from ({**entry, **changed} for entry in plain)
            if len(plain) > 1:
                self.report(
                    Problem(
                        self.place(plain[1]), f"`{path}` is declared twice, also in {self.place(plain[0])}"
                    )
                )

    def place(self, entry: Entry) -> Location:
        meta = entry["__tfmeta"]
        return Location(str(self.program.root / meta["filename"]), meta["line_start"], meta["line_end"])

    def resource(self, entry: Entry, module: str, key: Key) -> RawResource:
        location = self.place(entry)
        kind = str(entry["__tfmeta"]["label"])
        if not (entities_of(kind) or kind.startswith(_OURS)):
            return RawResource(entry["__tfmeta"]["path"], kind, entry["id"], {}, location)
        program = self.program
        block = partial(program.module(module).block_of, entry)
        converter = Converter(program, dynamic=self.source(location).has_dynamic)
        return RawResource(
            address=entry["__tfmeta"]["path"],
            type=kind,
            identity=entry["id"],
            attributes=converter.resource(entry, block, lambda: program.module(module).scope_of(entry, key)),
            location=location,
            locate=lambda path: (
                None if (found := block()) is None else locate(entry, found, path, location.file)
            ),
            suppressions=self.suppressions(location),
        )

    def undecided(self, found: Undecided) -> RawResource:
        location = Location(str(found.file), found.block.line, found.block.end_line)
        ours = entities_of(found.type) or found.type.startswith(_OURS)
        return RawResource(
            address=found.address,
            type=found.type,
            identity=found.identity,
            attributes=written_data(found.block, found.scope) if ours else {},
            location=location,
            locate=lambda path: locate({}, found.block, path, location.file),
            suppressions=self.suppressions(location),
        )

    def source(self, location: Location) -> SourceFile:
        return self.program.sources.file(Path(location.file))

    def suppressions(self, location: Location) -> tuple[Suppression, ...]:
        return tuple(
            s for s in self.comments(location.file) if location.line <= s.location.line <= location.end_line
        )

    def _comments(self, file: str) -> tuple[Suppression, ...]:
        return tuple(in_comments(enumerate(self.program.sources.file(Path(file)).lines, 1), file))


def _plain(text: str) -> str:
    """Return a diagnostic as a message: one line, lower-case start, no full stop."""
    line = " ".join(_MORE.sub("", text).replace(";", ":", 1).split()).rstrip(".,")
    return line[:1].lower() + line[1:]
