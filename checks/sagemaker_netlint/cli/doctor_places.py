"""What `doctor` asks of the current folder: the policy that holds, its inventory, the pre-commit hook."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from sagemaker_netlint.cli.inputs import from_here
from sagemaker_netlint.cli.probe import Answer, Probe, Status, started
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.policy_file import load_policy, policy_name_for
from sagemaker_netlint.rules.catalogue import ALL_RULES

_CONFIG = ".pre-commit-config.yaml"
_HOOK = "sagemaker-netlint"
_SECONDS = 15


def place_probes(folder: Path) -> Iterator[Probe]:
    """Yield the questions about a folder."""
    yield Probe("policy", partial(_policy, folder))
    yield Probe("inventory", partial(_inventory, folder))
    yield Probe("pre-commit", partial(_pre_commit, folder))


def _policy(folder: Path) -> Answer:
    name, found = policy_name_for(folder)
    try:
        policy = load_policy(name)
    except MarkedFileError as error:
        return (
            Status.FAIL,
            f"{from_here(name)} ({found}) is not valid: {error}",
            "mend the line that is named",
        )
    on = sum(policy.setting(rule.id).enabled for rule in ALL_RULES)
    return Status.OK, f"{from_here(name)} ({found}), {on} of {len(ALL_RULES)} rules on", ""


def _inventory(folder: Path) -> Answer:
    try:
        files = load_policy(policy_name_for(folder)[0]).inventory
    except MarkedFileError:
        return Status.WARNING, "is not looked at, as the policy or an inventory is not valid", ""
    shown = ", ".join(from_here(file) for file in files)
    return Status.OK, f"{len(files)} read: {shown}" if files else "none; what exists already is not known", ""


def _pre_commit(folder: Path) -> Answer:
    config = _nearest_config(folder)
    if config is None:
        return Status.OK, f"there is no {_CONFIG}, so no hook checks commits", ""
    try:
        data = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        return (
            Status.WARNING,
            f"{from_here(str(config))} can't be read: {reason}",
            "pre-commit validate-config",
        )
    hooks = sorted(_hooks(data))
    if not hooks:
        text = f"{from_here(str(config))} names no hook of ours, so no hook checks commits"
        return Status.WARNING, text, f"add the hook `{_HOOK}`, as docs/doors.md shows"
    if not _installed(config.parent):
        text = f"{from_here(str(config))} names {', '.join(hooks)}, and git doesn't call pre-commit"
        return Status.WARNING, text, "pre-commit install"
    return Status.OK, f"{from_here(str(config))} names {', '.join(hooks)}; git calls it", ""


def _nearest_config(folder: Path) -> Path | None:
    for place in (folder, *folder.parents):
        if (place / _CONFIG).is_file():
            return place / _CONFIG
        if (place / ".git").exists():
            return None
    return None


def _hooks(data: Any) -> Iterator[str]:
    """Yield the ids of our hooks in a configuration, whatever shape it has."""
    repositories = data.get("repos") if isinstance(data, dict) else None
    for repository in repositories if isinstance(repositories, list) else []:
        hooks = repository.get("hooks") if isinstance(repository, dict) else None
        for hook in hooks if isinstance(hooks, list) else []:
            name = str(hook.get("id", "")) if isinstance(hook, dict) else ""
            if name.startswith(_HOOK):
                yield name


def _installed(folder: Path) -> bool:
    """Say whether git has a hook for commits; where git can't tell, there is nothing to complain about."""
    done = started(("git", "rev-parse", "--git-path", "hooks/pre-commit"), _SECONDS, folder)
    return done.returncode != 0 or (folder / done.stdout.strip()).is_file()
