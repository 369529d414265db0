"""The command `sagemaker-netlint`. What is slow to import is imported by the command that needs it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sagemaker_netlint import __version__
from sagemaker_netlint.cli.capacity_plan import plan_command
from sagemaker_netlint.cli.default_command import DefaultCommandGroup
from sagemaker_netlint.cli.input_options import color_option, input_options
from sagemaker_netlint.cli.month_option import month_of
from sagemaker_netlint.cli.use_options import use_options
from sagemaker_netlint.exit_codes import ExitCode

_SEVERITIES = ("info", "low", "medium", "high", "critical")

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint check .
  sagemaker-netlint check template.yaml --policy regulated
  sagemaker-netlint check infra/ --var-file prod.tfvars --fail-on high
  sagemaker-netlint check plan.json --format json
  checkov -d . --external-checks-dir "$(sagemaker-netlint checkov-dir)"
"""

_EXIT_CODES = """
\b
Exit codes:
  0  no violation
  1  violations at or above --fail-on, or undecided findings where the policy says that they fail
  2  wrong usage, or a policy that is not valid
  3  an internal error
  4  nothing to check
"""

_EXPLAIN_EXAMPLES = """
\b
Examples:
  sagemaker-netlint explain .
  sagemaker-netlint explain template.yaml --subject StudioDomain --verbose
  sagemaker-netlint explain plan.json --graph network.svg
"""

_EXPLAIN_EXIT_CODES = """
\b
Exit codes:
  0  it is explained: blocked ways are no error here
  1  an input could not be read
  2  wrong usage, no workload of the address, or a policy that is not valid
  3  an internal error
  4  nothing to explain: no SageMaker workload is declared
"""

_CAPACITY_EXAMPLES = """
\b
Examples:
  sagemaker-netlint capacity .
  sagemaker-netlint capacity studio.yaml --users 100 --growth 20 --horizon 36
  sagemaker-netlint capacity infra/ --explain
  sagemaker-netlint capacity infra/ --chart capacity.svg
  sagemaker-netlint capacity plan --help    (which subnets to create)
"""

_CAPACITY_EXIT_CODES = """
\b
Exit codes:
  0  everything fits at the horizon, in total and in each subnet
  1  some subnets are short, an input could not be read, or it is undecided whether they are short
     and the policy says that this fails
  2  wrong usage, or a policy that is not valid
  3  an internal error
  4  nothing to reckon: no SageMaker workload in subnets
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=_EXAMPLES
)
@click.version_option(__version__, prog_name="sagemaker-netlint", message="%(prog)s %(version)s")
def cli() -> None:
    """Check the network of Amazon SageMaker workloads in CloudFormation and Terraform."""


@cli.command(epilog=_EXAMPLES + _EXIT_CODES)
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--format", "style", type=click.Choice(("text", "json")), default="text", help="The report's format."
)
@input_options
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    default="low",
    show_default=True,
    help="The lowest severity that fails.",
)
@click.option(
    "--rule",
    "only",
    metavar="ID",
    multiple=True,
    help="Run this rule only, even where the policy has it off (an id or a name; repeatable). "
    "SMN001 (unreadable input) goes along.",
)
@click.option("--skip-rule", "skip", metavar="ID", multiple=True, help="Leave this rule out; repeatable.")
@click.option(
    "--allow-nothing",
    is_flag=True,
    help="End with 0, not 4, where there is nothing to check: for a hook, which names the files of a commit.",
)
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Leave out undecided findings and notes.")
@click.option("-v", "--verbose", is_flag=True, help="List the files and the suppressed findings, too.")
def check(**options: object) -> int:
    """Check CloudFormation templates, Terraform folders and Terraform plans (JSON).

    Each PATH is a file or a folder. What a file is, its content decides; folders are searched.
    """
    from sagemaker_netlint.cli.check import CheckOptions, run_check  # noqa: PLC0415 - keeps --help fast

    return run_check(CheckOptions(**options))  # type: ignore[arg-type] # click has checked the types


@click.command(
    short_help="Show the addresses that workloads need, and whether they fit.",
    epilog=_CAPACITY_EXAMPLES + _CAPACITY_EXIT_CODES,
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
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
    from sagemaker_netlint.cli.capacity import CapacityOptions, run_capacity  # noqa: PLC0415 - as above

    return run_capacity(CapacityOptions(**options))  # type: ignore[arg-type] # click has checked the types


capacity = DefaultCommandGroup("capacity", capacity_report)
capacity.add_command(plan_command)
cli.add_command(capacity)


@cli.command(epilog=_EXPLAIN_EXAMPLES + _EXPLAIN_EXIT_CODES)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--subject",
    metavar="ADDRESS",
    help="Explain this workload only: an address as `check` shows it, or a pattern of one.",
)
@click.option(
    "--format", "style", type=click.Choice(("text", "json")), default="text", help="The report's format."
)
@click.option(
    "--graph",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Draw the network and the ways, too: a file that ends in .svg, .html or .mmd (Mermaid).",
)
@input_options
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Leave out the notes.")
@click.option("-v", "--verbose", is_flag=True, help="Show the chains of the ways that exist, too.")
def explain(**options: object) -> int:
    """Show the ways of workloads: to services, the internet, other networks, file systems, themselves.

    Each way is reachable, blocked or unknown, with the components that lead to the answer and what to change.
    Each PATH is a file or a folder, read as `check` reads it.
    """
    from sagemaker_netlint.cli.explain import ExplainOptions, run_explain  # noqa: PLC0415 - as above

    return run_explain(ExplainOptions(**options))  # type: ignore[arg-type] # click has checked the types


@cli.command("checkov-dir")
def checkov_dir() -> None:
    """Print the folder for Checkov's --external-checks-dir."""
    click.echo(str(Path(__file__).resolve().parent.parent / "checkov_entry"))


@cli.command()
def rules() -> None:
    """List the rules: id, name, severity, and the profiles that have them on."""
    from sagemaker_netlint.policy_file import PROFILES, load_policy  # noqa: PLC0415 - keeps --help fast
    from sagemaker_netlint.rules.catalogue import ALL_RULES  # noqa: PLC0415 - as above

    profiles = [(name, load_policy(name)) for name in PROFILES]
    for rule in ALL_RULES:
        on = ", ".join(name for name, policy in profiles if policy.setting(rule.id).enabled)
        click.echo(f"{rule.id}  {rule.name:<38} {rule.severity!s:<9} {on}")


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
