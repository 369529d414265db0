"""Subnets as places: how many addresses each has."""

from __future__ import annotations

from dataclasses import replace

from sagemaker_netlint.capacity.amounts import NONE, Amount, exactly
from sagemaker_netlint.capacity.model import Place
from sagemaker_netlint.network.placement import zone_list, zone_of
from sagemaker_netlint.network.subnet_size import ipv4_prefix_length, usable_addresses
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown

SMALLEST_PREFIX, LARGEST_PREFIX = 28, 16
"""The prefix lengths that a subnet's IPv4 block may have (CreateSubnet), the smallest subnet first."""
MOST_SUBNETS = 16
"""A domain, and the VpcConfig of a job, name up to 16 subnets (CreateDomain, VpcConfig)."""


def unknown_size(doubt: str) -> Amount:
    """Return the usable addresses of a subnet of which the size is not known."""
    return Amount(usable_addresses(SMALLEST_PREFIX), usable_addresses(LARGEST_PREFIX), doubt)


def usable_of(subnet: Subnet) -> Amount:
    """Return the IPv4 addresses of a subnet that are its owner's to use."""
    prefix = ipv4_prefix_length(subnet)
    if isinstance(prefix, Unknown):
        return unknown_size(f"the size of `{subnet.address}` is not known: {prefix.reason}")
    return NONE if prefix is None else exactly(usable_addresses(prefix))


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
