"""The texts that `docs/generate.py` puts between the markers, each made from the code itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import fixture_snippets
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.mapping import TABLE, Entity, awscc_type, resource_types
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ("baseline", "vpc-only", "regulated")
LANGUAGES = {
    Language.CLOUDFORMATION: "CloudFormation",
    Language.TERRAFORM: "Terraform",
    Language.TERRAFORM_PLAN: "Terraform plans",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str, language: str = "") -> str:
    """Return a fenced block."""
    return f"```{language}\n{text}\n```"


# -- rules -----------------------------------------------------------------------------------------


def rule_header(rule: Rule) -> str:
    """Return the table at the head of a rule's page."""
    types = ", ".join(f"`{name}`" for name in resource_types(rule.subjects))
    rows = [
        ("Title", rule.title),
        ("Severity", str(rule.severity)),
        ("Since", rule.since),
        ("Judges", types or "every file that is read"),
        ("Reads", ", ".join(text for language, text in LANGUAGES.items() if language in rule.languages)),
        ("Profiles", ", ".join(_profiles_with(rule)) or "none; turn it on in a policy of your own"),
        ("In Checkov", f"`{rule.checkov_id}`"),
        ("In cfn-lint", f"`{rule.cfn_lint_id}`" if Language.CLOUDFORMATION in rule.languages else "—"),
        ("Related", ", ".join(rule.related) or "—"),
        ("Sources", "<br>".join(f"<{address}>" for address in rule.references) or "—"),
    ]
    return table((rule.id, f"`{rule.name}`"), rows)


def _profiles_with(rule: Rule) -> Iterator[str]:
    for name in PROFILES:
        setting = load_policy(name).setting(rule.id)
        if setting.enabled:
            yield name if setting.severity is None else f"{name} (as {setting.severity})"


def rule_examples(rule: Rule) -> str:
    """Return what fails and what passes, from the fixture scenario `basic`."""
    folder = ROOT / "fixtures" / f"{rule.id.lower()}-{rule.name}" / "basic"
    parts = []
    template, module = folder / "template.template", folder / "main.tf"
    if template.is_file():
        cut = (fixture_snippets.cloudformation(template, prefix) for prefix in ("Fail", "Pass"))
        parts += _example("CloudFormation", "yaml", *cut)
    if module.is_file():
        cut = (fixture_snippets.terraform(module, prefix) for prefix in ("fail_", "pass_"))
        parts += _example("Terraform", "terraform", *cut)
    place = f"fixtures/{folder.parent.name}"
    source = f"More cases, with the networks around them, are in [`{place}`](../../{place})."
    return "\n\n".join([*parts, source]) if folder.parent.is_dir() else "There is no fixture for this rule."


def _example(title: str, language: str, fails: str | None, passes: str | None) -> Iterator[str]:
    if fails:
        yield f"{title}, fails:"
        yield code(fails, language)
    if passes:
        yield f"{title}, passes:"
        yield code(passes, language)


def rule_suppressions(rule: Rule) -> str:
    """Return the spellings of an ignore that every door honours."""
    yaml = [
        "Metadata:",
        "  cfn-lint:",
        "    config:",
        f"      ignore_checks: [{rule.cfn_lint_id}]",
    ]
    hash_comment = f"# checkov:skip={rule.checkov_id}:the reason"
    own = f"# sagemaker-netlint: ignore[{rule.id}] the reason"
    parts = [
        "Write one of these inside the resource, with your reason; every door honours all of them:",
        code(f"{hash_comment}\n{own}", "terraform"),
    ]
    if Language.CLOUDFORMATION in rule.languages:
        parts.append(code("\n".join(yaml), "yaml"))
    parts.append(f"To turn the rule off everywhere, put `{rule.id}: false` under `rules` in your policy.")
    return "\n\n".join(parts)


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


# -- the model and the policy ----------------------------------------------------------------------


def mapping_table() -> str:
    """Return the table property ↔ argument ↔ field, a section per class of the model."""
    parts = []
    for entity in (*TABLE, *_inline_entities()):
        if not entity.fields:
            continue
        parts.append(f"### {entity.kind.__name__}: {_types(entity)}")
        rows = (
            (f"`{field.name}`", _paths(entity.cfn_at, field.cfn), _paths(entity.tf_at, field.tf))
            for field in entity.fields
        )
        parts.append(table(("Field", "CloudFormation property", "Terraform argument"), rows))
    return "\n\n".join(parts)


def _inline_entities() -> Iterator[Entity]:
    seen = []
    for entity in TABLE:
        for field in entity.fields:
            if field.items and field.items not in seen:
                seen.append(field.items)
                yield field.items


def _types(entity: Entity) -> str:
    names = [entity.cfn, *entity.tf, awscc_type(entity.cfn) if entity.cfn else ""]
    constants = ", ".join(f"{name} {value}" for name, value in entity.constants.items())
    written = ", ".join(f"`{name}`" for name in names if name) or "written inside another resource"
    return f"{written} ({constants})" if constants else written


def _paths(at: str, paths: str) -> str:
    if not paths:
        return "—"
    below = [f"{base}.{path}" if base else path for base in at.split(" | ") for path in paths.split(" | ")]
    return "<br>".join(f"`{path}`" for path in below)


def policy_keys() -> str:
    """Return every key of a policy file, from its schema."""
    schema = json.loads((ROOT / "schemas" / "policy.schema.json").read_text(encoding="utf-8"))
    return table(("Key", "Value", "Default", "Meaning"), _keys(schema, ""))


def _keys(schema: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, key in schema.get("properties", {}).items():
        yield f"`{prefix}{name}`", _value(key), _default(key), key.get("description", "")
        yield from _keys(key, f"{prefix}{name}.")
        for inner, below in ((key.get("additionalProperties"), "*."), (key.get("items"), "[].")):
            if isinstance(inner, dict) and inner.get("properties"):
                yield from _keys(inner, f"{prefix}{name}{below if below == '[].' else '.' + below}")


def _value(key: Mapping[str, Any]) -> str:
    if "enum" in key:
        return " or ".join(f"`{value}`" for value in key["enum"])
    kind = key.get("type", "anything")
    words = {"object": "mapping", "array": "list", "string": "text", "boolean": "true or false"}
    return " or ".join(words.get(name, name) for name in ([kind] if isinstance(kind, str) else kind))


def _default(key: Mapping[str, Any]) -> str:
    return f"`{json.dumps(key['default'])}`" if "default" in key else ""


def decision_list() -> str:
    """Return a line per decision: its title is the first line of its file."""
    files = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = ((file, file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")) for file in files)
    return "\n".join(f"- [{title}]({file.name})" for file, title in titles)


# -- the command -----------------------------------------------------------------------------------


def command_help(*arguments: str) -> str:
    """Return what the command says with `--help`."""
    return code(_run(*arguments, "--help"), "text")


def shown_run(*arguments: str) -> str:
    """Return a run of the command on the examples, as a terminal shows it."""
    return code(f"$ sagemaker-netlint {' '.join(arguments)}\n{_run(*arguments)}", "text")


def _run(*arguments: str) -> str:
    command = Path(sys.executable).with_name("sagemaker-netlint")
    plain = {"NO_COLOR": "1", "COLUMNS": "110", "TERM": "dumb", "SAGEMAKER_NETLINT_POLICY": ""}
    environment = {name: value for name, value in (os.environ | plain).items() if value}
    environment.pop("SAGEMAKER_NETLINT_POLICY", None)
    done = subprocess.run(
        (command, *arguments), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):  # 1: there are violations, which is what examples are for
        raise RuntimeError(f"sagemaker-netlint {' '.join(arguments)}: {done.stderr.strip()}")
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())
