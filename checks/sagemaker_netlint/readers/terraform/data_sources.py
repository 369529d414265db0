"""Data sources that look up networks which exist already, answered from an inventory.

An answer is given only where it is certain: every argument is understood and known, and no other network that
the inventory doesn't hold can be meant. Arguments and filters:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/subnets and its siblings,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html and its siblings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from sagemaker_netlint.network.logic import either, every
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.inventory import ARNS, IDS, Item
from sagemaker_netlint.readers.known_networks import KnownNetworks
from sagemaker_netlint.readers.terraform.partial_values import AnyOrder, first_unknown

Paths = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A data source: the section that it looks in, and which filter each of its arguments stands for."""

    section: str
    arguments: Mapping[str, str]
    several: bool = False


_OF_VPC = {"vpc_id": "vpc-id"}
KINDS: Mapping[str, _Kind] = {
    "aws_vpc": _Kind("Vpcs", {"id": "vpc-id", "cidr_block": "cidr", "default": "is-default"}),
    "aws_vpcs": _Kind("Vpcs", {}, several=True),
    "aws_subnet": _Kind(
        "Subnets",
        {
            "id": "subnet-id",
            "availability_zone": "availability-zone",
            "availability_zone_id": "availability-zone-id",
            "cidr_block": "cidr-block",
            "default_for_az": "default-for-az",
            **_OF_VPC,
        },
    ),
    "aws_subnets": _Kind("Subnets", {}, several=True),
    "aws_security_group": _Kind("SecurityGroups", {"id": "group-id", "name": "group-name", **_OF_VPC}),
    "aws_security_groups": _Kind("SecurityGroups", {}, several=True),
    "aws_route_table": _Kind(
        "RouteTables",
        {"route_table_id": "route-table-id", "subnet_id": "association.subnet-id", **_OF_VPC},
    ),
    "aws_route_tables": _Kind("RouteTables", _OF_VPC, several=True),
    "aws_vpc_endpoint": _Kind(
        "VpcEndpoints", {"id": "vpc-endpoint-id", "service_name": "service-name", **_OF_VPC}
    ),
}
"""The data sources that an inventory can answer."""

_FILTERS: Mapping[str, Paths] = {
    "Vpcs": {
        "cidr": ("CidrBlock",),
        "cidr-block-association.cidr-block": ("CidrBlockAssociationSet", "CidrBlock"),
        "is-default": ("IsDefault",),
        "isDefault": ("IsDefault",),
    },
    "Subnets": {
        "availability-zone": ("AvailabilityZone",),
        "availabilityZone": ("AvailabilityZone",),
        "availability-zone-id": ("AvailabilityZoneId",),
        "availabilityZoneId": ("AvailabilityZoneId",),
        "cidr-block": ("CidrBlock",),
        "cidrBlock": ("CidrBlock",),
        "cidr": ("CidrBlock",),
        "default-for-az": ("DefaultForAz",),
        "defaultForAz": ("DefaultForAz",),
        "map-public-ip-on-launch": ("MapPublicIpOnLaunch",),
    },
    "SecurityGroups": {"group-name": ("GroupName",)},
    "RouteTables": {
        "association.main": ("Associations", "Main"),
        "association.subnet-id": ("Associations", "SubnetId"),
    },
    "VpcEndpoints": {"service-name": ("ServiceName",), "vpc-endpoint-type": ("VpcEndpointType",)},
}
_OWN_ID = {
    "Vpcs": "vpc-id",
    "Subnets": "subnet-id",
    "SecurityGroups": "group-id",
    "RouteTables": "route-table-id",
    "VpcEndpoints": "vpc-endpoint-id",
}
_ATTRIBUTES = {
    "vpc_id": "VpcId",
    "cidr_block": "CidrBlock",
    "availability_zone": "AvailabilityZone",
    "availability_zone_id": "AvailabilityZoneId",
    "name": "GroupName",
    "service_name": "ServiceName",
    "route_table_id": "RouteTableId",
    "default": "IsDefault",
}


Answers = Sequence[tuple[Item, Union[bool, Unknown]]]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Answers data sources from what is known of a region; `None` where the code doesn't say which."""

    known: KnownNetworks
    region: str | None = None

    def answer(self, kind: str, arguments: Mapping[str, Any], attribute: str) -> Any:
        """Return an attribute of what a data source finds, or why that isn't known."""
        source = KINDS[kind]
        wanted = _wanted(source, arguments)
        if isinstance(wanted, Unknown):
            return wanted
        answers = self.answers(source.section, wanted)
        if source.several:
            several = attribute == "ids"
            return _ids(self.known, source, wanted, answers) if several else Unknown("only `ids` is told")
        found = [item for item, answer in answers if answer is True]
        if len(found) != 1:
            several_match = f"{len(found)} items match" if found else "it holds none that matches for certain"
            where = "" if self.region is None else f" for {self.region}"
            return Unknown(f"in {source.section} of the inventory{where}, {several_match}")
        return self.attribute(found[0], attribute)

    def answers(self, section: str, wanted: Mapping[str, list[str]]) -> Answers:
        """Ask each item of the section, once: a data source is referred to many times."""
        key = f"{self.region} {section} {sorted(wanted.items())}"
        if key not in self.known.answers:
            items = (item for item in self.known.items.get(section, ()) if item.is_usable)
            self.known.answers[key] = [
                (item, every(_matches(item, *each) for each in wanted.items()))
                for item in items
                if self.region is None or item.region in {None, self.region}
            ]
        return self.known.answers[key]

    def attribute(self, item: Item, name: str) -> Any:
        """Return an attribute of an item, or that it isn't told."""
        if name == "id":
            return item.id
        if name == "main_route_table_id" and item.section == "Vpcs":
            wanted = {"vpc_id": item.id, "filter": [{"name": "association.main", "values": ["true"]}]}
            return self.answer("aws_route_table", wanted, "id")
        key = ARNS.get(item.section, "") if name == "arn" else _ATTRIBUTES.get(name, "")
        if key in item.facts and (key != IDS["RouteTables"] or item.section == "RouteTables"):
            return item.facts[key]
        return Unknown(f"the inventory doesn't tell it of `{item.id}`")


def _wanted(source: _Kind, arguments: Mapping[str, Any]) -> dict[str, list[str]] | Unknown:
    """Return the values that each filter asks for; an argument that isn't understood decides nothing."""
    unknown = first_unknown(arguments)
    if unknown is not None:
        return unknown
    wanted: dict[str, list[str]] = {}
    for name, value in _conditions(source, arguments):
        known = {*_FILTERS[source.section], _OWN_ID[source.section], "vpc-id"}
        if name not in known and not name.startswith("tag:"):
            return Unknown(f"`{name}` is not looked up in an inventory")
        wanted[name] = [_text(each) for each in _listed(value)]
    return wanted or Unknown("it names nothing to look for")


def _conditions(source: _Kind, arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if name == "filter":
            yield from ((str(each.get("name")), each.get("values", [])) for each in _listed(value))
        elif name == "tags":
            yield from ((f"tag:{key}", tag) for key, tag in value.items())
        elif value is not False:  # `default = false` asks for nothing
            yield source.arguments.get(name, name), value


def _matches(item: Item, name: str, values: list[str]) -> bool | Unknown:
    told = _told(item, name)
    if told is None:
        return Unknown(f"the inventory doesn't tell {name} of `{item.id}`")
    return either(_pattern(value).fullmatch(each) is not None for value in values for each in told)


def _told(item: Item, name: str) -> list[str] | None:
    """Return the values of an item that a filter compares; `None` where the inventory doesn't tell them."""
    if name.startswith("tag:"):
        return item.tag(name.removeprefix("tag:"))
    if name == _OWN_ID[item.section]:
        return [item.id]
    key, *below = _FILTERS[item.section].get(name, ("VpcId",))
    if key not in item.facts:
        return None
    found = _listed(item.facts[key])
    for step in below:
        found = [each[step] for each in found if step in each]
    return [_text(value) for value in found]


def _ids(
    known: KnownNetworks,
    source: _Kind,
    wanted: Mapping[str, list[str]],
    answers: Answers,
) -> AnyOrder | Unknown:
    """Return all that match, where the inventory holds every item that may."""
    named = wanted.get(_OWN_ID[source.section], [])
    vpcs = wanted.get("vpc-id", [])
    ids = {item.id for item, _ in answers}
    whole = bool(vpcs) and source.section != "Vpcs" and all((source.section, v) in known.whole for v in vpcs)
    if not (whole or (named and ids.issuperset(named))):
        return Unknown(f"the inventory doesn't say that it holds all {source.section} that may be meant")
    doubt = next((answer for _, answer in answers if isinstance(answer, Unknown)), None)
    return AnyOrder(item.id for item, answer in answers if answer is True) if doubt is None else doubt


def _pattern(value: str) -> re.Pattern[str]:
    """Return a filter's value as a pattern: `*` stands for any characters, `?` for one.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part)
        for part in re.split(r"([*?])", value)
    )
    return re.compile("".join(parts), re.DOTALL)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
