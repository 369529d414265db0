"""The command `doctor`, as the command line declares it."""

from __future__ import annotations

import click

from sagemaker_netlint.cli.input_options import color_option

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint doctor
  sagemaker-netlint doctor --quick
  sagemaker-netlint doctor --format json

\b
Exit codes:
  0  nothing fails; a warning is no failure
  1  something fails, and the line says what to type
  2  wrong usage
  3  an internal error
"""


@click.command("doctor", epilog=_EXAMPLES)
@click.option("--quick", is_flag=True, help="Leave out the doors, which take seconds.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.IntRange(1, 600),
    default=60,
    show_default=True,
    help="How long each of the programs that are tried out may take.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Lines, or a list.",
)
@color_option
def command(style: str, color: str, timeout: int, *, quick: bool) -> int:
    """Say whether all is in place: versions, the policy, the hook, and whether each door sees the rules.

    The doors are tried out: Checkov and cfn-lint are run on a notebook instance with direct internet access,
    and have to find it by our rule. Nothing is changed, and nothing is sent anywhere.
    """
    from sagemaker_netlint.cli.doctor import run_doctor  # noqa: PLC0415 - keeps --help fast

    return run_doctor(style, color, timeout, quick=quick)
