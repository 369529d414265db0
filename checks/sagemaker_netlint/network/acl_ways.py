"""Ways through the network ACLs of both ends: there, and back to the ports that answers come to."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from sagemaker_netlint.network.acls import LINUX_CLIENT, acl_of, passes
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import ANYWHERE, Direction, Traffic
from sagemaker_netlint.network.topology import Network, NetworkAcl, NetworkAclAssociation, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, every, open_way


def between(
    deployment: Deployment, subnet: Subnet, others: Sequence[Subnet | Unknown], traffic: Traffic
) -> Way:
    """Say whether the ACLs let traffic from the subnet to the others through, and what answers it.

    Inside of a subnet no ACL is met. A subnet out of sight has an ACL out of sight: the near end decides.
    """
    known = [other for other in others if isinstance(other, Subnet) and other.identity != subnet.identity]
    there = [other.cidr for other in known if isinstance(other.cidr, IPv4Network)]
    if not known:
        return open_way()
    answers = _answers(traffic)
    ways = [
        _through(deployment, subnet, "egress", traffic, there),
        _through(deployment, subnet, "ingress", answers, there),
    ]
    here = [subnet.cidr] if isinstance(subnet.cidr, IPv4Network) else []
    for other in known:
        ways.append(_through(deployment, other, "ingress", traffic, here))
        ways.append(_through(deployment, other, "egress", answers, here))
    return every(ways)


def beyond(deployment: Deployment, subnet: Subnet, destination: Network | None, traffic: Traffic) -> Way:
    """Say whether the subnet's ACL lets traffic out to a range, and the answers in; `None` is the internet.

    For the internet it is blocked only where it is for all addresses.
    """
    if isinstance(destination, IPv4Network) and destination.prefixlen:
        return _both(deployment, subnet, traffic, destination)
    return _both(deployment, subnet, traffic, ANYWHERE, somewhere=True)


def _both(
    deployment: Deployment,
    subnet: Subnet,
    traffic: Traffic,
    destination: IPv4Network,
    *,
    somewhere: bool = False,
) -> Way:
    answers = _answers(traffic)
    return every(
        [
            _through(deployment, subnet, "egress", traffic, [destination], somewhere=somewhere),
            _through(deployment, subnet, "ingress", answers, [destination], somewhere=somewhere),
        ]
    )


def _answers(traffic: Traffic) -> Traffic:
    return LINUX_CLIENT if traffic.protocol == "tcp" else traffic


def _through(  # noqa: PLR0913 - whose ACL, which way, what, with whom
    deployment: Deployment,
    subnet: Subnet,
    direction: Direction,
    traffic: Traffic,
    others: Sequence[IPv4Network],
    *,
    somewhere: bool = False,
) -> Way:
    """Ask the ACL of one subnet; where no ACL is declared at all, the VPC's default one lets all through."""
    acl = acl_of(deployment, subnet)
    if isinstance(acl, Unknown) and not _any_declared(deployment):
        return open_way()
    return passes(deployment, subnet, direction, traffic, others, somewhere=somewhere)


def _any_declared(deployment: Deployment) -> bool:
    kinds = (NetworkAcl, NetworkAclAssociation)
    return any(True for kind in kinds for _ in deployment.every(kind))
