"""What security groups let through, in which direction, to and from whom.

A group's rules only allow, and what one rule of one group of an interface allows passes; answers to what
was let through pass as well (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from typing import Literal, Union

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Network, Refs, SecurityGroup, SecurityGroupRule
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, unclear

Direction = Literal["ingress", "egress"]
Ports = tuple[int, int]
_WITH_PORTS = frozenset({"tcp", "udp"})
_NAMES = {"50": "ESP (protocol 50)", "-1": "all traffic"}


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
    if any(question.passes(group, strict=True) for group in known) or question.passes_together(known):
        group = next((g for g in known if question.passes(g, strict=True)), known[0])
        return open_way((group, f"{question.verb} {traffic} {question.side} {party.name}"))
    for group in known:
        doubt = question.doubt(group)
        if doubt is not None:
            asked = f"`{group.address}` {question.verb} {traffic} {question.side} {party.name}"
            return unclear(f"whether {asked} is not known: {doubt.reason}")
    for item in found:
        if isinstance(item, Unknown):
            return unclear(f"a security group is not known: {item.reason}")
    if not known:
        return unclear("no security group is named")
    unread = deployment.unread_about(*known)
    if unread is not None:
        return unclear(f"a rule of `{known[0].address}` may not be in sight: {unread.reason}")
    text = f"has no {direction} rule that {question.verb} {traffic} {question.side} {party.name}"
    fix = f"add an {direction} rule to `{known[0].address}` for {traffic} {question.side} {party.name}"
    return blocked((known[0], text), fix=fix)


@dataclass(frozen=True, slots=True)
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

    def rules(self, group: SecurityGroup) -> tuple[SecurityGroupRule | Unknown, ...]:
        if self.direction == "ingress":
            return self.deployment.ingress_of(group)
        return self.deployment.egress_of(group)

    def known_rules(self, group: SecurityGroup) -> Iterator[SecurityGroupRule]:
        return (rule for rule in self.rules(group) if isinstance(rule, SecurityGroupRule))

    def ranges(self) -> tuple[Network | None, ...]:
        """Return the ranges to be covered; `None` is any address."""
        ranges = tuple(None if isinstance(r, Unknown) else r for r in self.party.ranges)
        return ranges or (None,)

    def passes(self, group: SecurityGroup, *, strict: bool) -> bool:
        """Say whether the rules of one group cover all ports from all ranges."""
        return self._covers([(group, rule) for rule in self.known_rules(group)], strict=strict)

    def passes_together(self, groups: Sequence[SecurityGroup]) -> bool:
        """Say whether the rules of several groups do so together."""
        return self._covers([(g, rule) for g in groups for rule in self.known_rules(g)], strict=True)

    def _covers(self, rules: Sequence[tuple[SecurityGroup, SecurityGroupRule]], *, strict: bool) -> bool:
        return all(self._covers_range(rules, wanted, strict=strict) for wanted in self.ranges())

    def _covers_range(
        self,
        rules: Sequence[tuple[SecurityGroup, SecurityGroupRule]],
        wanted: Network | None,
        *,
        strict: bool,
    ) -> bool:
        matching = [rule for group, rule in rules if self._peers(group, rule, wanted, strict=strict)]
        if _union_covers([_ports(rule, self.traffic, strict=strict) for rule in matching], self.traffic):
            return True
        if wanted is None or self.by_group:
            return False
        whole = [r for _, r in rules if _union_covers([_ports(r, self.traffic, strict=strict)], self.traffic)]
        return _collapsed_cover(whole, wanted)

    def _peers(
        self, group: SecurityGroup, rule: SecurityGroupRule, wanted: Network | None, *, strict: bool
    ) -> bool:
        """Say whether the rule names the party: strictly for certain, else perhaps."""
        own = {self._identity(ref) for ref in self.party.groups if isinstance(ref, str)}
        named = {self._identity(ref) for ref in listed(rule.peers) if isinstance(ref, str)}
        if own & named or (rule.self_reference is True and group.identity in own):
            return True
        if not self.by_group and _by_range(rule, wanted):
            return True
        return not strict and _may_name(rule, self.party, by_group=self.by_group, wanted=wanted)

    def _identity(self, reference: str) -> str:
        found = self.deployment.find(SecurityGroup, reference)
        return found.identity if isinstance(found, SecurityGroup) else reference

    def doubt(self, group: SecurityGroup) -> Unknown | None:
        """Return why the group may let it through after all."""
        unknown = next((rule for rule in self.rules(group) if isinstance(rule, Unknown)), None)
        if unknown is not None:
            return unknown
        if not self.passes(group, strict=False):
            return None
        for rule in self.known_rules(group):
            doubt = _open_part(rule, self.party)
            if doubt is not None:
                return doubt
        return Unknown("a rule of it is not known in every part")


def _ports(rule: SecurityGroupRule, traffic: Traffic, *, strict: bool) -> Ports | None:
    """Return the ports that the rule covers; what isn't known covers all of them, but not if strict."""
    whole = (traffic.from_port, traffic.to_port)
    if isinstance(rule.protocol, Unknown):
        return None if strict else whole
    if rule.protocol is None or rule.protocol == "-1":
        return whole
    if rule.protocol != traffic.protocol:
        return None
    if traffic.protocol not in _WITH_PORTS or rule.from_port is None or rule.to_port is None:
        return whole
    if isinstance(rule.from_port, Unknown) or isinstance(rule.to_port, Unknown):
        return None if strict else whole
    return whole if rule.from_port == -1 else (rule.from_port, rule.to_port)


def _union_covers(parts: Sequence[Ports | None], traffic: Traffic) -> bool:
    reached = traffic.from_port - 1
    for first, last in sorted(part for part in parts if part is not None):
        if first > reached + 1:
            break
        reached = max(reached, last)
    return reached >= traffic.to_port


def _by_range(rule: SecurityGroupRule, wanted: Network | None) -> bool:
    if rule.sources is None or isinstance(rule.sources, Unknown):
        return False
    return any(_holds(source, wanted) for source in rule.sources if not isinstance(source, Unknown))


def _holds(source: Network, wanted: Network | None) -> bool:
    if wanted is None:
        return source.version == 4 and source.prefixlen == 0  # noqa: PLR2004 - IPv4, as all our interfaces
    return source.version == wanted.version and wanted.subnet_of(source)  # type: ignore[arg-type]


def _collapsed_cover(rules: Sequence[SecurityGroupRule], wanted: Network) -> bool:
    """Say whether several ranges cover the wanted one together: two /25 are a /24."""
    sources = [
        source
        for rule in rules
        if isinstance(rule.sources, tuple)
        for source in rule.sources
        if isinstance(source, IPv4Network)
    ]
    return any(_holds(source, wanted) for source in collapse_addresses(sources))


def _may_name(rule: SecurityGroupRule, party: Party, *, by_group: bool, wanted: Network | None) -> bool:
    if any(isinstance(ref, Unknown) for ref in (*listed(rule.peers), rule.self_reference)):
        return True
    if rule.peers is not None and any(isinstance(ref, Unknown) for ref in party.groups):
        return True
    if by_group:
        return False
    if rule.prefix_lists is not None and rule.prefix_lists != ():
        return True
    has_source = rule.sources is not None and rule.sources != ()
    open_source = isinstance(rule.sources, Unknown) or (
        isinstance(rule.sources, tuple) and any(isinstance(s, Unknown) for s in rule.sources)
    )
    return open_source or (has_source and wanted is None)


def _open_part(rule: SecurityGroupRule, party: Party) -> Unknown | None:
    """Return the first part of the rule, or of the party, that is not known."""
    parts: list[Union[object, None]] = [
        rule.protocol,
        rule.from_port,
        rule.to_port,
        rule.self_reference,
        *listed(rule.peers),
        *(rule.sources if isinstance(rule.sources, tuple) else (rule.sources,)),
    ]
    if rule.prefix_lists is not None and rule.prefix_lists != ():
        parts.append(Unknown(f"`{rule.address}` names a prefix list, and what it holds is not declared here"))
    parts += [*party.groups, *party.ranges]
    return next((part for part in parts if isinstance(part, Unknown)), None)


ANYWHERE = IPv4Network("0.0.0.0/0")
"""Every IPv4 address."""
