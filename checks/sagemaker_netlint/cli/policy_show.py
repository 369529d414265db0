"""The commands `policy show` and `policy check`: which policy holds, what is in it, is it valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from sagemaker_netlint.cli.inputs import InvalidFileError, echo_lines, from_here
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.marked_yaml import MarkedFileError, text_of
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import load_policy, policy_name_for
from sagemaker_netlint.policy_layers import Layer, effective, layers_of
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.report.policy_text import policy_json, policy_yaml
from sagemaker_netlint.rules.catalogue import ALL_RULES


def run_policy_show(path: Path, named: str | None, style: str, color: str, *, merged: bool) -> int:
    """Print the policy that holds for a path, and return the exit code."""
    if style == "json" and not merged:
        raise click.UsageError("--format json goes with --effective")
    name, found = (named, "named by --policy") if named else policy_name_for(path)
    _, layers = _loaded(name)
    chain = [layer.name for layer in layers]
    if style == "json":
        lines: Iterable[str] = [policy_json(from_here(name), found, chain, effective(layers))]
    else:
        lines = _shown(from_here(name), found, layers, merged=merged)
    echo_lines(lines, color)
    return ExitCode.CLEAN


def _loaded(name: str) -> tuple[Policy, list[Layer]]:
    try:
        policy = load_policy(name)
        return policy, [replace(layer, name=from_here(layer.name)) for layer in layers_of(name)]
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None


def _shown(name: str, found: str, layers: list[Layer], *, merged: bool) -> Iterator[str]:
    extended = " -> ".join(clean(layer.name) for layer in reversed(layers))
    yield f"# {clean(name)}: {found}"
    yield f"# extends: {extended}" if layers[1:] else "# extends nothing"
    if merged:
        yield from policy_yaml(effective(layers))
    else:
        yield ""
        yield from (clean(line) for line in text_of(Path(layers[-1].marked.file)).splitlines())


def run_policy_check(path: Path | None) -> int:
    """Say whether a policy file is valid, and return the exit code."""
    name, found = (str(path), "") if path else policy_name_for(Path())
    policy, layers = _loaded(name)
    on = sum(policy.setting(rule.id).enabled for rule in ALL_RULES)
    extended = f" extends {clean(layers[-2].name)}," if layers[1:] else ""
    how = f" ({found})" if found else ""
    click.echo(f"{clean(from_here(name))}{how} is valid:{extended} {on} of {len(ALL_RULES)} rules are on")
    return ExitCode.CLEAN
