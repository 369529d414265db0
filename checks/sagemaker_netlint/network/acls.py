"""Network ACLs: what they drop, and on which entry.

An ACL is stateless: entries are read by number, the first that matches decides, and answers must be let
through, too. Traffic inside of a subnet doesn't meet it
(https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from sagemaker_netlint.network.deployment import Deployment, unknowns
from sagemaker_netlint.network.placement import same_vpc
from sagemaker_netlint.network.security import ANYWHERE, EVERYTHING, Direction, Ports, Traffic
from sagemaker_netlint.network.topology import Network, NetworkAcl, NetworkAclEntry, Subnet, Vpc
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, unclear

LINUX_CLIENT = Traffic("tcp", 32768, 60999)
"""The ports to which answers come: Linux's net.ipv4.ip_local_port_range, which AWS's images don't change."""
_LAST_NUMBER = 32766  # CreateNetworkAclEntry, RuleNumber


def acl_of(deployment: Deployment, subnet: Subnet) -> Maybe[NetworkAcl]:
    """Return the subnet's network ACL; `None` is the VPC's default one, which lets everything through.

    A subnet that exists already may have been given another one, whatever is declared about its VPC.
    """
    if subnet.identity in deployment.associated_acls:
        return deployment.associated_acls[subnet.identity]
    for acl, reason in deployment.unplaced_acls:
        if not isinstance(acl, NetworkAcl) or same_vpc(deployment, acl.vpc, subnet.vpc) is not False:
            name = f"`{acl.address}`" if isinstance(acl, NetworkAcl) else "an ACL"
            return Unknown(f"{name} may be for it: {reason.reason}")
    if deployment.is_existing(subnet):
        return Unknown("it exists already, and no association is in sight")
    return _default(deployment, subnet)


def _default(deployment: Deployment, subnet: Subnet) -> Maybe[NetworkAcl]:
    vpc = deployment.vpc_of(subnet)
    if not isinstance(vpc, Vpc):
        reason = vpc.reason if isinstance(vpc, Unknown) else "its VPC is not written"
        return Unknown(f"no association is declared here, and its VPC is not: {reason}")
    for acl in deployment.every(NetworkAcl):
        if acl.is_default and deployment.find(Vpc, acl.vpc) is vpc:
            return acl
    if deployment.is_existing(vpc):
        return Unknown(f"the default one of `{vpc.address}` is not in the inventory")
    return deployment.unread_about(subnet)


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
    for entry in deployment.acl_entries_of(acl):
        if isinstance(entry.egress, Unknown):
            found.append(entry.egress)
        elif (entry.egress is True) == (direction == "egress"):
            found.append(entry)
    return sorted(found, key=lambda entry: _number(entry) or -1)


def _number(entry: NetworkAclEntry | Unknown | None) -> int | None:
    return entry.number if isinstance(entry, NetworkAclEntry) and isinstance(entry.number, int) else None


def passes(  # noqa: PLR0913 - what goes where, and how well that is known
    deployment: Deployment,
    subnet: Subnet,
    direction: Direction,
    traffic: Traffic,
    others: Sequence[Network | Unknown],
    *,
    somewhere: bool = False,
) -> Way:
    """Say whether the subnet's ACL lets the traffic through from, or to, all addresses of the others.

    `direction` is seen from the subnet. With `somewhere` the other end is one address that lies in the
    ranges, nobody knows where. IPv6 ranges are left out: SageMaker's interfaces use IPv4.
    """
    acl = acl_of(deployment, subnet)
    if acl is None:
        return open_way()
    if isinstance(acl, Unknown):
        return unclear(f"the network ACL of `{subnet.address}` is not known: {acl.reason}")
    way = acl_passes(deployment, acl, direction, traffic, others, somewhere=somewhere)
    return way.after((subnet, f"uses `{acl.address}`"))


def acl_passes(  # noqa: PLR0913 - as above
    deployment: Deployment,
    acl: NetworkAcl,
    direction: Direction,
    traffic: Traffic,
    others: Sequence[Network | Unknown],
    *,
    somewhere: bool = False,
) -> Way:
    """Say what `passes` says, of any subnet that uses the ACL."""
    question = _Question(acl, direction, traffic, entries_of(deployment, acl, direction))
    ranges = [other for other in others if isinstance(other, IPv4Network)]
    hidden = next(iter(unknowns(others) if others else [Unknown("no address is written")]), None)
    certain = [] if somewhere else ranges
    vague = [ANYWHERE] if hidden is not None else [r for r in ranges if somewhere]
    stretches = [stretch for wanted in certain for stretch in question.stretches(wanted)]
    possible = [stretch for wanted in vague for stretch in question.stretches(wanted)]
    way = next((question.drops(stretch) for stretch in stretches if stretch.drops), None)
    if way is None and possible and all(stretch.drops for stretch in possible):
        way = question.drops(possible[0], everywhere=True)
    if way is not None:
        unread = deployment.unread_about(acl)
        return way if unread is None else question.unclear(unread)
    doubts = [stretch.doubt for stretch in (*stretches, *possible) if stretch.doubt is not None]
    if any(stretch.drops for stretch in possible):
        doubts.append(Unknown("the address at the other end is not known") if hidden is None else hidden)
    return question.unclear(doubts[0]) if doubts else open_way((acl, f"lets {traffic} through"))


def entries_to_add(
    deployment: Deployment,
    acl: NetworkAcl,
    direction: Direction,
    wanted: Iterable[tuple[Traffic, IPv4Network]],
) -> Iterator[str]:
    """Yield the entries that let through what the ACL drops, each with a free number, for people."""
    entries, added = entries_of(deployment, acl, direction), set[int]()
    for traffic, network in wanted:
        yield _Question(acl, direction, traffic, entries).fix(network, added)


@dataclass(frozen=True, slots=True)
class _Line:
    """What an entry does to the traffic that is asked about.

    It covers addresses and ports at most; only where it is `sure` does it match all of them, and before the
    entries that follow. `doubt` is what isn't known of it.
    """

    entry: NetworkAclEntry | None
    first: int
    last: int
    ports: Ports
    actions: frozenset[str]
    sure: bool
    doubt: Unknown | None


@dataclass(frozen=True, slots=True)
class _Drop:
    ports: Ports
    entry: NetworkAclEntry | None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of the traffic's ports: which are dropped for certain, and why others perhaps."""

    drops: tuple[_Drop, ...] = ()
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring addresses of a wanted range that fare alike."""

    wanted: IPv4Network
    first: int
    last: int
    drops: tuple[_Drop, ...]
    doubt: Unknown | None


@dataclass(frozen=True)
class _Question:
    acl: NetworkAcl
    direction: Direction
    traffic: Traffic
    entries: Sequence[NetworkAclEntry | Unknown]

    @property
    def side(self) -> str:
        return "from" if self.direction == "ingress" else "to"

    @cached_property
    def _lines(self) -> tuple[_Line, ...]:
        """Return what the entries do, in their order.

        One whose number isn't known may come first; where nothing else matches, it decides at the end.
        """
        lines = [_line(entry, self.traffic) for entry in self.entries]
        unplaced = [e for e in self.entries if isinstance(e, NetworkAclEntry) and _number(e) is None]
        lines += [_line(entry, self.traffic, placed=True) for entry in unplaced]
        return tuple(line for line in lines if line is not None)

    @cached_property
    def _cuts(self) -> tuple[int, ...]:
        return tuple(sorted({cut for line in self._lines for cut in (line.first, line.last + 1)}))

    def stretches(self, wanted: IPv4Network) -> Iterator[_Stretch]:
        """Yield the stretches of a range in which the same entries apply."""
        first, last = int(wanted.network_address), int(wanted.broadcast_address)
        starts = [first, *(cut for cut in self._cuts if first < cut <= last)]
        known: dict[tuple[_Line, ...], _Verdict] = {}
        for low, high in zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True):
            lines = tuple(line for line in self._lines if line.first <= low <= line.last)
            if lines not in known:
                known[lines] = _decide(lines, self.traffic)
            yield _Stretch(wanted, low, high, known[lines].drops, known[lines].doubt)

    def unclear(self, doubt: Unknown) -> Way:
        """Return the answer that it is not known."""
        asked = f"whether `{self.acl.address}` lets {self.traffic} {self.direction} through"
        return unclear(f"{asked} is not known: {doubt.reason}")

    def drops(self, stretch: _Stretch, *, everywhere: bool = False) -> Way:
        """Return the answer that it is dropped, and the entry to add."""
        drop = stretch.drops[0]
        part = next(summarize_address_range(IPv4Address(stretch.first), IPv4Address(stretch.last)))
        where = "every address" if everywhere else f"{part}"
        by = "no entry allows it" if drop.entry is None else f"entry {drop.entry.number} denies it"
        shown = replace(self.traffic, from_port=drop.ports[0], to_port=drop.ports[1])
        text = f"drops {self.direction} {shown} {self.side} {where}: {by}"
        return blocked((self.acl, text), fix=self.fix(stretch.wanted, set()))

    def fix(self, wanted: IPv4Network, added: set[int]) -> str:
        """Say which entry lets it through: one that comes before all that deny a part of it.

        `added` are numbers that other entries are about to take; that of this one is put to them.
        """
        denying = {
            number
            for stretch in self.stretches(wanted)
            for drop in stretch.drops
            if (number := _number(drop.entry)) is not None
        }
        own = {number for entry in self.entries if (number := _number(entry)) is not None}
        taken = own | added
        wish = min(denying) - 1 if denying else max(taken, default=90) + 10
        free = next((n for n in range(min(wish, _LAST_NUMBER), 0, -1) if n not in taken), None)
        rule = f"{self.direction}, allow {self.traffic} {self.side} {wanted}"
        if free is None:
            return f"renumber entry {min(denying)} of `{self.acl.address}`, and put before it one: {rule}"
        added.add(free)
        return f"add entry {free} to `{self.acl.address}`: {rule}"


_BOTH = frozenset({"allow", "deny"})


def _line(entry: NetworkAclEntry | Unknown, traffic: Traffic, *, placed: bool = False) -> _Line | None:
    """Return what the entry does to the traffic, `None` where it never matches.

    `placed` says that its place is known, whatever its number is.
    """
    lowest, highest = int(ANYWHERE.network_address), int(ANYWHERE.broadcast_address)
    whole = (traffic.from_port, traffic.to_port)
    if isinstance(entry, Unknown):
        return _Line(None, lowest, highest, whole, _BOTH, sure=False, doubt=entry)
    ports = _ports(entry, traffic)
    if ports is None or not isinstance(entry.cidr, (IPv4Network, Unknown)):  # an entry for IPv6
        return None
    if isinstance(entry.cidr, IPv4Network):
        lowest, highest = int(entry.cidr.network_address), int(entry.cidr.broadcast_address)
    number = Unknown("its number is not written") if entry.number is None else entry.number
    doubts = unknowns((entry.cidr, ports, None if placed else number))
    actions = _BOTH if isinstance(entry.action, Unknown) else {"allow" if entry.action == "allow" else "deny"}
    return _Line(
        entry,
        lowest,
        highest,
        whole if isinstance(ports, Unknown) else ports,
        frozenset(actions),
        sure=not doubts,
        doubt=next(iter([*doubts, *unknowns([entry.action])]), None),
    )


def _ports(entry: NetworkAclEntry, traffic: Traffic) -> Ports | Unknown | None:
    """Return which ports of the traffic the entry matches, `None` for none of them."""
    whole = (traffic.from_port, traffic.to_port)
    if isinstance(entry.protocol, Unknown):
        return entry.protocol
    if entry.protocol in {"-1", None}:
        return whole
    if traffic == EVERYTHING:  # an entry for one protocol can drop a part of it, but not let all through
        return None if entry.action == "allow" else whole
    return _common(entry, whole) if entry.protocol == traffic.protocol else None


def _common(entry: NetworkAclEntry, whole: Ports) -> Ports | Unknown | None:
    for port in unknowns((entry.from_port, entry.to_port)):
        return port
    if not isinstance(entry.from_port, int) or not isinstance(entry.to_port, int):
        return whole
    first, last = max(entry.from_port, whole[0]), min(entry.to_port, whole[1])
    return (first, last) if first <= last else None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Ports that no entry has decided yet, and what those may have done of which not all is known."""

    ports: Ports
    perhaps: frozenset[str] = frozenset()
    doubt: Unknown | None = None


def _decide(lines: Sequence[_Line], traffic: Traffic) -> _Verdict:
    """Let the entries decide about the ports, one after the other."""
    verdict = _Verdict()
    pieces = [_Piece((traffic.from_port, traffic.to_port))]
    for line in lines:
        left: list[_Piece] = []
        for piece in pieces:
            left += _outside(piece, line.ports)
            inside = _inside(piece, line.ports)
            if inside is None:
                continue
            if line.sure:
                verdict = _with(verdict, inside, line.actions, line)
            else:
                doubt = line.doubt if inside.doubt is None else inside.doubt
                left.append(replace(inside, perhaps=inside.perhaps | line.actions, doubt=doubt))
        pieces = left
    for piece in pieces:
        verdict = _with(verdict, piece, frozenset({"deny"}), None)
    return verdict


def _with(verdict: _Verdict, piece: _Piece, actions: frozenset[str], line: _Line | None) -> _Verdict:
    """Take over what becomes of a piece that an entry decides, or none."""
    outcomes = piece.perhaps | actions
    if outcomes == {"deny"}:
        drop = _Drop(piece.ports, None if line is None else line.entry)
        return replace(verdict, drops=(*verdict.drops, drop))
    if outcomes == _BOTH and verdict.doubt is None:
        return replace(verdict, doubt=line.doubt if piece.doubt is None and line is not None else piece.doubt)
    return verdict


def _inside(piece: _Piece, ports: Ports) -> _Piece | None:
    first, last = max(piece.ports[0], ports[0]), min(piece.ports[1], ports[1])
    return replace(piece, ports=(first, last)) if first <= last else None


def _outside(piece: _Piece, ports: Ports) -> Iterator[_Piece]:
    for first, last in (
        (piece.ports[0], min(piece.ports[1], ports[0] - 1)),
        (max(piece.ports[0], ports[1] + 1), piece.ports[1]),
    ):
        if first <= last:
            yield replace(piece, ports=(first, last))
