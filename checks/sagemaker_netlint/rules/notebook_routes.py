"""What the rules on notebook instances' routes say: what is missing, and which lines to write where."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from sagemaker_netlint.findings import Step
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.hops import HopFault, hop_faults, other_subnets
from sagemaker_netlint.network.notebooks.lost_routes import lost_routes
from sagemaker_netlint.network.notebooks.modes import NotebookMode, NotebookRoutes, mode_of, routes_on
from sagemaker_netlint.network.notebooks.ranges import MissingRange, command_for, ranges_to_route
from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import config_of, routes_at_start
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import LifecycleConfig, NotebookInstance

_MOST_PARTS = 3


def left_out(
    deployment: Deployment, notebook: NotebookInstance
) -> tuple[tuple[MissingRange, ...], tuple[Unknown, ...]]:
    """Return the ranges for which no command stands in a script at all, and what is not known.

    A command with a wrong next hop is SMN207's matter, and one in the wrong script SMN206's: to tell their
    ranges here, too, would be twice the same.
    """
    faults = hop_faults(deployment, notebook)
    wrong = [fault.script for fault in faults]
    added = [each for each in routes_at_start(deployment, notebook) if each not in wrong]
    found = ranges_to_route(deployment, notebook, added)
    config = config_of(deployment, notebook)
    lost = [each.script for each in lost_routes(config)] if isinstance(config, LifecycleConfig) else []
    told = [*wrong, *(script for script in lost if script is not None)]
    return tuple(each for each in found.missing if not _is_meant(each, told)), found.doubts


def _is_meant(missing: MissingRange, scripts: Sequence[ScriptRoute]) -> bool:
    """Say whether the commands are for the range, or may be."""
    destinations = [
        script.destination for script in scripts if not isinstance(script.destination, IPv6Network)
    ]
    blocks = [each for each in destinations if isinstance(each, IPv4Network)]
    if len(blocks) < len(destinations):  # a default route, or one that is not known
        return True
    return all(any(part.subnet_of(block) for block in blocks) for part in missing.parts)


def missing_text(deployment: Deployment, notebook: NotebookInstance, missing: Sequence[MissingRange]) -> str:
    """Return the message about ranges that have no route on the instance."""
    ranges = " and ".join(_parts(each) for each in missing)
    over = " and ".join(dict.fromkeys(each.routed.over for each in missing))
    what = f"the route table of its subnet leads {ranges} to {over}"
    config = config_of(deployment, notebook)
    has_script = isinstance(config, LifecycleConfig) and config.on_start is not None
    lacks = "its OnStart script adds no route there" if has_script else "it has no OnStart script"
    return f"{what}, and {lacks}: the traffic goes to the internet"


def _parts(each: MissingRange) -> str:
    if not each.in_part:
        return ", ".join(map(str, each.parts))
    named = ", ".join(map(str, each.parts[:_MOST_PARTS]))
    more = f" and {len(each.parts) - _MOST_PARTS} more parts" if len(each.parts) > _MOST_PARTS else ""
    return f"{each.routed.block} in part ({named}{more})"


def lines_to_add(deployment: Deployment, notebook: NotebookInstance, missing: Sequence[MissingRange]) -> str:
    """Return the fix: the very commands, in one line for a shell, and the script that they belong to."""
    place = script_place(deployment, notebook)
    subnet = deployment.find(Subnet, notebook.subnet)
    commands = [command_for(each.routed.block, subnet) for each in missing if isinstance(subnet, Subnet)]
    if any(isinstance(each, Unknown) for each in commands):
        ranges = ", ".join(str(each.routed.block) for each in missing)
        return f"add routes for {ranges} via the subnet's router (its network address + 1) to {place}"
    return f"add `{'; '.join(map(str, commands))}` to {place}"


def script_place(deployment: Deployment, notebook: NotebookInstance) -> str:
    """Name the script that takes a notebook instance's routes: one of its own where others need others."""
    config = config_of(deployment, notebook)
    if not isinstance(config, LifecycleConfig):
        return "the OnStart script of a lifecycle configuration"
    if other_subnets(deployment, notebook):
        own = "the OnStart script of a lifecycle configuration of its own"
        return f"{own}: `{config.address}` serves other subnets, too"
    return f"the OnStart script of `{config.address}`"


def right_lines(deployment: Deployment, notebook: NotebookInstance, faults: Sequence[HopFault]) -> str:
    """Return the fix: the commands as they should be, and where, if others need them in another way."""
    lines = "; ".join(dict.fromkeys(fault.right for fault in faults if fault.right))
    if mode_of(notebook) is NotebookMode.NO_VPC:
        return "set a subnet and a security group, or take the route out of the script"
    if not lines:
        return "lead it via the router of the instance's own subnet, whose address is the network address + 1"
    others = ", ".join(f"`{each.address}`" for each in other_subnets(deployment, notebook))
    where = f" in a lifecycle configuration of its own: {others} has another router" if others else ""
    return f"write `{lines}` instead{where}"


def lines_of(
    deployment: Deployment, notebook: NotebookInstance, faults: Sequence[HopFault]
) -> tuple[Step, ...]:
    """Return the commands with their lines in the configuration."""
    config = config_of(deployment, notebook)
    if not isinstance(config, LifecycleConfig):
        return ()
    steps = (
        Step(
            f"`{config.address}`, line {each.script.line} of OnStart: `{each.script.text}`",
            config.at(f"on_start:{each.script.line}"),
        )
        for each in faults
    )
    return tuple(dict.fromkeys(steps))  # a loop runs one line several times


def notes_on_names(deployment: Deployment, notebook: NotebookInstance) -> tuple[Step, ...]:
    """Return what is to be said of the interfaces' names on the instance's platform."""
    table = routes_on(deployment, notebook)
    return tuple(Step(note) for note in table.notes) if isinstance(table, NotebookRoutes) else ()
