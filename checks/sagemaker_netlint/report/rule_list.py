"""The list of the rules: a table that fits the terminal, Markdown, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import click

from sagemaker_netlint.findings import Severity
from sagemaker_netlint.report.terminal import columns
from sagemaker_netlint.rule_pages import profiles_of, rule_facts
from sagemaker_netlint.rules.rule import Rule

_HEAD = ("id", "name", "severity", "from profile", "since", "finds")
_LEAST = 3
"""Id, name and severity are shown in the narrowest terminal."""

_LEAST_TITLE = 24


def severity_in(rule: Rule, profile: str | None) -> Severity:
    """Return the severity of the rule, as a profile has it that was asked for."""
    return profiles_of(rule.id).get(profile or "", rule.severity)


def _row(rule: Rule, profile: str | None) -> tuple[str, ...]:
    first = next(iter(profiles_of(rule.id)), "none")
    return rule.id, rule.name, str(severity_in(rule, profile)), first, rule.since, rule.title


def rule_table(rules: Sequence[Rule], profile: str | None, width: int) -> Iterator[str]:
    """Yield the table; columns from the right are left out until a line fits into `width` characters."""
    rows = [_HEAD, *(_row(rule, profile) for rule in rules)]
    shown = len(_HEAD)
    while shown > _LEAST and _width(rows, shown) > width:
        shown -= 1
    for number, line in enumerate(columns(row[:shown] for row in rows)):
        cut = line if len(line) <= width or shown < len(_HEAD) else f"{line[: width - 1].rstrip()}…"
        yield cut if number else click.style(cut, bold=True)


def _width(rows: Sequence[Sequence[str]], shown: int) -> int:
    """Return the width of the first columns; a title may be cut, so it counts for a part only."""
    widths = [max(len(row[index]) for row in rows) for index in range(shown)]
    if shown == len(_HEAD):
        widths[-1] = _LEAST_TITLE
    return sum(widths) + 2 * (shown - 1)


def rule_markdown(rules: Sequence[Rule], profile: str | None) -> Iterator[str]:
    """Yield a Markdown table, with links to the pages."""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"| {' | '.join(['---'] * len(_HEAD))} |"
    for rule in rules:
        rule_id, name, *rest = _row(rule, profile)
        cells = (f"[{rule_id}]({rule.guideline})", f"`{name}`", *rest)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def rule_json(rules: Sequence[Rule]) -> str:
    """Return a list of what is known of each rule."""
    return json.dumps([rule_facts(rule) for rule in rules], indent=2)
