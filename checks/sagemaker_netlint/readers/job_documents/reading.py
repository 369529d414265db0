"""Documents to components: a `JobDocument` for each, and a raw resource for each call that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import JobDocument
from sagemaker_netlint.readers.files import UnreadableError
from sagemaker_netlint.readers.job_documents.calls import (
    Call,
    Found,
    Malformed,
    UnreadCall,
    shown_path,
)
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder
from sagemaker_netlint.readers.job_documents.local_files import LocalFile, read_local
from sagemaker_netlint.readers.job_documents.pipelines import calls_of_pipeline
from sagemaker_netlint.readers.job_documents.places import (
    line_of_text,
    lines_of_steps,
    path_to,
    step_path,
)
from sagemaker_netlint.readers.job_documents.state_machines import calls_of_state_machine
from sagemaker_netlint.readers.job_documents.targets import Source, calls_of_target
from sagemaker_netlint.readers.job_documents.texts import BrokenTextError, document_in
from sagemaker_netlint.readers.raw import Data, Path, Problem, RawResource, identity_token

Report = Callable[[Problem], None]
Held = tuple[DocumentHolder, RawResource]


@dataclass(slots=True)
class ReadDocuments:
    """What the documents of a deployment declare."""

    documents: list[Declared]
    calls: list[RawResource]


def read_documents(held: Sequence[Held], report: Report) -> ReadDocuments:
    """Read the documents of all holders; what has not the form of a document is reported as a problem.

    A holder that has nothing to do with SageMaker gives nothing.
    """
    result = ReadDocuments([], [])
    sources = [_Reader(holder, resource, lambda _problem: None).source for holder, resource in held]
    for holder, resource in held:
        reader = _Reader(holder, resource, report)
        found = reader.found(sources)
        calls = [item for item in found if isinstance(item, Call)]
        unread = [reader.unread(item) for item in found if not isinstance(item, Call)]
        if found or holder.kind == "pipeline":
            result.documents.append(reader.document(unread))
        result.calls += reader.resources(calls)
    return result


class _Reader:
    """Reads the document of one holder."""

    def __init__(self, holder: DocumentHolder, resource: RawResource, report: Report) -> None:
        self.holder = holder
        self.resource = resource
        self.report = report
        self.local: LocalFile | None = None
        self.steps: dict[bool, dict[str, list[int]]] = {}

    def found(self, others: Sequence[Source]) -> list[Found]:
        """Return what the document holds, in its order."""
        holder = self.holder
        if holder.kind in {"pipeline", "state machine"}:
            body = self.body()
            if isinstance(body, Unknown):
                return [UnreadCall("", (), body.reason)]
            return [] if body is None else self.calls(body)
        return calls_of_target(self.source, others)

    def calls(self, body: Data) -> list[Found]:
        if self.holder.kind == "state machine":
            return list(calls_of_state_machine(body))
        return list(calls_of_pipeline(body, self.identity, {}))

    @property
    def source(self) -> Source:
        """Return what targets may start."""
        return Source(self.holder, cache(self.body), self.identity)

    def body(self) -> Data | None:
        """Return the document as data: unknown where it is out of sight, `None` where there is none."""
        try:
            if self.holder.file is not None:
                return self.beside(self.holder.file)
            stored = self.holder.stored
            if stored is True:
                return Unknown("it lies in S3")
            if isinstance(stored, Unknown) and self.holder.body is None:
                return stored
            return document_in(self.holder.body, self.holder.substitutions)
        except BrokenTextError as error:
            self.broken(str(error), self.line(error.line))
            return Unknown(f"its definition could not be read: {error}")

    def beside(self, name: str) -> Data | None:
        """Return the document that lies in a file beside the template."""
        try:
            self.local = read_local(self.resource.location.file, name)
        except UnreadableError as error:
            self.broken(f"`{name}` is not read: {error}", self.holder.at("file"))
            return Unknown(f"its file {name} could not be read")
        self.resource.reads(self.local.path)
        return self.local.document(self.holder.substitutions, self.report)

    def unread(self, item: UnreadCall | Malformed) -> UnreadCall:
        """Return what is not in sight of the document; a part that has not its form is reported, too."""
        if isinstance(item, UnreadCall):
            return item
        where = f"at `{shown_path(item.path)}`: " if item.path else ""
        self.broken(f"{where}{item.message}", self.place(item, 0))
        return UnreadCall(item.step, item.path, f"its definition could not be read: {item.message}")

    def broken(self, message: str, place: Location) -> None:
        """Report that a part of the document could not be read."""
        self.report(
            Problem(place, f"`{self.holder.address}`: the {self.holder.kind}'s definition: {message}")
        )

    def identity(self, step: str) -> str:
        """Return the identity of a step, by which others refer to it."""
        target = self.holder.identity.removeprefix(self.resource.identity)  # one of several of a rule
        return identity_token(f"{self.holder.address}{target}+{step}")

    def document(self, unread: Sequence[UnreadCall]) -> JobDocument:
        holder = self.holder
        return JobDocument(
            address=holder.address,
            type=holder.type,
            identity=holder.identity,
            location=holder.location,
            when=holder.when,
            names=holder.names,
            locate=holder.locate,
            suppressions=holder.suppressions,
            change=holder.change,
            kind=holder.kind,
            stored=holder.stored,
            whole=next((Unknown(item.reason) for item in unread if _is_whole(item)), None),
            unread=tuple(Unknown(_reason(item)) for item in unread if not _is_whole(item)),
        )

    def resources(self, calls: Sequence[Call]) -> Iterator[RawResource]:
        seen: dict[str, list[Path]] = {}
        for call in calls:
            steps = seen.setdefault(call.step, [])
            here = step_path(call.step, call.path)
            if here not in steps:
                steps.append(here)
            yield self.called(call, steps.index(here))

    def called(self, call: Call, occurrence: int) -> RawResource:
        place = self.place(call, occurrence)
        return RawResource(
            address=self.holder.address,
            type=self.holder.type,
            identity=self.identity(call.step),
            attributes=call.arguments,
            location=place,
            locate=lambda path: self.place(call, occurrence, path),
            when=self.holder.when,
            suppressions=self.holder.suppressions,
            change=self.resource.change,
            operation=call.operation,
            step=_shown(call),
        )

    def line(self, number: int | None) -> Location:
        """Return the line of the text, counted from 1, or the whole of it where its lines aren't ours."""
        whole = self.whole
        if number is None or not isinstance(self.holder.body, str):
            return whole if number is None or self.local is None else Location(whole.file, number, number)
        at = line_of_text(self.resource.lines(whole), self.holder.body, number)
        return whole if at is None else Location(whole.file, whole.line + at, whole.line + at)

    @property
    def whole(self) -> Location:
        """Return the place of the document."""
        return self.holder.at("body") if self.local is None else self.local.whole

    def place(self, call: Call | Malformed, occurrence: int, path: Path = ()) -> Location:
        """Return the lines of a step, or of a path below its arguments where the document is data."""
        if call.pipeline:
            return self.holder.at("body" if self.holder.parameters is None else "parameters")
        if isinstance(self.holder.body, (dict, list)):
            top = path_to(self.resource.attributes, self.holder.body) or ()
            below = (*call.path, *path) if path else step_path(call.step, call.path)
            found = self.resource.locate((*top, *below))
            if found is not None and found != self.whole:
                return found
        named = self.lines_of_steps(call.step in call.path).get(call.step, [])
        if not named or not call.step:
            return self.whole
        line = self.whole.line + named[min(occurrence, len(named) - 1)]
        return Location(self.whole.file, line, line)

    def lines_of_steps(self, are_keys: bool) -> dict[str, list[int]]:  # noqa: FBT001 - private, one caller
        """Return the lines that name steps, by the name, as indexes of the document's lines."""
        if are_keys not in self.steps:
            lines = self.resource.lines(self.whole) if self.local is None else self.local.lines
            one = len(lines) == 1
            self.steps[are_keys] = {} if one else lines_of_steps(lines, are_keys=are_keys)
        return self.steps[are_keys]


def _is_whole(unread: UnreadCall) -> bool:
    return not unread.step and not unread.path


def _reason(unread: UnreadCall) -> str:
    return f"{_shown(unread)}: {unread.reason}"


def _shown(item: Call | UnreadCall) -> str:
    path = shown_path(item.path)
    shown = f"`{item.step}` (`{path}`)" if item.step else f"`{path}`" if item.path else ""
    return f"{shown} of `{item.pipeline}`" if item.pipeline else shown
