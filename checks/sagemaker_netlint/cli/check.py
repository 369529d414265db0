"""The command `check`: options in, report out, exit code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from sagemaker_netlint.cli.parameters_file import load_parameters
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.inspection import Discovery, InputKind, Report, discover, inspect
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import did_you_mean_rule, load_policy, not_acted_on, policy_for, rule_id_of
from sagemaker_netlint.report.summary import exit_code
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001

_QUIET_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """The options, as the command line gives them."""

    paths: tuple[Path, ...]
    style: str
    policy: str | None
    parameters: Path | None
    var_files: tuple[Path, ...]
    fail_on: str
    only: tuple[str, ...]
    skip: tuple[str, ...]
    allow_nothing: bool
    color: str
    quiet: bool
    verbose: bool


class InvalidFileError(click.ClickException):
    """A policy or a parameter file is not valid: exit code 2."""

    exit_code = ExitCode.USAGE


def run_check(options: CheckOptions) -> int:
    """Check the paths, print the report, and return the exit code."""
    only = _rule_ids(options.only, "--rule")
    rules = _chosen_rules(only, _rule_ids(options.skip, "--skip-rule"))
    fail_on = Severity[options.fail_on.upper()]
    found = discover(options.paths)
    try:
        policies = _Policies(load_policy(options.policy) if options.policy else None, only)
        report = _inspect(options, found, policies, rules)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    if not options.quiet:
        for note in _notes(options, found, report, policies.used()):
            click.echo(f"note: {note}", err=True)
    _print(report, options, policies.label(), fail_on)
    code = exit_code(report, fail_on)
    return 0 if code is ExitCode.NOTHING_TO_CHECK and options.allow_nothing else int(code)


def _inspect(options: CheckOptions, found: Discovery, policies: _Policies, rules: Sequence[Rule]) -> Report:
    for path in [item.path for item in found.inputs] or options.paths:
        policies(path)  # a policy that is not valid is told before anything is read
    progress = _Progress()
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
        )
    finally:
        progress.clear()


@dataclass(slots=True)
class _Policies:
    """The policy of each input: the one that was asked for, or the nearest; with --rule applied."""

    fixed: Policy | None
    only: frozenset[str]
    by_name: dict[str, Policy] = field(default_factory=dict)

    def __call__(self, path: Path) -> Policy:
        policy = policy_for(path) if self.fixed is None else self.fixed
        if policy.name not in self.by_name:
            self.by_name[policy.name] = self.narrowed(policy)
        return self.by_name[policy.name]

    def narrowed(self, policy: Policy) -> Policy:
        asked = {rule_id: replace(policy.setting(rule_id), enabled=True) for rule_id in self.only}
        return replace(policy, rules={**policy.rules, **asked})

    def used(self) -> Iterable[Policy]:
        return self.by_name.values()

    def label(self) -> str:
        return ", ".join(_from_here(name) for name in self.by_name)


def _from_here(name: str) -> str:
    path, here = Path(name), Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else name


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


def _notes(
    options: CheckOptions, found: Discovery, report: Report, policies: Iterable[Policy]
) -> Iterator[str]:
    """Yield what the user asked for and doesn't get."""
    named = {str(path) for path in options.paths}
    for skipped in report.skipped:
        if skipped.path in named:
            yield f"{skipped.path} is skipped: {skipped.reason}"
    kinds = {item.kind for item in found.inputs}
    if options.parameters and InputKind.CLOUDFORMATION not in kinds:
        yield "--parameters has no effect: there is no CloudFormation template"
    if options.var_files and InputKind.TERRAFORM not in kinds:
        yield "--var-file has no effect: there is no Terraform root module (a plan has its values inside)"
    for policy in policies:
        for key in not_acted_on(policy):
            yield f"{_from_here(policy.name)}: `{key}` is not acted on yet by this version"


def _print(report: Report, options: CheckOptions, policy: str, fail_on: Severity) -> None:
    if options.style == "json":
        from sagemaker_netlint.report.json_report import json_report  # noqa: PLC0415 - one format each

        lines: Iterable[str] = [json_report(report, policy, fail_on)]
    else:
        from sagemaker_netlint.report.text_report import text_report  # noqa: PLC0415 - one format each

        lines = text_report(report, policy, verbose=options.verbose, quiet=options.quiet)
    try:
        for line in lines:
            click.echo(line, color=_colour(options.color))
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has seen enough; Python would complain about the same pipe once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _colour(choice: str) -> bool | None:
    if choice == "auto":
        return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None
    return choice == "always"


class _Progress:
    """One line on stderr that is rewritten, on a terminal, once reading takes longer than a moment."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = False

    def __call__(self, done: int, total: int, what: str) -> None:
        if sys.stderr.isatty() and (self.shown or time.monotonic() - self.start > _QUIET_SECONDS):
            self.shown = True
            click.echo(f"\r\x1b[Kread {done} of {total}: {what[:80]}", err=True, nl=False)

    def clear(self) -> None:
        if self.shown:
            with suppress(OSError):
                click.echo("\r\x1b[K", err=True, nl=False)
