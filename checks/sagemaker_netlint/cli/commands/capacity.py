"""The commands `capacity` and `capacity plan`, as the command line declares them."""

from __future__ import annotations

from pathlib import Path

import click

from sagemaker_netlint.cli.capacity_plan import plan_command
from sagemaker_netlint.cli.completing import complete_paths_and_plan
from sagemaker_netlint.cli.default_command import DefaultCommandGroup
from sagemaker_netlint.cli.input_options import color_option, input_options
from sagemaker_netlint.cli.month_option import month_of
from sagemaker_netlint.cli.use_options import use_options

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint capacity .
  sagemaker-netlint capacity studio.yaml --users 100 --growth 20 --horizon 36
  sagemaker-netlint capacity infra/ --explain
  sagemaker-netlint capacity infra/ --chart capacity.svg
  sagemaker-netlint capacity plan --help    (which subnets to create)
"""

_EXIT_CODES = """
\b
Exit codes:
  0  everything fits at the horizon, in total and in each subnet
  1  some subnets are short, an input could not be read, or it is undecided whether they are short
     and the policy says that this fails
  2  wrong usage, or a policy that is not valid
  3  an internal error
  4  nothing to reckon: no SageMaker workload in subnets
"""


@click.command(
    short_help="Show the addresses that workloads need, and whether they fit.",
    epilog=_EXAMPLES + _EXIT_CODES,
)
@click.argument(
    "paths",
    metavar="[PATH]...",
    nargs=-1,
    type=click.Path(exists=True, path_type=Path),
    shell_complete=complete_paths_and_plan,
)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    help="The report's format.",
)
@input_options
@use_options
@click.option(
    "--start",
    metavar="YYYY-MM",
    callback=month_of,
    help="The calendar month that the forecast starts in; without it, the present one.",
)
@click.option("--explain", is_flag=True, help="Show how each figure is reckoned, and where it comes from.")
@click.option(
    "--chart",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Draw the forecast, too: a file that ends in .svg, .png or .html.",
)
@click.option("--allow-nothing", is_flag=True, help="End with 0, not 4, where there is nothing to reckon.")
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Leave out the notes.")
@click.option("-v", "--verbose", is_flag=True, help="List every subnet, however many there are.")
def capacity_report(**options: object) -> int:
    """Show how many addresses the SageMaker workloads need, and whether their subnets have them.

    Each PATH is a file or a folder, read as `check` reads it; without any, it is the current folder.
    A folder named `plan` is `./plan`, since `plan` is a command.
    """
    from sagemaker_netlint.cli.capacity import CapacityOptions, run_capacity  # noqa: PLC0415 - keeps --help fast

    return run_capacity(CapacityOptions(**options))  # type: ignore[arg-type] # click has checked the types


command = DefaultCommandGroup("capacity", capacity_report)
command.add_command(plan_command)
