"""What the network ACLs around a workload must let through: its calls, its file system, and the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from sagemaker_netlint.network.acls import LINUX_CLIENT, acl_of, acl_passes
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import route_to, vpc_of
from sagemaker_netlint.network.endpoints import is_interface, serving
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.placement import zone_of
from sagemaker_netlint.network.reachability import way_out
from sagemaker_netlint.network.security import ANYWHERE, HTTPS, NFS, Direction, Traffic, listed
from sagemaker_netlint.network.topology import Network, NetworkAcl, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.network.workloads import Domain

# https://www.iana.org/assignments/iana-ipv4-special-registry: what no public service has
_SPECIAL = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12")
_MORE = ("192.168.0.0/16", "224.0.0.0/3")


def _public() -> tuple[IPv4Network, ...]:
    left = [ANYWHERE]
    for text in (*_SPECIAL, *_MORE):
        gone = IPv4Network(text)
        left = [
            part
            for network in left
            for part in (network.address_exclude(gone) if gone.subnet_of(network) else (network,))
        ]
    return tuple(left)


_PUBLIC = _public()


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic that the ACL of a subnet must let through for what the workload needs; `end` is the other end.

    Where nobody knows the address at the other end, it is one of the public ones (`others` is empty).
    """

    workload: Declared
    need: str
    subnet: Subnet
    direction: Direction
    traffic: Traffic
    others: tuple[Network | Unknown, ...]
    end: str

    @property
    def wanted(self) -> tuple[IPv4Network, ...]:
        """Return what an entry must name for it."""
        return tuple(r for r in self.others if isinstance(r, IPv4Network)) or (ANYWHERE,)

    def through(self, deployment: Deployment, acl: NetworkAcl) -> Way:
        """Say whether an ACL lets it through."""
        others, hidden = (self.others, False) if self.others else (_PUBLIC, True)
        return acl_passes(deployment, acl, self.direction, self.traffic, others, somewhere=hidden)


def flows_of(
    deployment: Deployment, interface: Interface, services: Sequence[str], *, nat_may_stand_in: bool
) -> Iterator[Flow]:
    """Yield what the ACLs must let through for the interface: inside of one subnet none is met.

    The services are those that the workload needs.
    """
    subnets = [s for s in deployment.find_all(Subnet, interface.subnets) if isinstance(s, Subnet)]
    vpc = vpc_of(deployment, interface)
    for service in services:
        endpoints = serving(deployment, vpc, service)
        for endpoint in endpoints:
            there = deployment.find_all(Subnet, listed(endpoint.subnets))
            targets = [s for s in there if isinstance(s, Subnet)] if is_interface(endpoint) is True else []
            for subnet in subnets:
                for target in targets:
                    yield from _call(interface, subnet, target, HTTPS, f"`{endpoint.address}`")
                if is_interface(endpoint) is False and route_to(deployment, subnet, endpoint).exists is True:
                    yield from _public_call(interface, subnet, f"{service} over `{endpoint.address}`")
        if not endpoints and nat_may_stand_in:
            for subnet in subnets:
                if way_out(deployment, subnet).exists is True:
                    yield from _public_call(interface, subnet, f"{service} over its way out")


def home_flows(deployment: Deployment, interface: Interface) -> Iterator[Flow]:
    """Yield what must pass to the home directories, where the file system lies in another subnet for certain.

    It has one mount target in each zone (https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html), so
    that apps in the other of two subnets in one zone reach it through the ACLs of both. In which of the two
    it lies nobody knows before: one way is enough.
    """
    domain = interface.workload
    if not isinstance(domain, Domain) or domain.home_efs not in {None, "Enabled"}:
        return
    subnets = [s for s in deployment.find_all(Subnet, interface.subnets) if isinstance(s, Subnet)]
    for one, other in combinations(subnets, 2):
        zone = zone_of(one)
        if isinstance(zone, str) and zone == zone_of(other):
            ways = [_to_homes(interface, one, other), _to_homes(interface, other, one)]
            if all(_stopped(deployment, way) for way in ways):
                yield from ways[0]


def _to_homes(interface: Interface, here: Subnet, there: Subnet) -> tuple[Flow, ...]:
    return tuple(_call(interface, here, there, NFS, f"the home directories in `{there.address}`"))


def _stopped(deployment: Deployment, flows: Sequence[Flow]) -> bool:
    return any(
        flow.through(deployment, acl).exists is False
        for flow in flows
        if isinstance(acl := acl_of(deployment, flow.subnet), NetworkAcl)
    )


def _call(interface: Interface, subnet: Subnet, target: Subnet, traffic: Traffic, end: str) -> Iterator[Flow]:
    """Yield the call from a subnet to another one, at the ACLs of both, and the answer."""
    if subnet.identity == target.identity:
        return
    here, there = _range(subnet), _range(target)
    callers = f"the callers in `{subnet.address}`"
    yield Flow(interface.workload, end, subnet, "egress", traffic, there, end)
    yield Flow(interface.workload, end, target, "ingress", traffic, here, callers)
    yield Flow(interface.workload, end, target, "egress", LINUX_CLIENT, here, callers)
    yield Flow(interface.workload, end, subnet, "ingress", LINUX_CLIENT, there, end)


def _public_call(interface: Interface, subnet: Subnet, end: str) -> Iterator[Flow]:
    yield Flow(interface.workload, end, subnet, "egress", HTTPS, (), end)
    yield Flow(interface.workload, end, subnet, "ingress", LINUX_CLIENT, (), end)


def _range(subnet: Subnet) -> tuple[Network | Unknown, ...]:
    if subnet.cidr is None:
        return (Unknown(f"the range of `{subnet.address}` is not written"),)
    return (subnet.cidr,)


def candidates(deployment: Deployment, subnet: Subnet) -> Iterator[tuple[NetworkAcl, Unknown | None]]:
    """Yield the declared ACL of a subnet; or those that may be, each with the reason for doubt."""
    acl = acl_of(deployment, subnet)
    if isinstance(acl, NetworkAcl):
        yield acl, None
    elif isinstance(acl, Unknown):
        for other, _ in deployment.unplaced_acls:
            if isinstance(other, NetworkAcl):
                yield other, acl
