"""The command `sagemaker-netlint`. A command is a module of `cli.commands`, imported when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sagemaker_netlint import __version__
from sagemaker_netlint.cli.lazy_group import LazyGroup
from sagemaker_netlint.exit_codes import ExitCode

COMMANDS = (
    *("baseline", "capacity", "check", "checkov-dir", "completion", "doctor", "explain", "hook"),
    *("inventory", "policy", "rules"),
)
"""The commands: `checkov-dir` is the module `cli.commands.checkov_dir`."""

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint check .
  sagemaker-netlint check template.yaml --policy regulated
  sagemaker-netlint check infra/ --var-file prod.tfvars --fail-on high
  sagemaker-netlint check plan.json --format json
  checkov -d . --external-checks-dir "$(sagemaker-netlint checkov-dir)"
"""


@click.group(
    cls=LazyGroup,
    package="sagemaker_netlint.cli.commands",
    names=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXAMPLES,
)
@click.version_option(__version__, prog_name="sagemaker-netlint", message="%(prog)s %(version)s")
def cli() -> None:
    """Check the network of Amazon SageMaker workloads in CloudFormation and Terraform."""


def _where(error: BaseException) -> str:
    """Return the file and line of ours that raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return "?" if place is None else f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit."""
    for stream in (sys.stdout, sys.stderr):
        # a terminal that can't show a character of a template must not end the report
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code = cli.main(arguments, prog_name="sagemaker-netlint", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process's edge: Python would end with 1, "violations"
        click.echo(
            f"internal error: {_where(error)}: {type(error).__name__}: {error}; please report", err=True
        )
        code = ExitCode.INTERNAL_ERROR
    sys.exit(code if isinstance(code, int) else 0)
