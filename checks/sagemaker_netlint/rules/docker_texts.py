"""Ranges that docker0 takes from a notebook instance as texts, and what to do about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.modes import DOCKER_RANGE, NotebookMode, mode_of, router_of
from sagemaker_netlint.network.notebooks.ranges import DockerEffect, DockerOverlap, command_for
from sagemaker_netlint.network.topology import Route, Subnet
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.rules.notebook_routes import script_place

ELSEWHERE = f"use ranges outside of {DOCKER_RANGE}"
"""What always helps."""

_OWN_ADDRESS = DOCKER_RANGE.network_address + 1  # docker0's, the first of its range as Docker takes it
_SHOWN = 3


def outermost(found: Sequence[DockerOverlap], effects: Collection[DockerEffect]) -> list[DockerOverlap]:
    """Return the overlaps with one of the effects, each range once.

    Those inside of another one are left out, and those inside of a range that a script mends.
    """
    around = [each.block for each in found if each.effect is DockerEffect.MENDED]
    kept: list[DockerOverlap] = []
    for each in sorted(found, key=lambda overlap: overlap.block.prefixlen):
        if each.effect in effects and not any(each.block.subnet_of(block) for block in around):
            kept.append(each)
            around.append(each.block)
    return kept


def taken(lost: Sequence[DockerOverlap]) -> str:
    """Return the message where ranges inside of docker0's can't be reached."""
    parts = ", ".join(f"{_blocks(each)} {_where(each)}" for each in lost)
    return f"it can't reach {parts}: docker0 has {DOCKER_RANGE} on every notebook instance"


def in_part(others: Sequence[DockerOverlap]) -> str:
    """Return the message where a range is wider than docker0's, or a more specific route leads there."""
    return f"docker0 has {DOCKER_RANGE} on every notebook instance: " + "; ".join(map(_in_part, others))


def _in_part(overlap: DockerOverlap) -> str:
    if overlap.effect is DockerEffect.TAKEN_IN_PART:
        return f"it can't reach {_blocks(overlap)}, a part of {overlap.block} {_where(overlap)}"
    return f"it reaches {overlap.block} {_where(overlap)} by a more specific route only"


def _blocks(overlap: DockerOverlap) -> str:
    more = len(overlap.lost) - _SHOWN
    shown = ", ".join(map(str, overlap.lost[:_SHOWN]))
    return f"{shown} and {more} more" if more > 0 else shown


def _where(overlap: DockerOverlap) -> str:
    return f"{'behind' if isinstance(overlap.owner, Route) else 'of'} `{overlap.owner.address}`"


def way_around(deployment: Deployment, notebook: NotebookInstance, lost: Sequence[DockerOverlap]) -> str:
    """Return what to do: other ranges, or the very commands where more specific routes help."""
    commands = "; ".join(dict.fromkeys(_commands(deployment, notebook, lost)))
    return (
        f"{ELSEWHERE}, or add `{commands}` to {script_place(deployment, notebook)}" if commands else ELSEWHERE
    )


def _commands(
    deployment: Deployment, notebook: NotebookInstance, lost: Sequence[DockerOverlap]
) -> Iterator[str]:
    """Yield a command per range; none where one of the ranges is docker0's own, which none helps."""
    subnet, mode = deployment.find(Subnet, notebook.subnet), mode_of(notebook)
    if not isinstance(subnet, Subnet) or any(each.block == DOCKER_RANGE for each in lost):
        return
    if router_of(subnet) == _OWN_ADDRESS:
        return
    beside_internet = mode is NotebookMode.VPC_AND_DIRECT_INTERNET
    for each in lost:
        command = command_for(each.block, subnet, beside_internet=beside_internet)
        if isinstance(command, str):
            yield command
