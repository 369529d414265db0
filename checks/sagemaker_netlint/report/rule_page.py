"""A rule's page: for the terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import wrap

import click

from sagemaker_netlint.report.terminal_markdown import markdown_lines
from sagemaker_netlint.rule_pages import (
    SECTIONS,
    cfn_lint_id_of,
    profiles_of,
    rule_facts,
    rule_sections,
)
from sagemaker_netlint.rules.rule import Rule

_MARGIN = 10


def rule_page_lines(rule: Rule, width: int) -> Iterator[str]:
    """Yield the page's lines, with colours that `click.echo` removes where they are not wanted.

    Raises:
        OSError: the page was not installed.

    """
    yield f"{click.style(f'{rule.id} {rule.name}', bold=True)}  {rule.severity}"
    yield from wrap(rule.title, width)
    yield ""
    for name, value in _facts(rule):
        yield from wrap(value, width, initial_indent=name.ljust(_MARGIN), subsequent_indent=" " * _MARGIN)
    for heading, text in rule_sections(rule).items():
        yield ""
        yield click.style(heading, bold=True, underline=True)
        yield ""
        yield from markdown_lines(text, width)
    yield ""
    yield click.style("References", bold=True, underline=True)
    yield ""
    yield from (rule.guideline, *rule.references)


def _facts(rule: Rule) -> Iterator[tuple[str, str]]:
    on = (
        name if severity is rule.severity else f"{name} (as {severity})"
        for name, severity in profiles_of(rule.id).items()
    )
    yield "profiles", ", ".join(on) or "none; turn it on in a policy of your own"
    yield "Checkov", rule.checkov_id
    yield "cfn-lint", cfn_lint_id_of(rule) or "none: CloudFormation cannot express it"
    yield "related", ", ".join(rule.related) or "none"
    yield "since", rule.since


def rule_pages_json(rules: Iterable[Rule]) -> str:
    """Return what is known of each rule, with the sections of its page as Markdown.

    Raises:
        OSError: a page was not installed.

    """
    pages = [
        {**rule_facts(rule), "page": {SECTIONS[key]: text for key, text in rule_sections(rule).items()}}
        for rule in rules
    ]
    return json.dumps(pages, indent=2)
