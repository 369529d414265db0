"""The command `rules`: filters in, a list of rules out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import click

from sagemaker_netlint.cli.inputs import echo_lines
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.report.rule_list import rule_json, rule_markdown, rule_table, severity_in
from sagemaker_netlint.report.terminal import terminal_width
from sagemaker_netlint.rule_pages import profiles_of, rule_facts
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule

_NO_TERMINAL = 1000
"""The width where the output goes into a pipe: a line per rule, whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesOptions:
    """The options, as the command line gives them. `family` is the digit of the hundreds."""

    words: tuple[str, ...]
    family: str | None
    profile: str | None
    severity: str | None
    related: str | None
    style: str
    color: str


def run_rules(options: RulesOptions) -> int:
    """List the rules that every filter lets through, and return the exit code."""
    _refuse_unknown(options.related)
    filters = list(_filters(options))
    rules = [rule for rule in ALL_RULES if all(wants(rule) for wants in filters)]
    if rules or options.style == "json":
        echo_lines(_lines(rules, options), options.color)
    if rules:
        return ExitCode.CLEAN
    click.echo("no rule is like that; `sagemaker-netlint rules` lists all", err=True)
    return ExitCode.NOTHING_TO_CHECK


def _filters(options: RulesOptions) -> Iterator[Callable[[Rule], bool]]:
    family, profile, related = options.family, options.profile, options.related
    if family is not None:
        yield lambda rule: rule.id.startswith(f"SMN{family}")
    if profile is not None:
        yield lambda rule: profile in profiles_of(rule.id)
    if options.severity is not None:
        least = Severity[options.severity.upper()]
        yield lambda rule: severity_in(rule, profile) >= least
    if related is not None:
        yield lambda rule: related.lower() in map(str.lower, _ids_elsewhere(rule))
    if options.words:
        yield lambda rule: all(word.lower() in _searched(rule) for word in options.words)


def _ids_elsewhere(rule: Rule) -> tuple[str, ...]:
    return rule.checkov_id, rule.cfn_lint_id, *rule.related


def _searched(rule: Rule) -> str:
    facts = rule_facts(rule)
    return " ".join((rule.id, rule.name, rule.title, *_ids_elsewhere(rule), *facts["subjects"])).lower()


def _refuse_unknown(related: str | None) -> None:
    known = {each.lower(): each for rule in ALL_RULES for each in _ids_elsewhere(rule)}
    if related is None or related.lower() in known:
        return
    near = get_close_matches(related.lower(), known, n=1)
    hint = f"; did you mean {known[near[0]]}?" if near else ""
    raise click.BadParameter(f"no rule is related to {related!r}{hint}", param_hint="--related")


def _lines(rules: list[Rule], options: RulesOptions) -> Iterable[str]:
    if options.style == "json":
        return [rule_json(rules)]
    if options.style == "markdown":
        return rule_markdown(rules, options.profile)
    return rule_table(rules, options.profile, terminal_width(_NO_TERMINAL))
