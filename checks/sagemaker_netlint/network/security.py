"""What security groups let through, in which direction, to and from whom.

A group's rules only allow, and what one rule of one group of an interface allows passes; answers to what
was let through pass as well (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from typing import Literal, Union, cast

from sagemaker_netlint.network.deployment import Deployment, unknowns
from sagemaker_netlint.network.topology import Network, Refs, SecurityGroup, SecurityGroupRule, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, unclear

Direction = Literal["ingress", "egress"]
Ports = tuple[int, int]
Part = tuple[Network, Ports]
_WITH_PORTS = frozenset({"tcp", "udp"})
_NAMES = {"50": "ESP (protocol 50)", "-1": "all traffic"}
ANYWHERE = IPv4Network("0.0.0.0/0")
"""Every IPv4 address."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A protocol, lower case or a number, `"-1"` for all; and ports, both inclusive, for TCP and UDP."""

    protocol: str
    from_port: int = 0
    to_port: int = 65535

    def __str__(self) -> str:
        """Return the traffic for people: `TCP 443`, `TCP 8192-65535`, `all traffic`."""
        if self.protocol not in _WITH_PORTS:
            return _NAMES.get(self.protocol, f"protocol {self.protocol}")
        ports = f"{self.from_port}" if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"
        return f"{self.protocol.upper()} {ports}"


HTTPS = Traffic("tcp", 443, 443)
NFS = Traffic("tcp", 2049, 2049)
STUDIO_APPS = Traffic("tcp", 8192, 65535)
IKE = Traffic("udp", 500, 500)
ESP = Traffic("50")
EVERYTHING = Traffic("-1")


@dataclass(frozen=True, slots=True)
class Party:
    """The other end: the security groups that it carries, and the ranges in which its address lies.

    `name` is for messages. An unknown range is one of which nothing is known.
    """

    name: str
    groups: tuple[str | Unknown, ...] = ()
    ranges: tuple[Network | Unknown, ...] = ()


def listed(references: Refs) -> tuple[str | Unknown, ...]:
    """Return references as items: an unknown list is one unknown item, an absent one is empty."""
    if references is None:
        return ()
    return (references,) if isinstance(references, Unknown) else references


def lets_through(  # noqa: PLR0913 - who, which way, what, with whom, and how strict
    deployment: Deployment,
    groups: Sequence[str | Unknown],
    direction: Direction,
    traffic: Traffic,
    party: Party,
    *,
    by_group: bool = False,
) -> Way:
    """Say whether an interface with the groups may receive (ingress) or send (egress) the traffic.

    `by_group` counts rules only that name a group of the party: an EFA takes no other
    (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html).
    """
    question = _Question(deployment, direction, traffic, party, by_group)
    found = [deployment.find(SecurityGroup, group) for group in groups]
    known = [group for group in found if isinstance(group, SecurityGroup)]
    asked = f"{question.verb} {traffic} {question.side} {party.name}"
    certain = next((group for group in known if question.passes((group,))), None)
    if certain is not None or (len(known) > 1 and question.passes(known)):
        return open_way((certain or known[0], asked))
    doubt = question.doubt(known)
    if doubt is not None:
        return unclear(f"whether `{known[0].address}` {asked} is not known: {doubt.reason}")
    for item in found:
        if isinstance(item, Unknown):
            return unclear(f"a security group is not known: {item.reason}")
    if not known:
        return unclear("no security group is named")
    unread = deployment.unread_about(*known)
    if unread is not None:
        return unclear(f"a rule of `{known[0].address}` may not be in sight: {unread.reason}")
    fix = f"add an {direction} rule to `{known[0].address}` for {traffic} {question.side} {party.name}"
    return blocked((known[0], f"has no {direction} rule that {asked}"), fix=fix)


@dataclass(frozen=True)
class _Question:
    deployment: Deployment
    direction: Direction
    traffic: Traffic
    party: Party
    by_group: bool

    @property
    def verb(self) -> str:
        return "admits" if self.direction == "ingress" else "allows"

    @property
    def side(self) -> str:
        return "from" if self.direction == "ingress" else "to"

    @cached_property
    def _own(self) -> frozenset[str]:
        """Return the identities of the groups that the party carries."""
        return frozenset(self._identity(ref) for ref in self.party.groups if isinstance(ref, str))

    def _identity(self, reference: str) -> str:
        found = self.deployment.find(SecurityGroup, reference)
        return found.identity if isinstance(found, SecurityGroup) else reference

    @property
    def _ranges(self) -> tuple[Network | Unknown, ...]:
        return self.party.ranges or (Unknown(f"the addresses of {self.party.name} are not known"),)

    def _rules(self, groups: Sequence[SecurityGroup]) -> Iterator[tuple[SecurityGroup, _Rule]]:
        for group in groups:
            ingress = self.direction == "ingress"
            rules = self.deployment.ingress_of(group) if ingress else self.deployment.egress_of(group)
            yield from ((group, rule) for rule in rules)

    def passes(self, groups: Sequence[SecurityGroup]) -> bool:
        """Say whether the rules of the groups for certain cover all ports from all ranges."""
        rules = list(self._rules(groups))
        for known in self._ranges:
            parts = [part for group, rule in rules for part in self._parts(group, rule, known)]
            if not _covered(_whole(known), parts, self.traffic):
                return False
        return True

    def doubt(self, groups: Sequence[SecurityGroup]) -> Unknown | None:
        """Return why the groups may let it through after all; `None` where they don't."""
        rules = list(self._rules(groups)) + list(self._unplaced(groups))
        first: Unknown | None = None
        for known in self._ranges:
            parts: list[Part] = []
            for group, rule in rules:
                certain = list(self._parts(group, rule, known))
                perhaps = list(self._perhaps(group, rule, known))
                parts += certain + perhaps
                if perhaps and first is None and not _covered(_whole(known), certain, self.traffic):
                    first = self._reason(rule, known)
            if not _covered(_whole(known), parts, self.traffic):
                return None
        return first

    def _unplaced(self, groups: Sequence[SecurityGroup]) -> Iterator[tuple[SecurityGroup, _Rule]]:
        """Yield rule resources that may belong to one of the groups: theirs is not known."""
        unplaced = self.deployment.unplaced_rules(self.direction)
        yield from ((group, rule) for group in groups for rule in unplaced)

    def _parts(self, group: SecurityGroup, rule: _Rule, known: Network | Unknown) -> Iterator[Part]:
        """Yield what the rule covers for certain: addresses of the range, and ports."""
        ports = None if isinstance(rule, Unknown) else _ports(rule, self.traffic)
        if isinstance(rule, Unknown) or ports is None or isinstance(ports, Unknown):
            return
        if isinstance(rule.group, Unknown):
            return
        if self._names_party(group, rule):
            yield _whole(known), ports
        elif not self.by_group:
            yield from ((source, ports) for source in _sources(rule))

    def _names_party(self, group: SecurityGroup, rule: SecurityGroupRule) -> bool:
        if rule.self_reference is True and group.identity in self._own:
            return True
        return any(isinstance(ref, str) and self._identity(ref) in self._own for ref in listed(rule.peers))

    def _perhaps(self, group: SecurityGroup, rule: _Rule, known: Network | Unknown) -> Iterator[Part]:
        """Yield what the rule may cover beyond that."""
        whole, everything = _whole(known), (self.traffic.from_port, self.traffic.to_port)
        ports = everything if isinstance(rule, Unknown) else _ports(rule, self.traffic)
        if isinstance(rule, Unknown):
            yield whole, everything
        elif ports is not None:
            unsure = isinstance(ports, Unknown) or isinstance(rule.group, Unknown)
            span = everything if isinstance(ports, Unknown) else ports
            if self._may_come(group, rule, known, unsure=unsure):
                yield whole, span
            elif unsure and not self.by_group:
                yield from ((source, span) for source in _sources(rule))

    def _may_come(
        self, group: SecurityGroup, rule: SecurityGroupRule, known: Network | Unknown, *, unsure: bool
    ) -> bool:
        """Say whether the rule may cover the whole range by what is not known of it or of the party."""
        if self._names_party(group, rule):
            return unsure
        if self._may_name(group, rule):
            return True
        if self.by_group:
            return False
        # an address of which nothing is known may lie in any range; in all of them it lies for certain
        narrow = any(source.version == 4 and source.prefixlen for source in _sources(rule))  # noqa: PLR2004
        return (isinstance(known, Unknown) and narrow) or _has_open_source(rule, self.deployment)

    def _may_name(self, group: SecurityGroup, rule: SecurityGroupRule) -> bool:
        """Say whether the rule may name a group of the party."""
        peers = listed(rule.peers)
        if any(isinstance(ref, Unknown) for ref in self.party.groups):
            return bool(peers) or rule.self_reference is not None
        if any(isinstance(ref, Unknown) for ref in peers):
            return bool(self._own)
        return isinstance(rule.self_reference, Unknown) and group.identity in self._own

    def _reason(self, rule: _Rule, known: Network | Unknown) -> Unknown:
        """Return the first part of the rule, or of the party, that is not known."""
        if isinstance(rule, Unknown):
            return rule
        if isinstance(rule.group, Unknown):
            return Unknown(f"`{rule.address}` may belong to it: {rule.group.reason}")
        parts: list[Union[object, None]] = [rule.protocol, rule.from_port, rule.to_port, rule.self_reference]
        parts += [*listed(rule.peers), rule.sources]
        parts += rule.sources if isinstance(rule.sources, tuple) else ()
        if _has_prefix_list(rule, self.deployment):
            reason = f"`{rule.address}` names a prefix list, and what it holds is not declared here"
            parts.append(Unknown(reason))
        parts += [*self.party.groups, known]
        return next(part for part in parts if isinstance(part, Unknown))


_Rule = Union[SecurityGroupRule, Unknown]


def _whole(known: Network | Unknown) -> Network:
    """Return the addresses to be covered: all of IPv4, as our interfaces have it, where they aren't known."""
    return ANYWHERE if isinstance(known, Unknown) else known


def _ports(rule: SecurityGroupRule, traffic: Traffic) -> Ports | Unknown | None:
    """Return the ports of the traffic that the rule covers; `None` of another protocol."""
    whole = (traffic.from_port, traffic.to_port)
    if isinstance(rule.protocol, Unknown):
        return rule.protocol
    if rule.protocol in {"-1", None}:
        return whole
    if rule.protocol != traffic.protocol:
        return None
    for port in unknowns((rule.from_port, rule.to_port)):
        return port
    written = isinstance(rule.from_port, int) and isinstance(rule.to_port, int)
    if not written or traffic.protocol not in _WITH_PORTS or rule.from_port == -1:
        return whole
    return cast("Ports", (rule.from_port, rule.to_port))


def _sources(rule: SecurityGroupRule) -> Iterator[Network]:
    sources = rule.sources if isinstance(rule.sources, tuple) else ()
    return (source for source in sources if not isinstance(source, Unknown))


def _has_open_source(rule: SecurityGroupRule, deployment: Deployment) -> bool:
    if isinstance(rule.sources, Unknown) or _has_prefix_list(rule, deployment):
        return True
    return rule.sources is not None and any(isinstance(source, Unknown) for source in rule.sources)


def _has_prefix_list(rule: SecurityGroupRule, deployment: Deployment) -> bool:
    """Say whether the rule names a prefix list that may hold addresses of a VPC.

    That of a gateway endpoint holds the public addresses of its service only, and so do AWS's other ones.
    """
    for reference in listed(rule.prefix_lists):
        if reference in deployment.prefix_lists:
            continue
        owner = "" if isinstance(reference, Unknown) else reference.rpartition("/")[0]
        if not isinstance(deployment.find(VpcEndpoint, owner), VpcEndpoint):
            return True
    return False


def _covered(wanted: Network, parts: Sequence[Part], traffic: Traffic) -> bool:
    """Say whether the parts together cover the range with all ports: two /25 are a /24, two halves a span."""
    near = [part for part in parts if part[0].version == wanted.version and part[0].overlaps(wanted)]
    whole = [ports for network, ports in near if network.prefixlen <= wanted.prefixlen]
    if _union_covers(whole, traffic):
        return True
    if len(whole) == len(near):  # nothing is cut finer than this
        return False
    return all(_covered(half, near, traffic) for half in wanted.subnets())


def _union_covers(parts: Sequence[Ports], traffic: Traffic) -> bool:
    reached = traffic.from_port - 1
    for first, last in sorted(parts):
        if first > reached + 1:
            break
        reached = max(reached, last)
    return reached >= traffic.to_port
