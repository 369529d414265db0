"""The command `explain` with rules in place of paths: their pages, for the terminal or as JSON.

What exists as a file or a folder is a path, whatever its name: a rule that bears the same name is shown from
another folder. So the meaning of a command line that names paths never changes with the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from sagemaker_netlint.cli.inputs import echo_lines
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.policy_file import did_you_mean_rule
from sagemaker_netlint.report.rule_page import rule_page_lines, rule_pages_json
from sagemaker_netlint.report.terminal import terminal_width
from sagemaker_netlint.rule_pages import rule_named
from sagemaker_netlint.rules.rule import Rule

_WIDEST = 100


def rules_asked(paths: Sequence[Path]) -> list[Rule]:
    """Return the rules that are named, or none where all are paths.

    Raises:
        BadParameter: something is neither a path nor a rule.
        UsageError: there are both.

    """
    rules = [_rule(path) for path in paths if not path.exists()]
    if rules and len(rules) < len(paths):
        raise click.UsageError(
            f"{rules[0].id} is a rule, and there are paths beside it: explain one or the other"
        )
    return rules


def _rule(path: Path) -> Rule:
    rule = rule_named(str(path))
    if rule is None:
        hint = did_you_mean_rule(str(path))
        message = f"Path '{path}' does not exist{', and no rule is named so' + hint if hint else '.'}"
        raise click.BadParameter(message, param_hint="'PATH...'")
    return rule


def run_explain_rules(rules: Sequence[Rule], style: str, color: str, without_effect: Iterable[str]) -> int:
    """Print the rules' pages, and return the exit code. `without_effect` are options that go with paths."""
    for option in without_effect:
        raise click.UsageError(f"{option} goes with a path, and {rules[0].id} is a rule")
    lines = [rule_pages_json(rules)] if style == "json" else _pages(rules)
    echo_lines(lines, color)
    return ExitCode.CLEAN


def _pages(rules: Sequence[Rule]) -> Iterator[str]:
    width = min(terminal_width(_WIDEST), _WIDEST)
    for number, rule in enumerate(rules):
        if number:
            yield ""
        yield from rule_page_lines(rule, width)
