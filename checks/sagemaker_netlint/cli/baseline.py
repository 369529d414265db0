"""The commands `baseline create` and `baseline prune`: findings in, a file out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from sagemaker_netlint.baseline import Baseline, Entry, accepted, baseline_text, load_baseline
from sagemaker_netlint.cli.check import gone_from, inspected
from sagemaker_netlint.cli.inputs import InputOptions, InvalidFileError, policies_for
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.inspection import Discovery, Report, discover
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOptions(InputOptions):
    """The options of `create`, as the command line gives them."""

    output: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneOptions(InputOptions):
    """The options of `prune`, as the command line gives them."""

    baseline: Path


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found where, and what that says."""

    options: InputOptions
    found: Discovery
    report: Report


def run_create(options: CreateOptions) -> int:
    """Write the findings to a file, and return the exit code."""
    checked = _checked(options)
    code = _exit_code(checked.report)
    if code in {ExitCode.CLEAN, ExitCode.VIOLATIONS}:
        report = checked.report
        entries = accepted(f for f in report.findings if report.fails(f, Severity.INFO))
        _write(options.output, entries)
        rules = Counter(f"{entry.rule} {entry.name}" for entry in entries)
        for rule, count in sorted(rules.items()):
            click.echo(f"{count:>6}  {rule}")
        click.echo(clean(f"{_findings(len(entries))} accepted in {options.output}"))
    return int(code)


def run_prune(options: PruneOptions) -> int:
    """Take what is mended out of the file, and return the exit code."""
    try:
        baseline = load_baseline(options.baseline)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    checked = _checked(options, baseline)
    code = _exit_code(checked.report)
    if code in {ExitCode.CLEAN, ExitCode.VIOLATIONS}:
        gone = Counter(gone_from(baseline, checked.options, checked.found, checked.report, ALL_RULES))
        left = Counter(baseline.entries) - gone
        _write(options.baseline, left.elements())
        text = f"{_findings(gone.total())} taken out, {_findings(left.total())} left in {options.baseline}"
        click.echo(clean(text))
    return int(code)


def _checked(options: InputOptions, baseline: Baseline | None = None) -> _Checked:
    here = replace(options, paths=options.paths or (Path(),))
    found = discover(here.paths)
    try:
        policies = policies_for(here, found)
        report = inspected(here, found, policies, ALL_RULES, baseline)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    return _Checked(here, found, report)


def _exit_code(report: Report) -> ExitCode:
    for failure in report.failures:
        click.echo(
            clean(f"internal error in {failure.rule_id}: {failure.error}; nothing is written"), err=True
        )
    if report.failures:
        return ExitCode.INTERNAL_ERROR
    unread = [finding for finding in report.findings if finding.rule_id == SMN001.id]
    for finding in unread:
        click.echo(clean(f"{finding.location}: {SMN001.id} {finding.message}: not in the baseline"), err=True)
    if unread:
        return ExitCode.VIOLATIONS
    if not report.deployments:
        click.echo("nothing to check, and nothing is written", err=True)
        return ExitCode.NOTHING_TO_CHECK
    return ExitCode.CLEAN


def _write(file: Path, entries: Iterable[Entry]) -> None:
    try:
        file.write_text(baseline_text(entries), encoding="ascii", newline="\n")
    except OSError as error:
        raise InvalidFileError(f"{file} can't be written: {error.strerror}") from None


def _findings(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"
