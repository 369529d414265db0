"""What `check` reads: all that lies in the paths, or only what changed files concern."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sagemaker_netlint.affected import affected
from sagemaker_netlint.cli.git_changes import changed_since, deleted_by_commit
from sagemaker_netlint.data_files import POLICY_VARIABLE
from sagemaker_netlint.discovery import Discovery, discover


@dataclass(frozen=True, slots=True)
class Selection:
    """The folders that are searched, and the changed files to which that is narrowed, if it is."""

    tops: tuple[Path, ...]
    changed: frozenset[Path] | None = None
    governing: tuple[Path, ...] = ()

    @classmethod
    def taken_from(cls, options: MutableMapping[str, Any]) -> Selection:
        """Make it of the options of `check`; those that only say what is selected are taken out.

        Raises:
            GitError: what changed can't be found out.

        """
        touched, revision = options.pop("touched"), options.pop("changed_since")
        if touched and revision is not None:
            raise click.UsageError("--touched and --changed-since exclude each other")
        paths: tuple[Path, ...] = options["paths"]
        tops = (Path(),) if touched else paths or (Path(),)
        options["paths"] = tops
        if touched:
            return cls.of_commit(paths, _governing(options))
        if revision is not None:
            return cls(tops, frozenset(changed_since(revision, tops)), _governing(options))
        return cls(tops)

    @classmethod
    def of_commit(cls, files: Sequence[Path], governing: Sequence[Path] | None = None) -> Selection:
        """Make it of the files that a hook is given, and of those that the commit deletes.

        Raises:
            GitError: what the commit deletes can't be found out.

        """
        rulers = _governing({}) if governing is None else tuple(governing)
        return cls((Path(),), frozenset({*files, *deleted_by_commit()}), rulers)

    def found(self) -> Discovery:
        """Return the inputs."""
        if self.changed is None:
            return discover(self.tops)
        return affected(self.changed, self.tops, self.governing)


def _governing(options: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the files that say how all inputs are read and judged."""
    policy = options.get("policy") or os.environ.get(POLICY_VARIABLE)
    named = (policy, options.get("parameters"), options.get("baseline"), *options.get("var_files", ()))
    return tuple(Path(name) for name in named if name)


def ends_here(selection: Selection, found: Discovery, options: Mapping[str, Any]) -> bool:
    """Say whether the changes concern nothing, which needs no rules and no report but a line of text."""
    wants_report = options["style"] != "text" or options["outputs"]
    if selection.changed is None or found.inputs or found.problems or wants_report:
        return False
    if not options["quiet"]:
        count = len(selection.changed)
        files = "1 changed file concerns" if count == 1 else f"{count} changed files concern"
        click.echo(f"nothing to check: {files} no template, plan or root module")
    return True
