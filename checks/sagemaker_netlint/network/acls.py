"""Network ACLs: what they drop, and on which entry.

An ACL is stateless: entries are read by number, the first that matches decides, and answers must be let
through, too. Traffic inside of a subnet doesn't meet it
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import ANYWHERE, Direction, Traffic, listed
from sagemaker_netlint.network.topology import (
    Network,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    Subnet,
    Vpc,
)
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, unclear

LINUX_CLIENT = Traffic("tcp", 32768, 60999)
"""The ports to which answers come: Linux's net.ipv4.ip_local_port_range, which AWS's images don't change."""


def acl_of(deployment: Deployment, subnet: Subnet) -> Maybe[NetworkAcl]:
    """Return the subnet's network ACL; `None` is the VPC's default one, which lets everything through."""
    doubt: Unknown | None = None
    for reference, acl, owner in _associated(deployment):
        found = deployment.find(Subnet, reference)
        if isinstance(found, Subnet) and found.identity == subnet.identity:
            return acl
        if isinstance(reference, Unknown) and doubt is None:
            doubt = Unknown(f"{owner} may be for it: {reference.reason}")
    return _default(deployment, subnet) if doubt is None else doubt


def _associated(
    deployment: Deployment,
) -> Iterator[tuple[str | Unknown, Maybe[NetworkAcl], NetworkAcl | NetworkAclAssociation]]:
    """Yield references to subnets with their ACLs, and what declares it."""
    for association in deployment.each(NetworkAclAssociation):
        for reference in () if association.subnet is None else (association.subnet,):
            yield reference, deployment.find(NetworkAcl, association.acl), association
    for acl in deployment.each(NetworkAcl):
        for reference in listed(acl.subnets):
            yield reference, acl, acl


def _default(deployment: Deployment, subnet: Subnet) -> Maybe[NetworkAcl]:
    vpc = deployment.vpc_of(subnet)
    for acl in deployment.each(NetworkAcl):
        if acl.is_default and isinstance(vpc, Vpc) and deployment.find(Vpc, acl.vpc) is vpc:
            return acl
    if isinstance(vpc, Vpc):
        return deployment.unread_about(subnet)
    reason = vpc.reason if isinstance(vpc, Unknown) else "its VPC is not written"
    return Unknown(f"no association is declared here, and its VPC is not: {reason}")


def entries_of(
    deployment: Deployment, acl: NetworkAcl, direction: Direction
) -> list[NetworkAclEntry | Unknown]:
    """Return the entries of a direction by number; those of which the number isn't known come first."""
    inline = acl.inline_ingress if direction == "ingress" else acl.inline_egress
    found: list[NetworkAclEntry | Unknown] = []
    if isinstance(inline, Unknown):
        found.append(inline)
    elif inline is not None:
        found += inline
    for entry in deployment.each(NetworkAclEntry):
        owner = deployment.find(NetworkAcl, entry.acl)
        if isinstance(owner, NetworkAcl) and owner.identity == acl.identity:
            if isinstance(entry.egress, Unknown):
                found.append(entry.egress)
            elif (entry.egress is True) == (direction == "egress"):
                found.append(entry)
    return sorted(found, key=_number)


def _number(entry: NetworkAclEntry | Unknown) -> int:
    return entry.number if isinstance(entry, NetworkAclEntry) and isinstance(entry.number, int) else -1


@dataclass(frozen=True, slots=True)
class _Piece:
    """Addresses and ports of which it is to be decided, from an entry on."""

    network: IPv4Network
    first: int
    last: int
    index: int


def passes(
    deployment: Deployment, subnet: Subnet, direction: Direction, traffic: Traffic, others: Sequence[Network]
) -> Way:
    """Say whether the subnet's ACL lets the traffic through for all addresses of the others.

    `direction` is seen from the subnet. IPv6 ranges are left out: SageMaker's interfaces use IPv4.
    """
    acl = acl_of(deployment, subnet)
    if acl is None:
        return open_way()
    if isinstance(acl, Unknown):
        return unclear(f"the network ACL of `{subnet.address}` is not known: {acl.reason}")
    ranges = [r for r in others if isinstance(r, IPv4Network)] or [ANYWHERE]
    way = _walk(subnet, acl, entries_of(deployment, acl, direction), direction, traffic, ranges)
    return way or open_way((acl, f"lets {traffic} through"))


def _walk(  # noqa: PLR0913, PLR0917 - what goes where, through which entries
    subnet: Subnet,
    acl: NetworkAcl,
    entries: Sequence[NetworkAclEntry | Unknown],
    direction: Direction,
    traffic: Traffic,
    ranges: Sequence[IPv4Network],
) -> Way | None:
    """Return where the first piece of the traffic ends, `None` where all of it passes."""
    todo = [_Piece(r, traffic.from_port, traffic.to_port, 0) for r in ranges]
    while todo:
        piece = todo.pop()
        if piece.index == len(entries):
            return _dropped(subnet, acl, None, direction, traffic, piece)
        entry = entries[piece.index]
        if isinstance(entry, Unknown):
            return unclear(f"an entry of `{acl.address}` is not known: {entry.reason}")
        doubt = _open_part(entry)
        if doubt is not None:
            return unclear(f"an entry of `{acl.address}` is not known: {doubt.reason}")
        hit, rest = _split(entry, traffic, piece)
        if hit is not None and entry.action != "allow":
            return _dropped(subnet, acl, entry, direction, traffic, hit)
        todo += rest
    return None


def _dropped(  # noqa: PLR0913, PLR0917 - what was dropped, where, and by what
    subnet: Subnet,
    acl: NetworkAcl,
    entry: NetworkAclEntry | None,
    direction: Direction,
    traffic: Traffic,
    piece: _Piece,
) -> Way:
    side = "from" if direction == "ingress" else "to"
    shown = Traffic(traffic.protocol, piece.first, piece.last)
    by = "no entry allows it" if entry is None else f"entry {entry.number} denies it"
    fix = f"allow {traffic} {side} {piece.network} in an {direction} entry of `{acl.address}`"
    if entry is not None:
        fix += f" with a number below {entry.number}"
    return blocked(
        (subnet, f"uses `{acl.address}`"), (acl, f"drops {shown} {side} {piece.network}: {by}"), fix=fix
    )


def _open_part(entry: NetworkAclEntry) -> Unknown | None:
    parts = (entry.number, entry.protocol, entry.action, entry.cidr, entry.from_port, entry.to_port)
    return next((part for part in parts if isinstance(part, Unknown)), None)


def _split(entry: NetworkAclEntry, traffic: Traffic, piece: _Piece) -> tuple[_Piece | None, list[_Piece]]:
    """Return the part that the entry decides, and the parts that go on to the next entry."""
    after = _Piece(piece.network, piece.first, piece.last, piece.index + 1)
    cidr = entry.cidr
    if not isinstance(cidr, IPv4Network) or not cidr.overlaps(piece.network):
        return None, [after]
    if entry.protocol not in {"-1", None, traffic.protocol}:
        return None, [after]
    first, last = piece.first, piece.last
    if (
        entry.protocol == traffic.protocol
        and isinstance(entry.from_port, int)
        and isinstance(entry.to_port, int)
    ):
        first, last = max(first, entry.from_port), min(last, entry.to_port)
    if first > last:
        return None, [after]
    inside = cidr if cidr.subnet_of(piece.network) else piece.network
    rest = [
        _Piece(part, piece.first, piece.last, piece.index + 1) for part in _without(piece.network, inside)
    ]
    rest += [
        _Piece(inside, low, high, piece.index + 1)
        for low, high in ((piece.first, first - 1), (last + 1, piece.last))
        if low <= high
    ]
    return _Piece(inside, first, last, piece.index), rest


def _without(network: IPv4Network, inside: IPv4Network) -> Iterator[IPv4Network]:
    return iter(()) if network == inside else network.address_exclude(inside)
