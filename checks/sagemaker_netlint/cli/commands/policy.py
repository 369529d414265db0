"""The commands `policy init`, `policy show` and `policy check`, as the command line declares them."""

from __future__ import annotations

from pathlib import Path

import click

from sagemaker_netlint.cli.completing import PROFILES, complete_profiles
from sagemaker_netlint.cli.input_options import FILE, color_option

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint policy init
  sagemaker-netlint policy show --effective infra/
  sagemaker-netlint policy check
"""

_INIT_EXAMPLES = """
\b
Examples:
  sagemaker-netlint policy init
  sagemaker-netlint policy init --yes --profile regulated --undecided fail
  sagemaker-netlint policy init --users 40 --approved-subnet subnet-0abc12de --output team/policy.yaml
  sagemaker-netlint policy init --yes --output -

\b
Exit codes:
  0  the file is written
  2  wrong usage, or the file is there already
  3  an internal error
"""

_SHOW_EXAMPLES = """
\b
Examples:
  sagemaker-netlint policy show
  sagemaker-netlint policy show --effective infra/main.tf
  sagemaker-netlint policy show --effective --policy regulated > whole.yaml
  sagemaker-netlint policy show --effective --format json

\b
Exit codes:
  0  the policy is shown
  2  wrong usage, or a policy that is not valid
  3  an internal error
"""

_CHECK_EXAMPLES = """
\b
Examples:
  sagemaker-netlint policy check
  sagemaker-netlint policy check company.yaml

\b
Exit codes:
  0  the policy is valid
  2  wrong usage, or a policy that is not valid: the file, the line and the key are named
  3  an internal error
"""


@click.group("policy", epilog=_EXAMPLES)
def command() -> None:
    """Write a policy file, show which policy holds, and check one."""


@command.command("init", epilog=_INIT_EXAMPLES)
@click.option("--profile", type=click.Choice(PROFILES), help="The profile that the policy extends.")
@click.option(
    "--undecided", type=click.Choice(("report", "fail")), help="Whether findings that stay undecided fail."
)
@click.option(
    "--internet", type=click.Choice(("allow", "forbid")), help="Whether workloads may reach the internet."
)
@click.option(
    "--users", metavar="N", type=click.IntRange(0, 100_000), help="People, or user profiles, of each domain."
)
@click.option(
    "--approved-subnet",
    "approved_subnets",
    metavar="ID|ADDRESS",
    multiple=True,
    help="A subnet in which jobs may run, beside those of a domain; * stands for any characters; repeatable.",
)
@click.option(
    "--endpoint",
    "endpoints",
    metavar="SERVICE",
    multiple=True,
    help="A service that a VPC-only domain needs an endpoint of, such as sagemaker.api; repeatable. They "
    "replace the profile's.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=Path(".sagemaker-netlint.yaml"),
    show_default=True,
    help="The file to write; - is the standard output.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: what no option says is the profile's.")
def init(**options: object) -> int:
    """Write a policy file with comments, and with the schema by which editors complete its keys.

    On a terminal it asks for what no option says. Elsewhere it asks nothing.
    """
    from sagemaker_netlint.cli.policy_init import InitOptions, run_policy_init  # noqa: PLC0415 - keeps --help fast

    return run_policy_init(InitOptions(**options))  # type: ignore[arg-type] # click has checked the types


@command.command("show", epilog=_SHOW_EXAMPLES)
@click.argument("path", metavar="[PATH]", default=Path(), type=click.Path(exists=True, path_type=Path))
@click.option(
    "--effective", is_flag=True, help="Every setting in force, with the profile or the line that it is from."
)
@click.option(
    "--policy",
    metavar="NAME|FILE",
    shell_complete=complete_profiles,
    help="Show this policy, not the one that is found for PATH.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(("yaml", "json")),
    default="yaml",
    show_default=True,
    help="A policy file with comments, or a list of settings (with --effective).",
)
@color_option
def show(path: Path, policy: str | None, style: str, color: str, *, effective: bool) -> int:
    """Show the policy that holds for PATH (the current folder), and how it was found.

    Without --effective it is the file as it is written. With it, the output is a policy file of its own,
    which extends nothing.
    """
    from sagemaker_netlint.cli.policy_show import run_policy_show  # noqa: PLC0415 - keeps --help fast

    return run_policy_show(path, policy, style, color, merged=effective)


@command.command("check", epilog=_CHECK_EXAMPLES)
@click.argument("file", metavar="[FILE]", required=False, type=FILE)
def check(file: Path | None) -> int:
    """Say whether a policy file is valid; without FILE, the one that is found for the current folder."""
    from sagemaker_netlint.cli.policy_show import run_policy_check  # noqa: PLC0415 - keeps --help fast

    return run_policy_check(file)
