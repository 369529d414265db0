"""The commands `hook checkov` and `hook cfn-lint`, as the command line declares them."""

from __future__ import annotations

from pathlib import Path

import click

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint hook checkov main.tf modules/network/main.tf
  sagemaker-netlint hook cfn-lint template.yaml
  sagemaker-netlint check --touched main.tf    (our own command in the same way)
"""

_EXIT_CODES = """
\b
Exit codes:
  0  no finding, or the files concern no input
  1  findings, or something could not be read
  2  wrong usage, or what the commit deletes can't be told
  3  the host failed, or did not load our checks
"""

_FILES = click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))


@click.group("hook", epilog=_EXAMPLES)
def command() -> None:
    """Run Checkov or cfn-lint with our rules on what the files of a commit concern."""


@command.command("checkov", epilog=_EXAMPLES + _EXIT_CODES)
@_FILES
def checkov(files: tuple[Path, ...]) -> int:
    """Run Checkov with our checks alone; they must have been loaded.

    The files are those of a commit. What they concern is checked: whole root modules, parent stacks, plans.
    """
    from sagemaker_netlint.cli.hooks import run_checkov_hook  # noqa: PLC0415 - keeps --help fast

    return run_checkov_hook(files)


@command.command("cfn-lint", epilog=_EXAMPLES + _EXIT_CODES)
@_FILES
def cfn_lint(files: tuple[Path, ...]) -> int:
    """Run cfn-lint with our rules, and its own about what can't be parsed.

    The files are those of a commit. The templates that they concern are checked, parent stacks among them.
    """
    from sagemaker_netlint.cli.hooks import run_cfn_lint_hook  # noqa: PLC0415 - keeps --help fast

    return run_cfn_lint_hook(files)
