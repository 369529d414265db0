"""What is told of a rule beside its code: its family, its profiles, and the sections of its page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from sagemaker_netlint.data_files import rule_page_file
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import PROFILES, load_policy, rule_id_of
from sagemaker_netlint.readers.mapping import resource_types
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID
from sagemaker_netlint.rules.rule import Rule

SECTIONS = {
    "What it requires": "requires",
    "Why": "why",
    "Examples": "examples",
    "How to fix": "fix",
    "What it cannot see": "limits",
    "When it is safe to ignore": "ignore",
}
"""The headings of every rule's page, in order, and their names in JSON."""

_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def rule_named(text: str) -> Rule | None:
    """Return the rule of an id or a name, or of its id in Checkov or cfn-lint, in whatever case."""
    rule_id = rule_id_of(text)
    if rule_id is not None:
        return BY_ID[rule_id]
    asked = text.upper()
    return next((rule for rule in ALL_RULES if asked in {rule.checkov_id, rule.cfn_lint_id}), None)


@cache
def _profile(name: str) -> Policy:
    return load_policy(name)


@cache
def profiles_of(rule_id: str) -> Mapping[str, Severity]:
    """Return the profiles that have the rule on, and the severity that it has in each."""
    settings = {name: _profile(name).setting(rule_id) for name in PROFILES}
    own = BY_ID[rule_id].severity
    return {
        name: own if setting.severity is None else setting.severity
        for name, setting in settings.items()
        if setting.enabled
    }


def rule_sections(rule: Rule) -> dict[str, str]:
    """Return the sections of the rule's page, as Markdown, by heading.

    Raises:
        OSError: the page was not installed.

    """
    text = rule_page_file(rule.id, rule.name).read_text(encoding="utf-8")
    _, *parts = _HEADING.split(_COMMENT.sub("", text))
    return {head: body.strip() for head, body in zip(parts[::2], parts[1::2], strict=True)}


def rule_facts(rule: Rule) -> dict[str, Any]:
    """Return the rule for machines: the ids, where it is on, what it judges, where more is told."""
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "severity": str(rule.severity),
        "since": rule.since,
        "profiles": {name: str(severity) for name, severity in profiles_of(rule.id).items()},
        "checkov_id": rule.checkov_id,
        "cfn_lint_id": cfn_lint_id_of(rule),
        "subjects": list(resource_types(rule.subjects)),
        "reads": [each.value for each in Language if each in rule.languages],
        "related": list(rule.related),
        "references": list(rule.references),
        "docs": rule.guideline,
    }


def cfn_lint_id_of(rule: Rule) -> str | None:
    """Return the id in cfn-lint, which reads CloudFormation alone."""
    return rule.cfn_lint_id if Language.CLOUDFORMATION in rule.languages else None
