"""A group whose commands are imported when they are asked for: `check` doesn't wait for the others."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """Holds commands by name; the module of one, and its `command`, are read on the first use.

    The module of the command `checkov-dir` in the package `p` is `p.checkov_dir`.
    """

    def __init__(self, *arguments: Any, package: str, names: Sequence[str], **settings: Any) -> None:
        """Make a group of the commands `names`, which are modules of `package`."""
        super().__init__(*arguments, **settings)
        self.package = package
        self.names = tuple(names)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the alphabet, as click does."""
        return sorted({*self.names, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now."""
        if cmd_name in self.names and cmd_name not in self.commands:
            module = import_module(f"{self.package}.{cmd_name.replace('-', '_')}")
            self.add_command(module.command, cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; for a name that none has, tell the nearest.

        click knows the imported ones alone, and before 8.3 it proposes none.
        """
        name = args[0]
        if name.startswith("-") or ctx.resilient_parsing or self.get_command(ctx, name):
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, self.list_commands(ctx), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise click.UsageError(f"No such command {name!r}.{hint}", ctx)
