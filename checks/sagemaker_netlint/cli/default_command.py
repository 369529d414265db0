"""A group of commands of which one has no name: `capacity PATH...` beside `capacity plan`.

click has no such group. `click-default-group` runs the nameless command under its own name as well, shows
that name in every usage line and gives `--help` to the group; what is wanted is less than that.
"""

from __future__ import annotations

from typing import Any

import click


class DefaultCommandGroup(click.Group):
    """Hands all arguments to `default`, unless the first one names another command of the group."""

    def __init__(self, name: str, default: click.Command) -> None:
        """Make a group that looks like its default command."""
        super().__init__(name, help=default.help, short_help=default.short_help)
        self.default = default

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the default command, or of the group where its command is named."""
        if args and args[0] in self.commands:
            return super().make_context(info_name, args, parent, **extra)
        return self.default.make_context(info_name, args, parent, **extra)
