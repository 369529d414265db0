"""The command `check`: options in, report out, exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from sagemaker_netlint.baseline import Baseline, Entry, load_baseline
from sagemaker_netlint.cli.inputs import (
    InputOptions,
    InvalidFileError,
    Policies,
    ShownProgress,
    echo_lines,
    notes,
    policies_for,
)
from sagemaker_netlint.cli.outputs import Output, write_outputs
from sagemaker_netlint.cli.parameters_file import load_parameters
from sagemaker_netlint.clock import today
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.inspection import Discovery, Report, inspect
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.policy_file import did_you_mean_rule, rule_id_of
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.formats import ReportSettings, render
from sagemaker_netlint.report.summary import exit_code
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions(InputOptions):
    """The options, as the command line gives them."""

    style: str
    outputs: tuple[Output, ...]
    fail_on: str
    only: tuple[str, ...]
    skip: tuple[str, ...]
    baseline: Path | None
    allow_nothing: bool
    quiet: bool
    verbose: bool
    today: date | None = None
    narrowed: bool = False
    """Whether only what some changes concern was searched for."""


def run_check(options: CheckOptions, found: Discovery) -> int:
    """Check what was found in the paths, print the report, and return the exit code."""
    only = _rule_ids(options.only, "--rule")
    rules = _chosen_rules(only, _rule_ids(options.skip, "--skip-rule"))
    fail_on = Severity[options.fail_on.upper()]
    try:
        baseline = load_baseline(options.baseline) if options.baseline else None
        policies = policies_for(options, found, only)
        whole = [] if options.narrowed else [path for path in options.paths if path.is_dir()]
        report = inspected(options, found, policies, rules, baseline, day=options.today, whole=whole)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    if not options.quiet:
        for note in notes(options, found, report.skipped, policies):
            click.echo(f"note: {note}", err=True)
        if options.today is not None:
            click.echo(f"note: waivers are judged for {options.today} (--today)", err=True)
        for told in report.notes:
            if options.verbose or not told.detail:
                click.echo(f"note: {told}", err=True)
    if baseline is not None:
        _tell_gone(gone_from(baseline, options, found, report, rules), options)
    code = exit_code(report, fail_on)
    if code is ExitCode.NOTHING_TO_CHECK and (options.allow_nothing or options.narrowed):
        code = ExitCode.CLEAN
    settings = ReportSettings(
        policy=policies.label(),
        fail_on=fail_on,
        exit_code=int(code),
        verbose=options.verbose,
        quiet=options.quiet,
    )
    echo_lines(render(options.style, report, settings), options.color)
    write_outputs(options.outputs, report, settings)
    return int(code)


def inspected(  # noqa: PLR0913 - what is checked, and under which terms
    options: InputOptions,
    found: Discovery,
    policies: Policies,
    rules: Sequence[Rule],
    baseline: Baseline | None = None,
    *,
    day: date | None = None,
    whole: Sequence[Path] = (),
) -> Report:
    """Read and judge what was found, with a line on a terminal that shows how far it is.

    `day` is the one for which waivers are judged, the present one where it is not given. `whole` are
    the folders of which everything was found.
    """
    progress = ShownProgress()
    try:
        return inspect(
            found.inputs,
            policies,
            rules=rules,
            var_files=options.var_files,
            parameters=load_parameters(options.parameters) if options.parameters else {},
            problems=found.problems,
            skipped=found.skipped,
            progress=progress,
            accepting=baseline,
            today=day or today(),
            whole=whole,
        )
    finally:
        progress.clear()


def gone_from(
    baseline: Baseline, options: InputOptions, found: Discovery, report: Report, rules: Sequence[Rule]
) -> Sequence[Entry]:
    """Return the entries of the baseline that no finding needs; none where something could not be read."""
    if report.failures or any(finding.rule_id == SMN001.id for finding in report.findings):
        return ()
    sources = [str(item.path) for item in found.inputs]
    return baseline.gone(sources, {rule.id for rule in rules}, options.paths)


def _tell_gone(gone: Sequence[Entry], options: CheckOptions) -> None:
    if options.verbose:
        for entry in gone:
            text = f"gone from the baseline: {entry.file}: {entry.rule} `{entry.subject}`: {entry.message}"
            click.echo(clean(text), err=True)
    if gone and not options.quiet:
        what = "1 entry of the baseline is" if len(gone) == 1 else f"{len(gone)} entries of the baseline are"
        fix = f"`sagemaker-netlint baseline prune {options.baseline}` takes out what is gone"
        click.echo(clean(f"note: {what} needed no more (mended, ignored or waived); {fix}"), err=True)


def _rule_ids(texts: Sequence[str], option: str) -> frozenset[str]:
    ids = set()
    for text in texts:
        rule_id = rule_id_of(text)
        if rule_id is None:
            message = f"no rule has the id or name {text!r}{did_you_mean_rule(text)}"
            raise click.BadParameter(message, param_hint=option)
        ids.add(rule_id)
    return frozenset(ids)


def _chosen_rules(only: frozenset[str], skip: frozenset[str]) -> list[Rule]:
    # what could not be read is told whatever rule was asked for: else a broken file would look clean
    return [
        rule
        for rule in ALL_RULES
        if rule.id not in skip and (not only or rule.id in only or rule.id == SMN001.id)
    ]
