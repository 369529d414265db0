"""Whether the routes that a notebook instance's scripts add towards the VPC have the right next hop.

Right are the subnet's router (network address + 1) and the interface in the VPC, which is eth2 beside direct
internet access:
https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/
What a script leads elsewhere on purpose (a tunnel, public addresses over eth0) is none of this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.modes import (
    NotebookMode,
    has_known_names,
    mode_of,
    router_of,
    subnet_block,
    vpc_blocks,
)
from sagemaker_netlint.network.notebooks.ranges import PRIVATE_RANGES
from sagemaker_netlint.network.notebooks.script_routes import FoundByScript, ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import config_of, routes_at_start
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import LifecycleConfig, NotebookInstance

SERVICE_NAME, VPC_NAME = "eth0", "eth2"
"""The interfaces beside direct internet access: SageMaker's own one, and the one in the VPC."""

_CARD = re.compile(r"(eth|eno|ens|enp|enx|enX)\w*")  # tun0, wg0, docker0, lo lead elsewhere


@dataclass(frozen=True, slots=True)
class HopFault:
    """A command whose next hop is wrong, or not known to be right.

    `reason` is a clause for people, `right` the command as it should be, "" where that is not known.
    """

    script: ScriptRoute
    reason: str | Unknown
    right: str = ""


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What decides about a command: the mode, the subnet and the ranges of its VPC."""

    notebook: NotebookInstance
    mode: NotebookMode | Unknown
    subnet: Maybe[Subnet]
    block: IPv4Network | Unknown
    ranges: tuple[IPv4Network, ...]


def hop_faults(deployment: Deployment, notebook: NotebookInstance) -> tuple[HopFault, ...]:
    """Return the commands of the script for the start whose next hop is wrong, or may be."""
    around = _around(deployment, notebook)
    scripts = [route for route in routes_at_start(deployment, notebook) if isinstance(route, ScriptRoute)]
    return tuple(fault for script in scripts if (fault := _fault(around, script)) is not None)


def other_subnets(deployment: Deployment, notebook: NotebookInstance) -> tuple[NotebookInstance, ...]:
    """Return the instances with the same lifecycle configuration that have another router."""
    config = config_of(deployment, notebook)
    router = _router(deployment, notebook)
    if not isinstance(config, LifecycleConfig) or isinstance(router, Unknown):
        return ()
    return tuple(
        other
        for other in deployment.each(NotebookInstance)
        if config_of(deployment, other) is config
        and isinstance(found := _router(deployment, other), IPv4Address)
        and found != router
    )


def _router(deployment: Deployment, notebook: NotebookInstance) -> IPv4Address | Unknown:
    return router_of(subnet_block(deployment.find(Subnet, notebook.subnet)))


def _around(deployment: Deployment, notebook: NotebookInstance) -> _Surroundings:
    subnet = deployment.find(Subnet, notebook.subnet)
    block = subnet_block(subnet)
    blocks = (
        [block, *(each for _, each in vpc_blocks(deployment, subnet))] if isinstance(subnet, Subnet) else []
    )
    ranges = tuple(each for each in blocks if isinstance(each, IPv4Network))
    return _Surroundings(notebook, mode_of(notebook), subnet, block, ranges)


def _fault(around: _Surroundings, script: ScriptRoute) -> HopFault | None:
    if isinstance(script.destination, IPv6Network) or isinstance(script.via, IPv6Address):
        return None
    if around.mode is NotebookMode.NO_VPC:
        reason = f"no VPC is attached, so the instance has no {VPC_NAME}"
        return HopFault(script, reason) if script.dev == VPC_NAME else None
    if not _is_for_vpc(around, script):
        return None
    faults = [*_gateway(around, script), *_interface(around, script)]
    wrong = [each for each in faults if isinstance(each, str)]
    if wrong:
        return HopFault(script, ", and ".join(wrong), _right(around, script))
    return HopFault(script, faults[0], _right(around, script)) if faults else None


def _is_for_vpc(around: _Surroundings, script: ScriptRoute) -> bool:
    """Say whether the command is meant to lead to the VPC, as far as it tells."""
    via, dev, destination = script.via, script.dev, script.destination
    if isinstance(dev, str) and not _CARD.fullmatch(dev):
        return False
    if isinstance(via, IPv4Address) and any(via in block for block in around.ranges):
        return True
    if isinstance(dev, str) and dev != SERVICE_NAME:
        return True
    if isinstance(destination, IPv4Network):
        return any(destination.subnet_of(private) for private in PRIVATE_RANGES)
    return isinstance(destination, Unknown) and dev != SERVICE_NAME


def _gateway(around: _Surroundings, script: ScriptRoute) -> Iterator[str | Unknown]:
    """Yield what is wrong with the gateway, or not known of it."""
    via, block = script.via, around.block
    router = router_of(block)
    if isinstance(via, Unknown):
        yield Unknown(f"its gateway is not known: {via.reason}")
    elif via is None:
        to_link = isinstance(block, IPv4Network) and _inside(script.destination, block)
        if not to_link and script.dev is not None:
            yield Unknown(
                "it names no gateway, and whether the subnet's router answers then is not documented"
            )
    elif isinstance(via, FoundByScript):
        return
    elif isinstance(router, Unknown):
        yield Unknown(f"the subnet's router is not known: {router.reason}")
    elif via != router:
        of_subnet = f"`{around.subnet.address}`" if isinstance(around.subnet, Subnet) else "the subnet"
        yield f"{via} is not the router of {of_subnet}, which is {router}"


def _inside(destination: object, block: IPv4Network) -> bool:
    return isinstance(destination, IPv4Network) and destination.subnet_of(block)


def _interface(around: _Surroundings, script: ScriptRoute) -> Iterator[str | Unknown]:
    """Yield what is wrong with the interface, or not known of it."""
    dev = script.dev
    if isinstance(dev, Unknown):
        yield Unknown(f"its interface is not known: {dev.reason}")
    elif not isinstance(dev, str):
        return
    elif isinstance(around.mode, Unknown):
        yield around.mode
    elif around.mode is NotebookMode.VPC_ONLY:
        yield Unknown(
            "the name of the only interface of an instance without direct internet access is not documented"
        )
    elif dev == SERVICE_NAME:
        yield f"{dev} leads to SageMaker's own network, and {VPC_NAME} to the VPC"
    elif dev != VPC_NAME and has_known_names(around.notebook):
        yield f"{dev} is no interface of the instance, and the one in the VPC is {VPC_NAME}"
    elif dev != VPC_NAME:
        yield Unknown(f"whether {dev} is the interface in the VPC is not documented for its platform")


def _right(around: _Surroundings, script: ScriptRoute) -> str:
    router, destination = router_of(around.block), script.destination
    if isinstance(destination, Unknown) or isinstance(router, Unknown):
        return ""
    dev = f" dev {VPC_NAME}" if around.mode is NotebookMode.VPC_AND_DIRECT_INTERNET else ""
    return f"sudo ip route {script.verb} {destination} via {router}{dev}"
