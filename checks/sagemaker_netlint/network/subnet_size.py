"""How large a subnet is."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Maybe, Unknown

RESERVED = 5
"""EC2 keeps the first four addresses and the last one of every subnet.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""


def usable_addresses(prefix_length: int) -> int:
    """Return how many IPv4 addresses of a block of this prefix length (0 to 32) are the owner's to use."""
    return max((1 << (32 - prefix_length)) - RESERVED, 0)


def ipv4_prefix_length(subnet: Subnet) -> Maybe[int]:
    """Return the prefix length of the subnet's IPv4 block; `None` where it has IPv6 addresses only.

    A subnet whose IPv4 block is known is none with IPv6 addresses only, whatever else is not known.
    """
    match subnet.cidr, subnet.netmask_length, subnet.ipv6_native:
        case IPv4Network() as cidr, _, _:
            return cidr.prefixlen
        case _, int() as length, _:
            return length
        case _, _, True:
            return None
        case IPv6Network() as cidr, _, _:
            return Unknown(f"{cidr} is no IPv4 block")
        case (Unknown(reason=reason), _, _) | (_, Unknown(reason=reason), _):
            return Unknown(reason)
    return Unknown("no CidrBlock is written")
