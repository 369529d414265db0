"""The command `check`, as the command line declares it."""

from __future__ import annotations

from pathlib import Path

import click

from sagemaker_netlint.cli.completing import complete_rules
from sagemaker_netlint.cli.day_option import day_of
from sagemaker_netlint.cli.input_options import FILE, SEVERITIES, color_option, input_options
from sagemaker_netlint.cli.outputs import outputs_of
from sagemaker_netlint.report.formats import FORMATS

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint check .
  sagemaker-netlint check template.yaml --policy regulated
  sagemaker-netlint check infra/ --var-file prod.tfvars --fail-on high
  sagemaker-netlint check plan.json --format json
  sagemaker-netlint check . --baseline .sagemaker-netlint-baseline.json
  sagemaker-netlint check . --output sarif=netlint.sarif --output junit=netlint.xml
  sagemaker-netlint check --changed-since origin/main
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


def _paths(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[Path, ...]:
    """Ask for paths that are there, except where they are changed files: those may be deleted."""
    if ctx.params.get("touched"):
        return tuple(map(Path, value))
    if not value and ctx.params.get("changed_since") is None:
        raise click.MissingParameter(ctx=ctx, param=param)
    there = click.Path(exists=True, path_type=Path)
    return tuple(there.convert(text, param, ctx) for text in value)


@click.command("check", epilog=_EXAMPLES + _EXIT_CODES)
@click.argument("paths", metavar="PATH...", nargs=-1, callback=_paths)
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="The format of the report that is printed.",
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=outputs_of,
    help="Write the report to a file, too, in any of the formats; repeatable.",
)
@input_options
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="low",
    show_default=True,
    help="The lowest severity that fails.",
)
@click.option(
    "--rule",
    "only",
    metavar="ID",
    multiple=True,
    shell_complete=complete_rules,
    help="Run this rule only, even where the policy has it off (an id or a name; repeatable). "
    "SMN001 (unreadable input) goes along.",
)
@click.option(
    "--skip-rule",
    "skip",
    metavar="ID",
    multiple=True,
    shell_complete=complete_rules,
    help="Leave this rule out; repeatable.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=FILE,
    help="Let only findings count that are not in this file; `sagemaker-netlint baseline create` makes it.",
)
@click.option(
    "--today",
    metavar="YYYY-MM-DD",
    callback=day_of,
    help="The day for which waivers of the policy are judged; without it, the present one (UTC).",
)
@click.option(
    "--changed-since",
    metavar="REV",
    is_eager=True,
    help="Check only what the changes since this revision concern: the commits since its common ancestor "
    "with HEAD, and what is not committed. Without a PATH: the current folder.",
)
@click.option(
    "--touched",
    is_flag=True,
    is_eager=True,
    help="For a hook: the PATHs are changed files; check what they concern in the current folder.",
)
@click.option("--allow-nothing", is_flag=True, help="End with 0, not 4, where there is nothing to check.")
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Leave out notes, and undecided findings that don't fail.")
@click.option("-v", "--verbose", is_flag=True, help="List the files and the suppressed findings, too.")
def command(**options: object) -> int:
    """Check CloudFormation templates, Terraform folders and Terraform plans (JSON).

    Each PATH is a file or a folder. What a file is, its content decides; folders are searched.
    """
    from sagemaker_netlint.cli.selection import Selection, ends_here  # noqa: PLC0415 - keeps --help fast

    selection = Selection.taken_from(options)
    found = selection.found()
    if ends_here(selection, found, options):
        return 0
    from sagemaker_netlint.cli.check import CheckOptions, run_check  # noqa: PLC0415 - most commits end before

    options["narrowed"] = selection.changed is not None
    return run_check(CheckOptions(**options), found)  # type: ignore[arg-type] # click has checked the types
