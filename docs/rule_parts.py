"""The generated parts about rules: the pages' headers, examples and ignores, and the tables of all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import fixture_snippets
from page_text import ROOT, code, table
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import PROFILES, load_policy
from sagemaker_netlint.readers.mapping import documents_declare, resource_types
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule

LANGUAGES = {
    Language.CLOUDFORMATION: "CloudFormation",
    Language.TERRAFORM: "Terraform",
    Language.TERRAFORM_PLAN: "Terraform plans",
}

_ABOUT_FILES = {"SMN001": "every file that is read", "SMN002": "the waivers of the policy"}


def rule_header(rule: Rule) -> str:
    """Return the table at the head of a rule's page."""
    types = ", ".join(f"`{name}`" for name in resource_types(rule.subjects))
    rows = [
        ("Title", rule.title),
        ("Severity", str(rule.severity)),
        ("Since", rule.since),
        ("Judges", (types or _ABOUT_FILES[rule.id]) + _documents(rule)),
        ("Reads", ", ".join(text for language, text in LANGUAGES.items() if language in rule.languages)),
        ("Profiles", ", ".join(_profiles_with(rule)) or "none; turn it on in a policy of your own"),
        ("In Checkov", f"`{rule.checkov_id}`"),
        ("In cfn-lint", f"`{rule.cfn_lint_id}`" if Language.CLOUDFORMATION in rule.languages else "—"),
        ("Related", ", ".join(rule.related) or "—"),
        ("Sources", "<br>".join(f"<{address}>" for address in rule.references) or "—"),
    ]
    return table((rule.id, f"`{rule.name}`"), rows)


def _documents(rule: Rule) -> str:
    if not documents_declare(rule.subjects):
        return ""
    return "; what is [declared in a document](../job-documents.md) of a pipeline, state machine or schedule"


def _profiles_with(rule: Rule) -> Iterator[str]:
    for name in PROFILES:
        setting = load_policy(name).setting(rule.id)
        if setting.enabled:
            yield name if setting.severity is None else f"{name} (as {setting.severity})"


_NO_FIXTURE = {
    "SMN001": "There is no fixture: broken files are made by the tests and never stored.",
    "SMN002": "There is no fixture: it is about a policy. The tests write policies of their own.",
}


def rule_examples(rule: Rule) -> str:
    """Return what fails and what passes, from the fixture scenario `basic`."""
    folder = ROOT / "fixtures" / f"{rule.id.lower()}-{rule.name}" / "basic"
    place = f"fixtures/{folder.parent.name}"
    more = f"with the networks around them: [`{place}`](../../{place})."
    if not folder.is_dir():
        return _NO_FIXTURE.get(rule.id, f"Many cases, {more}")
    parts: list[str] = []
    template, module, before = folder / "template.template", folder / "main.tf", folder / "main.tf.before"
    if template.is_file():
        cut = (fixture_snippets.cloudformation(template, prefix) for prefix in ("Fail", "Pass"))
        parts += _example("CloudFormation", "yaml", *cut)
    if before.is_file():
        cut = (fixture_snippets.change(before, module, prefix) for prefix in ("fail_", "pass_"))
        parts += _example("A change in Terraform whose plan", "diff", *cut)
    elif module.is_file():
        cut = (fixture_snippets.terraform(module, prefix) for prefix in ("fail_", "pass_"))
        parts += _example("Terraform", "terraform", *cut)
    return "\n\n".join([*parts, f"More cases, {more}"])


def _example(title: str, language: str, fails: str | None, passes: str | None) -> Iterator[str]:
    separator = " " if language == "diff" else ", "
    for verb, text in (("fails", fails), ("passes", passes)):
        if text:
            yield f"{title}{separator}{verb}:"
            yield code(text, language)


_NO_PLACE = {
    "SMN001": "A file that cannot be read has no place for an ignore, and a waiver can't cover it.",
    "SMN002": "There is no ignore and no waiver for it.",
}


def rule_suppressions(rule: Rule) -> str:
    """Return the spellings of an ignore that every door honours, and the way by the policy."""
    policy = f"To turn the rule off everywhere, put `{rule.id}: false` under `rules` in your policy."
    if not rule.subjects:
        return f"{_NO_PLACE[rule.id]} {policy}"
    if rule.languages == {Language.TERRAFORM_PLAN}:
        no_place = "A plan has no comments, so there is no place for an ignore beside the resource:"
        return f"{no_place} write a [waiver](../waivers.md). {policy}"
    parts = [
        "Write one of these inside the resource, with your reason; every door honours all of them:",
        code(
            f"# checkov:skip={rule.checkov_id}:the reason\n# sagemaker-netlint: ignore[{rule.id}] the reason",
            "terraform",
        ),
    ]
    if Language.CLOUDFORMATION in rule.languages:
        ignore = f"Metadata:\n  cfn-lint:\n    config:\n      ignore_checks: [{rule.cfn_lint_id}]"
        parts.append(code(ignore, "yaml"))
    waiver = "there, and for an exception with an owner and an end, write a [waiver](../waivers.md)."
    return "\n\n".join([*parts, f"Terraform plans have no comments: {waiver} {policy}"])


def rule_table(folder: str) -> str:
    """Return the table of all rules, with links relative to the document's own folder."""
    policies = {name: load_policy(name) for name in PROFILES}
    rows = (
        (
            f"[{rule.id}]({folder}{rule.id}-{rule.name}.md)",
            f"`{rule.name}`",
            rule.title,
            str(rule.severity),
            _first_profile(rule, policies) or "—",
        )
        for rule in ALL_RULES
    )
    return table(("Rule", "Name", "Finds", "Severity", "From profile"), rows)


def _first_profile(rule: Rule, policies: Mapping[str, Policy]) -> str | None:
    return next((name for name, policy in policies.items() if policy.setting(rule.id).enabled), None)


def profile_table() -> str:
    """Return what each profile turns on."""
    rows = []
    before: set[str] = set()
    for name in PROFILES:
        policy = load_policy(name)
        on = {rule.id for rule in ALL_RULES if policy.setting(rule.id).enabled}
        rows.append((f"[`{name}`](policies/{name}.yaml)", str(len(on)), ", ".join(sorted(on - before))))
        before = on
    return table(("Profile", "Rules", "Adds"), rows)
