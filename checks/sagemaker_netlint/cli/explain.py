"""The command `explain`: options in, the ways of workloads out. It explains and does not judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

import click

from sagemaker_netlint.cli.inputs import (
    InputOptions,
    InvalidFileError,
    Policies,
    ShownProgress,
    echo_lines,
    notes,
    policies_for,
)
from sagemaker_netlint.cli.parameters_file import load_parameters
from sagemaker_netlint.discovery import Discovery, discover
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.explanation import ExplainedWorkload, explain
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workload_ways import WORKLOADS
from sagemaker_netlint.readers.raw import Problem, ReadResult
from sagemaker_netlint.reading import Reading
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001

Variants = dict[str, list[Deployment]]
"""The deployments of each source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOptions(InputOptions):
    """The options, as the command line gives them."""

    style: str
    subject: str | None
    graph: Path | None
    quiet: bool
    verbose: bool

    def wants(self, workload: Declared) -> bool:
        """Say whether the workload is asked for; the brackets of Terraform's addresses are literal, too."""
        asked = self.subject
        return asked is None or workload.address == asked or fnmatchcase(workload.address, asked)


def run_explain(options: ExplainOptions) -> int:
    """Explain the ways of the workloads in the paths, and return the exit code."""
    found = discover(options.paths)
    try:
        policies = policies_for(options, found)
        read, reading = _read(options, found, policies)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    problems = [p for p in dict.fromkeys([*found.problems, *read.problems]) if _fails(policies, p)]
    _tell(options, found, policies, read, problems, reading)
    variants: Variants = defaultdict(list)
    for deployment in read.deployments:
        variants[deployment.source].append(deployment)
    _refuse_unknown_subject(options, variants)
    workloads = list(_explained(options, variants, policies))
    if options.graph is not None:
        _draw(options, variants, policies)
    if workloads or options.style == "json":
        echo_lines(_lines(workloads, options, policies, problems), options.color)
    if not workloads and options.style != "json":
        click.echo("nothing to explain: no SageMaker workload is declared")
    return int(_exit_code(workloads, problems, reading))


def _read(options: ExplainOptions, found: Discovery, policies: Policies) -> tuple[ReadResult, Reading]:
    given = load_parameters(options.parameters) if options.parameters else {}
    progress = ShownProgress()
    reading = Reading(policies, given, options.var_files, progress)
    try:
        return reading.read(found.inputs), reading
    finally:
        progress.clear()


def _fails(policies: Policies, problem: Problem) -> bool:
    """Say whether what could not be read fails, as it does in a check."""
    return policies(Path(problem.location.file)).setting(SMN001.id).enabled


def _tell(  # noqa: PLR0913, PLR0917 - what was asked, and what became of it
    options: ExplainOptions,
    found: Discovery,
    policies: Policies,
    read: ReadResult,
    problems: Iterable[Problem],
    reading: Reading,
) -> None:
    for problem in problems:
        click.echo(f"{problem.location}: {SMN001.id} {problem.message}", err=True)
    for failure in reading.failures:
        text = f"internal error in {failure.rule_id}: {failure.error} (in {failure.source}); please report"
        click.echo(text, err=True)
    if not options.quiet:
        for note in notes(options, found, [*found.skipped, *read.skipped], policies):
            click.echo(f"note: {note}", err=True)


def _refuse_unknown_subject(options: ExplainOptions, variants: Variants) -> None:
    there = [
        workload
        for deployments in variants.values()
        for deployment in deployments
        for kind in WORKLOADS
        for workload in deployment.each(kind)
    ]
    if options.subject is None or any(options.wants(workload) for workload in there):
        return
    addresses = list(dict.fromkeys(workload.address for workload in there))
    near = get_close_matches(options.subject, addresses, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    if not near and addresses:
        hint = f"; there are {', '.join(addresses[:5])}{' and more' if addresses[5:] else ''}"
    raise click.BadParameter(f"no workload has the address {options.subject!r}{hint}", param_hint="--subject")


def _explained(
    options: ExplainOptions, variants: Variants, policies: Policies
) -> Iterator[ExplainedWorkload]:
    for source, deployments in variants.items():
        yield from explain(deployments, policies(Path(source)), options.wants)


def _draw(options: ExplainOptions, variants: Variants, policies: Policies) -> None:
    from sagemaker_netlint.report.network_graph import GraphError, write_graph  # noqa: PLC0415 - seldom asked

    assert options.graph is not None  # noqa: S101 - the caller asked
    panels = [(deployments, policies(Path(source))) for source, deployments in variants.items()]
    try:
        write_graph(panels, options.wants, options.graph)
    except GraphError as error:
        raise click.UsageError(f"--graph: {error}") from None


def _lines(
    workloads: list[ExplainedWorkload],
    options: ExplainOptions,
    policies: Policies,
    problems: list[Problem],
) -> Iterable[str]:
    if options.style == "json":
        from sagemaker_netlint.report.explain_json import explain_json  # noqa: PLC0415 - one format each

        return [explain_json(workloads, policies.label(), problems)]
    from sagemaker_netlint.report.explain_text import explain_text  # noqa: PLC0415 - one format each

    return explain_text(workloads, verbose=options.verbose)


def _exit_code(workloads: list[ExplainedWorkload], problems: list[Problem], reading: Reading) -> ExitCode:
    if reading.failures:
        return ExitCode.INTERNAL_ERROR
    if problems:
        return ExitCode.VIOLATIONS
    return ExitCode.CLEAN if workloads else ExitCode.NOTHING_TO_CHECK
