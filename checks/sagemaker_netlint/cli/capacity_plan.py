"""The command `capacity plan`: which subnets a domain needs that is about to be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sagemaker_netlint.cli.completing import complete_profiles
from sagemaker_netlint.cli.input_options import color_option
from sagemaker_netlint.cli.use_options import overridden, use_options
from sagemaker_netlint.exit_codes import ExitCode

if TYPE_CHECKING:
    from sagemaker_netlint.capacity.planner import Plan
    from sagemaker_netlint.policy import Policy

_MOST_ENDPOINTS = 255
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint capacity plan --users 100 --vpc-cidr 10.0.0.0/16
  sagemaker-netlint capacity plan --users 100 --growth 30 --horizon 36 --vpc-cidr 10.0.0.0/20 \\
      --vpc-cidr 100.64.0.0/16 --used-cidr 10.0.0.0/22 --zones 2
  sagemaker-netlint capacity plan --users 20 --vpc-cidr 10.0.0.0/16 --format terraform > subnets.tf
"""

_EXIT_CODES = """
\b
Exit codes:
  0  there is a plan
  1  the VPC has no room for the subnets, or no subnet is large enough
  2  wrong usage, or a policy that is not valid
  3  an internal error
"""


def ipv4_block(text: str) -> IPv4Network:
    """Parse an IPv4 block in CIDR notation.

    Raises:
        click.BadParameter: it is none, or has host bits set.

    """
    try:
        whole = IPv4Network(text, strict=False)
    except ValueError:
        raise click.BadParameter(_no_block(text)) from None
    if "/" not in text:
        raise click.BadParameter(f"{text!r} has no prefix length, such as {text}/16")
    if str(whole) != text:
        raise click.BadParameter(f"{text!r} is no block as it stands; is {whole} meant?")
    return whole


def _no_block(text: str) -> str:
    try:
        IPv6Network(text, strict=False)
    except ValueError:
        return f"{text!r} is no IPv4 block, such as 10.0.0.0/16"
    return f"{text!r} is IPv6; what is planned are IPv4 addresses"


def endpoints(text: str) -> int | tuple[str, ...]:
    """Parse a number of interface endpoints, or services by short name.

    Raises:
        click.BadParameter: it is neither.

    """
    if text.isascii() and text.isdigit():
        if len(text) > len(str(_MOST_ENDPOINTS)) or int(text) > _MOST_ENDPOINTS:
            raise click.BadParameter(f"{text} is more than {_MOST_ENDPOINTS} endpoints")
        return int(text)
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if not _SERVICE.fullmatch(name):
            raise click.BadParameter(f"{name!r} is no service, such as sagemaker.api, nor a number")
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """The options, as the command line gives them."""

    use: Mapping[str, Any]
    zones: int
    vpc_cidrs: tuple[IPv4Network, ...]
    used_cidrs: tuple[IPv4Network, ...]
    endpoints: int | tuple[str, ...] | None
    survive_zone_loss: bool | None
    region: str | None
    policy: str | None
    style: str
    chart: Path | None
    color: str


@click.command("plan", epilog=_EXAMPLES + _EXIT_CODES)
@click.option(
    "--vpc-cidr",
    "vpc_cidrs",
    metavar="CIDR",
    type=ipv4_block,
    multiple=True,
    required=True,
    help="The VPC's CIDR; once more for each secondary one.",
)
@click.option(
    "--used-cidr",
    "used_cidrs",
    metavar="CIDR",
    type=ipv4_block,
    multiple=True,
    help="A block of the VPC that is taken, such as a subnet; repeatable.",
)
@click.option(
    "--zones", metavar="N", type=int, default=3, show_default=True, help="Zones, with a subnet in each."
)
@click.option(
    "--endpoints",
    metavar="N|NAME,...",
    type=endpoints,
    help="Interface endpoints in these subnets, as a number or by service: sagemaker.api,sts,... s3 and "
    "dynamodb are taken as gateway endpoints, without an address. Without it: those that the policy "
    "requires.",
)
@click.option(
    "--survive-zone-loss/--no-survive-zone-loss",
    default=None,
    help="Whether all must fit when a zone is lost.  [default: with several zones]",
)
@use_options
@click.option("--region", metavar="REGION", help="Write the code for this region only.")
@click.option(
    "--policy",
    metavar="NAME|FILE",
    shell_complete=complete_profiles,
    help="What no option says comes from it: the expected use, the required endpoints, the smallest subnet. "
    "Found as `check` finds it.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json", "terraform", "cloudformation")),
    default="text",
    show_default=True,
    help="The whole report, or the subnets as code only.",
)
@click.option(
    "--chart",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Draw the forecast, too: a file that ends in .svg, .png or .html.",
)
@color_option
def plan_command(**options: Any) -> int:
    """Plan the subnets of a domain that is about to be made.

    It says which prefix they need, picks CIDRs in the VPC, and writes them as Terraform and CloudFormation.
    """
    return run_plan(PlanOptions(**options))


def run_plan(options: PlanOptions) -> int:
    """Plan the subnets, print them, and return the exit code."""
    from sagemaker_netlint.capacity.planner import NoPlanError, Request, plan  # noqa: PLC0415 - keeps --help fast
    from sagemaker_netlint.cli.inputs import echo_lines  # noqa: PLC0415 - as above

    if options.region is not None and not _REGION.fullmatch(options.region):
        raise click.BadParameter(f"{options.region!r} is no region, such as eu-west-1", param_hint="--region")
    policy = _policy(options.policy)
    request = Request(
        use=overridden(policy.workload.default, options.use),
        zones=options.zones,
        vpc_cidrs=options.vpc_cidrs,
        used=options.used_cidrs,
        endpoints=_interface_endpoints(options.endpoints, policy),
        survive_zone_loss=options.survive_zone_loss,
        longest_prefix=policy.subnets.longest_prefix,
    )
    try:
        made = plan(request)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except NoPlanError as error:
        click.echo(str(error), err=True)
        return ExitCode.VIOLATIONS
    if options.chart is not None:
        _draw(made, options.chart)
    echo_lines(_rendered(made, options), options.color)
    return ExitCode.CLEAN


def _policy(name: str | None) -> Policy:
    from sagemaker_netlint.cli.inputs import InvalidFileError  # noqa: PLC0415 - as above
    from sagemaker_netlint.marked_yaml import MarkedFileError  # noqa: PLC0415 - as above
    from sagemaker_netlint.policy_file import load_policy, policy_for  # noqa: PLC0415 - as above

    try:
        return load_policy(name) if name else policy_for(Path())
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None


def _interface_endpoints(asked: int | tuple[str, ...] | None, policy: Policy) -> tuple[str, ...]:
    from sagemaker_netlint.network.services import GATEWAY_SERVICES, service_of  # noqa: PLC0415 - as above

    if isinstance(asked, int):
        return tuple(f"endpoint {number}" for number in range(1, asked + 1))
    names = policy.endpoints.required if asked is None else asked
    services = (found if isinstance(found := service_of(name), str) else name for name in names)
    return tuple(dict.fromkeys(service for service in services if service not in GATEWAY_SERVICES))


def _draw(made: Plan, path: Path) -> None:
    from sagemaker_netlint.report.capacity_chart import ChartError, write_chart  # noqa: PLC0415 - an extra

    try:
        write_chart([made.analysis], path)
    except ChartError as error:
        raise click.UsageError(f"--chart: {error}") from None


def _rendered(made: Plan, options: PlanOptions) -> Iterable[str]:
    from sagemaker_netlint.report import plan_report, plan_snippets  # noqa: PLC0415 - as above

    match options.style:
        case "terraform":
            return [plan_snippets.terraform(made.cidrs, options.region).rstrip("\n")]
        case "cloudformation":
            return [plan_snippets.cloudformation(made.cidrs, options.region).rstrip("\n")]
        case "json":
            return [plan_report.plan_json(made, options.region)]
    return plan_report.plan_lines(made, options.region)
