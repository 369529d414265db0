"""Where things lie: in which VPC, in how many availability zones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sagemaker_netlint.network.attachments import group_fields
from sagemaker_netlint.network.declared import Action
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.logic import either
from sagemaker_netlint.network.topology import Refs, SecurityGroup, Subnet, Vpc
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import Domain, UserProfile

_VPC_ID = re.compile(r"vpc-[0-9a-f]+")
_SUBNET_ID = re.compile(r"subnet-[0-9a-f]+")
# A name ends with a letter (us-east-1a, and us-west-2-lax-1a of a local zone), an id is use1-az1:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
_ZONE_ID = re.compile(r"-az\d+$")
# A pick from a list that only AWS knows: `${the list[0]}`, `${the region}:zone-0`, `eu-west-1:zone-0`.
_PICK = re.compile(r"\d+(?=\]?\}?$)")
_LETTER = re.compile(r"(\$\{[^}]*\})[a-z]")


def same_vpc(deployment: Deployment, first: Maybe[str], second: Maybe[str]) -> bool | Unknown:
    """Say whether two references lead to the same VPC.

    The same reference is the same VPC even where the VPC is not declared here, or comes by one parameter.
    Two different ones differ only where both are declared, or both are ids: an id may well be the id of a
    declared VPC.
    """
    for reference in (first, second):
        if isinstance(reference, Unknown):
            whole = reference.text is not None and "${...}" not in reference.text
            return True if whole and first == second else reference
        if reference is None:
            return Unknown("no VPC is named")
    if first == second:
        return True
    found = (deployment.find(Vpc, first), deployment.find(Vpc, second))
    if isinstance(found[0], Vpc) and isinstance(found[1], Vpc):
        return _same(deployment, found[0], found[1])
    if _VPC_ID.fullmatch(str(first)) and _VPC_ID.fullmatch(str(second)):
        return False
    return next(vpc for vpc in found if isinstance(vpc, Unknown))


def same_subnet(deployment: Deployment, first: str | Unknown, second: str | Unknown) -> bool | Unknown:
    """Say whether two references lead to the same subnet, as `same_vpc` does of VPCs.

    Two references to one parameter are the same, whatever it will hold.
    """
    for reference in (first, second):
        if isinstance(reference, Unknown):
            whole = reference.text is not None and "${...}" not in reference.text
            return True if whole and first == second else reference
    if first == second:
        return True
    found = (deployment.find(Subnet, first), deployment.find(Subnet, second))
    if isinstance(found[0], Subnet) and isinstance(found[1], Subnet):
        return _same(deployment, found[0], found[1])
    if _SUBNET_ID.fullmatch(str(first)) and _SUBNET_ID.fullmatch(str(second)):
        return False
    return next(subnet for subnet in found if isinstance(subnet, Unknown))


def _same(deployment: Deployment, one: Vpc | Subnet, other: Vpc | Subnet) -> bool | Unknown:
    """Say whether two components are the same thing.

    What is declared may be deployed already, and then be what an inventory holds under its id: unless a plan
    is about to create it, or the two have other addresses.
    """
    if one.identity == other.identity:
        return True
    declared = [each for each in (one, other) if not deployment.is_existing(each)]
    if len(declared) != 1:
        return False
    change, blocks = declared[0].change, (one.cidr, other.cidr)
    apart = (
        not any(block is None or isinstance(block, Unknown) for block in blocks) and one.cidr != other.cidr
    )
    if apart or (change is not None and change.action is Action.CREATE):
        return False
    return Unknown(f"`{one.address}` and `{other.address}` may be the same")


def is_among(
    deployment: Deployment, reference: str | Unknown, others: Iterable[str | Unknown]
) -> bool | Unknown:
    """Say whether a subnet is one of the others."""
    doubt = [reference] if isinstance(reference, Unknown) else []
    return either((*doubt, *(same_subnet(deployment, reference, other) for other in others)))


def lies_in(
    deployment: Deployment, part: Subnet | SecurityGroup | Unknown, domain: Maybe[Domain]
) -> bool | Unknown | None:
    """Say whether a subnet or group lies in the domain's VPC; `None` for a domain without a VPC."""
    for item in (domain, part):
        if isinstance(item, Unknown):
            return item
    if not isinstance(domain, Domain) or domain.vpc is None or isinstance(part, Unknown):
        return None
    if part.vpc is None:
        return Unknown(f"`{part.address}` names no VPC, so it lies in the default one")
    inside = same_vpc(deployment, part.vpc, domain.vpc)
    return Unknown(f"`{part.address}`: {inside.reason}") if isinstance(inside, Unknown) else inside


@dataclass(frozen=True, slots=True)
class Membership:
    """What of a domain or profile lies outside of the domain's VPC, and the first reason for doubt.

    Each comes with the field that names it.
    """

    outside: tuple[tuple[str, Subnet | SecurityGroup], ...]
    doubt: tuple[str, Unknown] | None


def membership(deployment: Deployment, subject: Domain | UserProfile) -> Membership:
    """Compare the VPCs of the subject's subnets and security groups with the domain's."""
    domain = subject if isinstance(subject, Domain) else deployment.find(Domain, subject.domain)
    outside: list[tuple[str, Subnet | SecurityGroup]] = []
    doubt: tuple[str, Unknown] | None = None
    vpc = domain.vpc if isinstance(domain, Domain) else None
    for field, part in _parts(deployment, subject, vpc):
        inside = lies_in(deployment, part, domain)
        if inside is False and not isinstance(part, Unknown):
            outside.append((field, part))
        elif isinstance(inside, Unknown):
            doubt = doubt or (field, inside)
    return Membership(tuple(outside), doubt)


def _parts(
    deployment: Deployment, subject: Domain | UserProfile, vpc: Maybe[str]
) -> Iterator[tuple[str, Subnet | SecurityGroup | Unknown]]:
    if isinstance(subject, Domain):
        for subnet in deployment.find_all(Subnet, subject.subnets):
            yield "subnets", subnet
    for field, references in group_fields(subject):
        named = references
        if isinstance(named, tuple):  # the default group of the VPC itself is no component
            named = tuple(item for item in named if not _is_of(deployment, item, vpc))
        for group in deployment.find_all(SecurityGroup, named):
            yield field, group


def _is_of(deployment: Deployment, reference: str | Unknown, vpc: Maybe[str]) -> bool:
    """Say whether the reference is to what hangs on the VPC, such as its default security group."""
    owner = "" if isinstance(reference, Unknown) else reference.rpartition("/")[0]
    return bool(owner) and same_vpc(deployment, owner, vpc) is True


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """How many availability zones some subnets span: between `at_least` and `at_most` (`None`: no bound).

    `reason` says why the two differ, "" where they don't. `zones` are the ones that are written.
    """

    at_least: int
    at_most: int | None
    zones: tuple[str, ...] = ()
    reason: str = ""


def zone_count(deployment: Deployment, references: Refs) -> ZoneCount:
    """Count the availability zones of subnets.

    A name (us-east-1a) and an id (use1-az1) may be the same zone, and so may a zone that is picked from
    the account's list (`${...}`) and a literal one. Two picks from one list differ where the picks do.
    """
    if isinstance(references, Unknown):
        return ZoneCount(1, None, reason=references.reason)
    written: dict[str, set[str]] = {}
    reasons: list[str] = []
    for subnet in _distinct(deployment.find_all(Subnet, references)):
        zone = zone_of(subnet)
        if isinstance(zone, Unknown):
            reasons.append(zone.reason)
        else:
            written.setdefault(zone_list(zone), set()).add(zone)
    total = sum(len(zones) for zones in written.values()) + len(reasons)
    at_least = max((len(zones) for zones in written.values()), default=min(total, 1))
    if len(written) > 1:
        reasons.append("zone names, zone ids and picks from the account's list can't be compared")
    zones = tuple(sorted(zone for group in written.values() for zone in group))
    return ZoneCount(at_least, total, zones, reasons[0] if reasons else "")


def _distinct(subnets: Iterable[Subnet | Unknown]) -> list[Subnet | Unknown]:
    """Drop a subnet that is listed twice; every unknown one may be another."""
    done: set[str] = set()
    kept: list[Subnet | Unknown] = []
    for subnet in subnets:
        if isinstance(subnet, Unknown) or subnet.identity not in done:
            kept.append(subnet)
        if isinstance(subnet, Subnet):
            done.add(subnet.identity)
    return kept


def zone_of(subnet: Subnet | Unknown) -> str | Unknown:
    """Return the zone of a subnet, as far as it can be told from others of its `zone_list`."""
    if isinstance(subnet, Unknown):
        return subnet
    match subnet.zone:
        case None:
            return Unknown(f"`{subnet.address}` names no zone, so EC2 picks one")
        case Unknown(text=str() as text) if _LETTER.fullmatch(text):
            return text  # `${AWS::Region}a`: one region, and its zones differ by their letters
        case Unknown(reason=reason):
            return Unknown(f"the zone of `{subnet.address}` is not known: {reason}")
        case str() as zone:
            return zone


def zones_apart(first: Subnet, second: Subnet) -> bool | Unknown:
    """Say whether two subnets lie in different zones."""
    if first.identity == second.identity:
        return False
    zones = (zone_of(first), zone_of(second))
    for zone in zones:
        if isinstance(zone, Unknown):
            return zone
    lists = [zone_list(zone) for zone in zones if isinstance(zone, str)]
    if lists[0] != lists[1]:
        return Unknown("zone names, zone ids and picks from the account's list can't be compared")
    return zones[0] != zones[1]


def zone_list(zone: str) -> str:
    """Return the list that the zone comes from: zones of one list are comparable."""
    letter = _LETTER.fullmatch(zone)
    if letter:
        return letter[1]
    if zone.startswith("${") or ":zone-" in zone:
        return _PICK.sub("", zone)
    return "id" if _ZONE_ID.search(zone) else "name"
