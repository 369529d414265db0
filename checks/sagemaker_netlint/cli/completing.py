"""What a shell may complete beside commands, options and files: profiles and rules."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

PROFILES = ("baseline", "vpc-only", "regulated")
"""Told here once more, since completion and `--help` must not wait for policies; a test compares."""


def complete_profiles(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the profiles that begin like this; files, where none does."""
    found = [CompletionItem(name) for name in PROFILES if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def complete_rules(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the rules that begin like this, by id or by name; all ids, where nothing is typed."""
    from sagemaker_netlint.rules.catalogue import ALL_RULES  # noqa: PLC0415 - for completion only

    asked = incomplete.lower()
    ids = [
        CompletionItem(rule.id, help=rule.title) for rule in ALL_RULES if rule.id.lower().startswith(asked)
    ]
    names = [CompletionItem(rule.name, help=rule.title) for rule in ALL_RULES if rule.name.startswith(asked)]
    return ids + names if asked else ids


def complete_paths_and_rules(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return files and folders; rules, where something is typed that begins like one."""
    rules = complete_rules(context, parameter, incomplete) if incomplete else []
    return rules or [CompletionItem(incomplete, type="file")]


def complete_paths_and_plan(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return files and folders, and the command `plan` as the first word of `capacity`."""
    if incomplete and "plan".startswith(incomplete) and not context.params.get("paths"):
        return [CompletionItem("plan")]
    return [CompletionItem(incomplete, type="file")]
