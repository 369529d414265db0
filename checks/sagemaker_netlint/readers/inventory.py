"""The inventory: networks that exist already, in the words of EC2's describe calls, as components.

Field semantics follow the API Reference (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.topology import Network, Subnet
from sagemaker_netlint.readers.parsers import WrongTypeError
from sagemaker_netlint.readers.raw import Path

SUBNET_FACTS = (
    "SubnetArn",
    "CidrBlock",
    "Ipv6CidrBlockAssociationSet",
    "Ipv6Native",
    "VpcId",
    "AvailabilityZone",
    "AvailabilityZoneId",
    "AvailableIpAddressCount",
    "MapPublicIpOnLaunch",
    "DefaultForAz",
)
"""What is read of a subnet, beside its id."""


def existing_subnet(item: Mapping[str, Any], location: Location) -> Subnet:
    """Make a subnet of an item of `aws ec2 describe-subnets`, of which the types are checked.

    Raises:
        WrongTypeError: a CIDR block is none.

    """
    arn = item.get("SubnetArn")
    return Subnet(
        address=item["SubnetId"],
        type="AWS::EC2::Subnet",
        identity=item["SubnetId"],
        names=() if arn is None else (arn,),
        location=location,
        cidr=_cidr(item, "CidrBlock") if "CidrBlock" in item else None,
        ipv6_native=item.get("Ipv6Native"),
        available_addresses=item.get("AvailableIpAddressCount"),
        ipv6_cidr=_ipv6(item),
        vpc=item.get("VpcId"),
        zone=item.get("AvailabilityZone", item.get("AvailabilityZoneId")),
        public_ip_on_launch=item.get("MapPublicIpOnLaunch"),
        is_default=item.get("DefaultForAz", False),
    )


def _cidr(item: Mapping[str, Any], key: str) -> Network:
    block = _block(item[key], (key,))
    if not isinstance(block, IPv4Network):
        raise WrongTypeError(f"an IPv4 CIDR block belongs here, not `{item[key]}`", (key,))
    return block


def _ipv6(item: Mapping[str, Any]) -> Network | None:
    """Return the associated IPv6 block; a subnet keeps those that it had before, too, for a while."""
    for index, association in enumerate(item.get("Ipv6CidrBlockAssociationSet", ())):
        if association.get("Ipv6CidrBlockState", {}).get("State", "associated") == "associated":
            place = ("Ipv6CidrBlockAssociationSet", index, "Ipv6CidrBlock")
            return _block(association["Ipv6CidrBlock"], place)
    return None


def _block(text: str, place: Path) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise WrongTypeError(f"a CIDR block belongs here, not `{text}`", place) from None
