"""Which subnets a new domain needs, and where in its VPC they may lie.

The domain is made up as a deployment of its own, so that the planned subnets are judged by the very
questions that the rules ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import pairwise
from math import ceil
from typing import Any, TypeVar

from sagemaker_netlint.capacity.analysis import Analysis, analysis_of
from sagemaker_netlint.capacity.estates import estates_of
from sagemaker_netlint.capacity.model import Estate
from sagemaker_netlint.capacity.room import block_for, carve, free_blocks
from sagemaker_netlint.capacity.sizing import fits, smallest_prefix
from sagemaker_netlint.capacity.supply import LARGEST_PREFIX, SMALLEST_PREFIX
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.subnet_size import usable_addresses
from sagemaker_netlint.network.topology import Subnet, Vpc, VpcEndpoint
from sagemaker_netlint.network.workloads import Domain

D = TypeVar("D", bound=Declared)
SOURCE = "the plan"
MOST_ZONES = 6
"""The largest number of availability zones that a region has (us-east-1).

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is planned: a domain with one subnet in each of some zones.

    `endpoints` names the interface endpoints. `used` are the blocks of the VPC that are taken already.
    No subnet is smaller than `longest_prefix`. Without a word on `survive_zone_loss`, several zones are to
    survive the loss of one.
    """

    use: ExpectedUse
    zones: int
    vpc_cidrs: tuple[IPv4Network, ...]
    used: tuple[IPv4Network, ...] = ()
    endpoints: tuple[str, ...] = ()
    survive_zone_loss: bool | None = None
    longest_prefix: int = SMALLEST_PREFIX

    @property
    def loses_a_zone(self) -> bool:
        """Say whether the subnets must do when a zone is lost."""
        return self.zones > 1 if self.survive_zone_loss is None else self.survive_zone_loss


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The subnets, in the order of their zones, with what is reckoned of them, and the sizes that would do.

    `for_total` does while all zones are there, `for_zone_loss` when any one is lost (`None`: none does, or
    there is one zone only). `at_floor` says that a smaller size would do, but none is to be smaller.
    """

    request: Request
    analysis: Analysis
    cidrs: tuple[IPv4Network, ...]
    prefix: int
    for_total: int
    for_zone_loss: int | None
    at_floor: bool

    @property
    def month(self) -> int:
        """The month for which it is planned."""
        return self.analysis.horizon_months


class NoPlanError(Exception):
    """The request can't be met; the text says what is missing and what would do."""


def plan(request: Request) -> Plan:
    """Return the smallest equal subnets that do, at the lowest free addresses of the VPC.

    Raises:
        ValueError: the request makes no sense; the text says why.
        NoPlanError: no subnet is large enough, or the VPC has no room for them.

    """
    _check(request)
    draft = _estate(request, (None,) * request.zones)
    total, survives = _prefixes(draft)
    smallest = survives if request.loses_a_zone else total
    if smallest is None or total is None:
        raise NoPlanError(_too_much(draft, request, total))
    wanted = min(smallest, request.longest_prefix)
    free = list(free_blocks(request.vpc_cidrs, request.used))
    cidrs = carve(free, wanted, request.zones)
    if len(cidrs) < request.zones:
        raise NoPlanError(_no_room(request, wanted, total, free, len(cidrs)))
    estate = _estate(request, cidrs)
    if not fits(estate, estate.horizon_months, lose_a_zone=request.loses_a_zone):
        raise AssertionError("the planned subnets don't pass the check that they were sized with")
    return Plan(
        request=request,
        analysis=analysis_of(estate, lambda _: request.use, source=SOURCE),
        cidrs=tuple(cidrs),
        prefix=wanted,
        for_total=total,
        for_zone_loss=survives,
        at_floor=wanted < smallest,
    )


def _prefixes(draft: Estate) -> tuple[int | None, int | None]:
    """Return the prefix lengths that do, with all zones and without one."""
    month, several = draft.horizon_months, len(draft.places) > 1
    survives = smallest_prefix(draft, month, lose_a_zone=True) if several else None
    return smallest_prefix(draft, month), survives


# -- the domain, made up ---------------------------------------------------------------------------


def _estate(request: Request, cidrs: Sequence[IPv4Network | None]) -> Estate:
    """Return the estate of the domain; subnets without a CIDR yet have the smallest size."""
    subnets = [
        _made_up(
            Subnet,
            f"sagemaker-{number}",
            vpc="vpc",
            zone=f"zone {number}",
            cidr=cidr,
            netmask_length=SMALLEST_PREFIX,
        )
        for number, cidr in enumerate(cidrs, start=1)
    ]
    own = tuple(subnet.identity for subnet in subnets)
    endpoints = [
        _made_up(VpcEndpoint, name, vpc="vpc", endpoint_type="Interface", subnets=own)
        for name in request.endpoints
    ]
    domain = _made_up(Domain, "domain", vpc="vpc", subnets=own)
    components = (_made_up(Vpc, "vpc"), *subnets, *endpoints, domain)
    deployment = Deployment(Language.TERRAFORM, SOURCE, components)
    (estate,) = estates_of(deployment, lambda _: request.use)
    return estate


def _made_up(kind: type[D], name: str, **values: Any) -> D:
    identity = f"{kind.__name__} {name}" if kind is not Vpc else name
    where = Location(SOURCE, 1, 1)
    return kind(address=name, type=kind.__name__, identity=identity, location=where, **values)


# -- what can't be planned -------------------------------------------------------------------------


def _check(request: Request) -> None:
    if not 1 <= request.zones <= MOST_ZONES:
        raise ValueError(f"a region has 1 to {MOST_ZONES} availability zones, not {request.zones}")
    if request.zones == 1 and request.survive_zone_loss:
        raise ValueError("with one zone nothing is left when it is lost: plan two or more")
    if not request.vpc_cidrs:
        raise ValueError("the VPC has no CIDR")
    _check_blocks(request.vpc_cidrs, "the VPC")
    _check_blocks(request.used, "a subnet")
    for block in request.used:
        if not any(block.subnet_of(cidr) for cidr in request.vpc_cidrs):
            raise ValueError(f"{block} is used, but doesn't lie in {_listed(request.vpc_cidrs)}")


def _check_blocks(blocks: Sequence[IPv4Network], whose: str) -> None:
    for block in blocks:
        if not LARGEST_PREFIX <= block.prefixlen <= SMALLEST_PREFIX:
            sizes = f"/{LARGEST_PREFIX} to /{SMALLEST_PREFIX}"
            raise ValueError(f"{block} can't be the CIDR of {whose}, which is {sizes}")
    for one, other in pairwise(sorted(blocks)):
        if one.overlaps(other):
            raise ValueError(f"{one} and {other} overlap")


def _too_much(draft: Estate, request: Request, total: int | None) -> str:
    """Say that no subnet is large enough, and what would do."""
    needed = draft.demand(draft.horizon_months).high
    most = f"the largest subnet, a /{LARGEST_PREFIX}, has {usable_addresses(LARGEST_PREFIX):,} usable ones"
    text = f"{needed:,} addresses are needed in {_counted(request.zones, 'zone')}, and {most}"
    if total is None:
        return f"{text}; what would do: more zones, or several domains"
    return (
        f"{text}, too few when a zone is lost; what would do: more zones, or /{total} without surviving that"
    )


def _no_room(request: Request, prefix: int, total: int, free: Sequence[IPv4Network], found: int) -> str:
    """Say how much room is needed, what is left, and what would do."""
    room = sum(block.num_addresses for block in free)
    left = f"{room:,} are free" if room else "none is free"
    if room:
        left += f", in blocks of /{min(block.prefixlen for block in free)} at most, with room for {found}"
    wanted = f"{_counted(request.zones, 'subnet')} of /{prefix}"
    needed = f"{request.zones << (32 - prefix):,} addresses are needed"
    remedies = [_secondary(prefix, request.zones - found)]
    if total != prefix and len(carve(free, total, request.zones)) == request.zones:
        remedies.append(f"/{total}, for which there is room, without surviving the loss of a zone")
    where = _listed(request.vpc_cidrs)
    return f"no room for {wanted} in {where}: {needed}, {left}; what would do: {', or '.join(remedies)}"


def _secondary(prefix: int, missing: int) -> str:
    """Return the secondary CIDRs that hold the missing subnets."""
    size = max(block_for(prefix, missing), LARGEST_PREFIX)
    count = ceil(missing / (1 << (prefix - size)))
    return f"{_counted(count, 'secondary CIDR')} of /{size} or larger"


def _listed(blocks: Sequence[IPv4Network]) -> str:
    return ", ".join(map(str, blocks))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
