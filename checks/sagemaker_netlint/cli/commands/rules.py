"""The command `rules`, as the command line declares it."""

from __future__ import annotations

import click

from sagemaker_netlint.cli.completing import PROFILES
from sagemaker_netlint.cli.input_options import SEVERITIES, color_option

FAMILIES = {
    "input": "0",
    "domains": "1",
    "notebooks": "2",
    "jobs": "3",
    "hosting": "4",
    "subnets": "5",
    "endpoints": "6",
    "routing": "7",
    "groups": "8",
    "iam": "9",
}
"""The families by name, and the digit of the hundreds in their rules' ids."""

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint rules
  sagemaker-netlint rules endpoint private
  sagemaker-netlint rules --family notebooks --profile regulated --severity high
  sagemaker-netlint rules --related SageMaker.2
  sagemaker-netlint rules --format json | jq -r '.[].id'

\b
Exit codes:
  0  rules are listed
  2  wrong usage
  3  an internal error
  4  no rule is like that
"""


def _family(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    return FAMILIES.get(value, value) if value else None


@click.command("rules", epilog=_EXAMPLES)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option(
    "--family",
    metavar="NAME|DIGIT",
    type=click.Choice((*FAMILIES, *FAMILIES.values()), case_sensitive=False),
    callback=_family,
    help=f"Those of a family, by its name or the first digit of the ids: {', '.join(FAMILIES)}; 0 to 9.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="Those that the profile has on; a severity is then the profile's.",
)
@click.option("--severity", type=click.Choice(SEVERITIES), help="Those of this severity and above.")
@click.option(
    "--related",
    metavar="ID",
    help="Those beside a control of others, such as SageMaker.2, CT.SAGEMAKER.PR.2 or CKV_AWS_306.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="A table as wide as the terminal, all that is known of each rule, or a table for a page.",
)
@color_option
def command(**options: object) -> int:
    """List the rules: id, name, severity, the first profile that has them on, since when.

    Each WORD must occur in the id, the name, the title, a related id or a resource type. `explain SMN204`
    tells all about one rule.
    """
    from sagemaker_netlint.cli.rules import RulesOptions, run_rules  # noqa: PLC0415 - keeps --help fast

    return run_rules(RulesOptions(**options))  # type: ignore[arg-type] # click has checked the types
