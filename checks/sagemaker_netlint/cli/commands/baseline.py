"""The commands `baseline create` and `baseline prune`, as the command line declares them."""

from __future__ import annotations

from pathlib import Path

import click

from sagemaker_netlint.cli.input_options import FILE, input_options

_DEFAULT = Path(".sagemaker-netlint-baseline.json")

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint baseline create
  sagemaker-netlint baseline create infra/ -o infra/baseline.json
  sagemaker-netlint check . --baseline .sagemaker-netlint-baseline.json
  sagemaker-netlint baseline prune .sagemaker-netlint-baseline.json
"""

_EXIT_CODES = """
\b
Exit codes:
  0  the file is written
  1  it is written, and something could not be read (SMN001), which no baseline holds
  2  wrong usage, or a policy or baseline that is not valid
  3  an internal error; nothing is written
  4  nothing to check; nothing is written
"""


@click.group("baseline", epilog=_EXAMPLES)
def command() -> None:
    """Accept the findings of today, so that `check --baseline` fails for new ones only."""


@command.command("create", epilog=_EXAMPLES + _EXIT_CODES)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=_DEFAULT,
    show_default=True,
    help="The file to write; one that is there is replaced.",
)
@input_options
def create(**options: object) -> int:
    """Write all findings of today to a file.

    Each PATH is a file or a folder, read as `check` reads it; without any, it is the current folder. Use the
    same policy, parameters and variables as for `check`.
    """
    from sagemaker_netlint.cli.baseline import CreateOptions, run_create  # noqa: PLC0415 - keeps --help fast

    return run_create(CreateOptions(**options, color="auto"))  # type: ignore[arg-type] # click has checked them


@command.command("prune", epilog=_EXAMPLES + _EXIT_CODES)
@click.argument("baseline", metavar="FILE", type=FILE)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@input_options
def prune(**options: object) -> int:
    """Take out of a baseline what is mended; nothing is added.

    An entry goes where its input was read below a PATH, or is gone, and no finding is left for it.
    """
    from sagemaker_netlint.cli.baseline import PruneOptions, run_prune  # noqa: PLC0415 - keeps --help fast

    return run_prune(PruneOptions(**options, color="auto"))  # type: ignore[arg-type] # click has checked them
