"""Subnets as places: how many addresses each has."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from sagemaker_netlint.capacity.amounts import NONE, Amount, exactly
from sagemaker_netlint.capacity.model import Place
from sagemaker_netlint.network.placement import zone_list, zone_of
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown

RESERVED = 5
"""EC2 keeps the first four addresses and the last one of every subnet.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""
SMALLEST_PREFIX, LARGEST_PREFIX = 28, 16
"""The prefix lengths that a subnet's IPv4 block may have (CreateSubnet), the smallest subnet first."""
MOST_SUBNETS = 16
"""A domain, and the VpcConfig of a job, name up to 16 subnets (CreateDomain, VpcConfig)."""


def usable_in(prefix: int) -> int:
    """Return the usable addresses of a subnet with an IPv4 prefix length (0 to 32)."""
    return max((1 << (32 - prefix)) - RESERVED, 0)


def unknown_size(doubt: str) -> Amount:
    """Return the usable addresses of a subnet of which the size is not known."""
    return Amount(usable_in(SMALLEST_PREFIX), usable_in(LARGEST_PREFIX), doubt)


def usable_of(subnet: Subnet) -> Amount:
    """Return the IPv4 addresses of a subnet that are its owner's to use."""
    match subnet.cidr, subnet.netmask_length, subnet.ipv6_native:
        case IPv4Network() as cidr, _, _:
            return exactly(usable_in(cidr.prefixlen))
        case _, int() as length, _:
            return exactly(usable_in(length))
        case _, _, True:
            return NONE
        case Unknown(reason=reason), _, _:
            return unknown_size(f"the size of `{subnet.address}` is not known: {reason}")
        case _, Unknown(reason=reason), _:
            return unknown_size(f"the size of `{subnet.address}` is not known: {reason}")
    return unknown_size(f"the size of `{subnet.address}` is not known: no CidrBlock is written")


def place_of(subnet: Subnet) -> Place:
    """Return a subnet as a place.

    What EC2 counts as in use may be the very interfaces that the items stand for.
    """
    usable, zone = usable_of(subnet), zone_of(subnet)
    in_use = NONE
    if subnet.available_addresses is not None:
        taken = max(usable.low - subnet.available_addresses, 0)
        doubt = f"{taken} addresses of `{subnet.address}` are in use, perhaps by what is counted here already"
        in_use = Amount(0, taken, doubt) if taken else NONE
    return Place(
        key=subnet.identity,
        name=subnet.address,
        location=subnet.location,
        cidr=subnet.cidr,
        usable=usable,
        zone=zone,
        zone_list=zone_list(zone) if isinstance(zone, str) else "",
        in_use=in_use,
    )


def unknown_place(key: str, name: str, reason: str, *, many: bool = False) -> Place:
    """Return a place for a subnet, or a list of subnets (`many`), that is not in sight."""
    size = unknown_size(reason)
    if many:
        size = replace(size, high=size.high * MOST_SUBNETS)
    return Place(
        key=key,
        name=name,
        location=None,
        cidr=Unknown(reason),
        usable=size,
        zone=Unknown(reason),
        many=many,
    )
