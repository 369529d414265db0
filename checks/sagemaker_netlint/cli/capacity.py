"""The command `capacity`: options in, report out, exit code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from sagemaker_netlint.capacity.analysis import Analysis, analyse
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
from sagemaker_netlint.cli.use_options import OPTION_OF, overridden
from sagemaker_netlint.discovery import Discovery, discover
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.readers.raw import Problem, Skipped
from sagemaker_netlint.reading import Reading
from sagemaker_netlint.report.capacity_report import CapacityReport
from sagemaker_netlint.rules.capacity_verdicts import use_of
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOptions(InputOptions):
    """The options, as the command line gives them. `use` holds those that go before any expected use."""

    style: str
    use: Mapping[str, Any]
    start: tuple[int, int]
    explain: bool
    chart: Path | None
    allow_nothing: bool
    quiet: bool
    verbose: bool


def run_capacity(options: CapacityOptions) -> int:
    """Reckon what the paths need, print the report, and return the exit code."""
    options = replace(options, paths=options.paths or (Path(),))
    if options.explain and options.style == "csv":
        raise click.UsageError("--explain goes with --format text or json")
    found = discover(options.paths)
    try:
        policies = policies_for(options, found)
        report, skipped = _reckoned(options, found, policies)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    if options.chart is not None:
        _draw(report, options.chart)
    for problem in report.problems:
        click.echo(f"{problem.location}: {SMN001.id} {problem.message}", err=True)
    if not options.quiet:
        for note in (*notes(options, found, skipped, policies), *_without_effect(options, report)):
            click.echo(f"note: {note}", err=True)
    echo_lines(_lines(report, options), options.color)
    code = report.exit_code
    return 0 if code is ExitCode.NOTHING_TO_CHECK and options.allow_nothing else int(code)


def _reckoned(
    options: CapacityOptions, found: Discovery, policies: Policies
) -> tuple[CapacityReport, list[Skipped]]:
    given = load_parameters(options.parameters) if options.parameters else {}
    progress = ShownProgress()
    reading = Reading(policies, given, options.var_files, progress)
    try:
        read = reading.read(found.inputs)
    finally:
        progress.clear()
    problems = [p for p in dict.fromkeys([*found.problems, *read.problems]) if _fails(policies, p)]
    analyses = list(_analyses(read.deployments, policies, options.use))
    report = CapacityReport(
        analyses=analyses,
        first_month=options.start,
        policy=policies.label(),
        problems=problems,
        failures=reading.failures,
        fail_undecided=frozenset(
            analysis.source for analysis in analyses if policies(Path(analysis.source)).fail_undecided
        ),
        files_read=frozenset(read.files_read),
    )
    return report, [*found.skipped, *read.skipped]


def _fails(policies: Policies, problem: Problem) -> bool:
    """Say whether what could not be read fails, as it does in a check."""
    return policies(Path(problem.location.file)).setting(SMN001.id).enabled


def _analyses(
    deployments: Iterable[Deployment], policies: Policies, given: Mapping[str, Any]
) -> Iterator[Analysis]:
    by_source: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in deployments:
        by_source[deployment.source].append(deployment)
    for source, variants in by_source.items():
        yield from analyse(variants, partial(_use_of, policies(Path(source)), given))


def _use_of(policy: Policy, given: Mapping[str, Any], domain: Domain) -> ExpectedUse | Unknown:
    """Return the expected use of a domain; what was given goes first, even where the template is unknown."""
    beside = domain.expected_use
    if isinstance(beside, Mapping):
        rest = {key: value for key, value in beside.items() if key not in given}
        domain = replace(domain, expected_use=rest)
    use = use_of(policy, domain)
    return use if isinstance(use, Unknown) else overridden(use, given)


def _without_effect(options: CapacityOptions, report: CapacityReport) -> Iterator[str]:
    if options.use and not any(analysis.uses for analysis in report.analyses):
        yield f"{', '.join(OPTION_OF[key] for key in options.use)}: no effect, there is no domain in subnets"


def _draw(report: CapacityReport, path: Path) -> None:
    from sagemaker_netlint.report.capacity_chart import ChartError, write_chart  # noqa: PLC0415 - an extra

    try:
        write_chart(report.analyses, path, report.first_month)
    except ChartError as error:
        raise click.UsageError(f"--chart: {error}") from None


def _lines(report: CapacityReport, options: CapacityOptions) -> Iterable[str]:
    if options.style == "json":
        from sagemaker_netlint.report.capacity_json import capacity_json  # noqa: PLC0415 - one format each

        return [capacity_json(report, explain=options.explain)]
    if options.style == "csv":
        from sagemaker_netlint.report.capacity_csv import capacity_csv  # noqa: PLC0415 - one format each

        return capacity_csv(report)
    from sagemaker_netlint.report.capacity_text import capacity_text  # noqa: PLC0415 - one format each

    return capacity_text(report, verbose=options.verbose, explain=options.explain)
