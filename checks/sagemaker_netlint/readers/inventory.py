"""The inventory: networks that exist already, in the words of EC2's describe calls, as components.

Field semantics follow the API Reference (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/). What a
call would tell and an item leaves out is unknown: absent has no default here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.topology import Network, Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.build import components_of
from sagemaker_netlint.readers.parsers import WrongTypeError
from sagemaker_netlint.readers.raw import Path, Problem, RawResource
from sagemaker_netlint.readers.table.existing import EXISTING

Facts = Mapping[str, Any]

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

IDS: Mapping[str, str] = {
    "Subnets": "SubnetId",
    "Vpcs": "VpcId",
    "RouteTables": "RouteTableId",
    "VpcEndpoints": "VpcEndpointId",
    "SecurityGroups": "GroupId",
    "NetworkAcls": "NetworkAclId",
    "NatGateways": "NatGatewayId",
    "InternetGateways": "InternetGatewayId",
    "VpnGateways": "VpnGatewayId",
}
"""The sections that are read, and the key of an item's id in each."""

ARNS: Mapping[str, str] = {"Subnets": "SubnetArn", "SecurityGroups": "SecurityGroupArn"}
"""The key of an item's ARN, which is another name of it."""

_TOLD: Mapping[str, tuple[str, ...]] = {
    "Vpcs": ("CidrBlock", "EnableDnsSupport", "EnableDnsHostnames", "InstanceTenancy"),
    "RouteTables": ("VpcId", "Routes"),
    "VpcEndpoints": (
        *("VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled", "SubnetIds", "Groups"),
        *("RouteTableIds", "PolicyDocument"),
    ),
    "SecurityGroups": ("VpcId", "IpPermissions", "IpPermissionsEgress"),
    "NetworkAcls": ("VpcId", "Entries"),
    "NatGateways": ("ConnectivityType",),
}
# what is going, gone or was never made; the words differ in case from call to call
_USABLE = {"VpcEndpoints": {"available", "pending"}, "NatGateways": {"available", "pending"}}
_ATTACHED = {"InternetGateways": "Attachments", "VpnGateways": "VpcAttachments"}
_LAST_ENTRY = 32767  # the one that every ACL ends with: it denies what no other allows


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a section, by the section's name.

    `kept_tags` are the keys of the tags that its file keeps, `None` where that is said nowhere. So is the
    `region`.
    """

    section: str
    facts: Facts
    location: Location
    kept_tags: frozenset[str] | None = None
    region: str | None = None

    @property
    def id(self) -> str:
        """Return the id, by which others refer to it."""
        return str(self.facts[IDS[self.section]])

    @property
    def vpc(self) -> str:
        """Return the id of its VPC, its own id where it lies in none that is told."""
        attached = [self.facts, *self.facts.get(_ATTACHED.get(self.section, ""), ())]
        return str(next((where["VpcId"] for where in attached if "VpcId" in where), self.id))

    def tag(self, key: str) -> list[str] | None:
        """Return the value of a tag, nothing where it has none; `None` where that isn't told."""
        own = [str(tag.get("Value", "")) for tag in self.facts.get("Tags", ()) if tag.get("Key") == key]
        told = "Tags" in self.facts if self.kept_tags is None else key in self.kept_tags
        return own if own or told else None

    @property
    def is_usable(self) -> bool:
        """Say whether it is there to be used: a deleted NAT gateway is listed for an hour."""
        state = self.facts.get("State")
        return state is None or str(state).lower() in _USABLE.get(self.section, {str(state).lower()})


def components(item: Item, report: Callable[[Problem], None]) -> list[Declared]:
    """Make the components of an item whose form the schema has checked; what can't be read is a problem."""
    reason = f"the inventory doesn't tell {{}} of `{item.id}`"
    untold = {
        key: Unknown(reason.format(key)) for key in _TOLD.get(item.section, ()) if key not in item.facts
    }
    facts = _ADAPTED.get(item.section, dict)({**item.facts, **untold})
    arn = item.facts.get(ARNS.get(item.section, ""))
    found: list[Declared] = []
    for entity in EXISTING[item.section]:
        resource = RawResource(
            item.id, entity.cfn, item.id, facts, item.location, names=() if arn is None else (arn,)
        )
        found += components_of(resource, (entity,), report)
    return found


# -- the calls' words --------------------------------------------------------------------------------


def _vpc(facts: dict[str, Any]) -> dict[str, Any]:
    """Take the DNS attributes as describe-vpc-attribute gives them, too: `{"Value": true}`."""
    for key in ("EnableDnsSupport", "EnableDnsHostnames"):
        if isinstance(facts[key], dict):
            facts[key] = facts[key].get("Value", Unknown(f"the inventory doesn't tell {key}"))
    blocks = facts.get("CidrBlockAssociationSet", [])
    facts["CidrBlockAssociationSet"] = [
        block
        for block in blocks
        if block.get("CidrBlock") != facts["CidrBlock"]
        and block.get("CidrBlockState", {}).get("State", "associated") == "associated"
    ]
    return facts


def _route_table(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave out the routes that code doesn't write: the local ones, and those of gateway endpoints."""
    ties = facts.get("Associations", [])
    facts["IsMain"] = any(tie.get("Main") for tie in ties)
    facts["Associations"] = [tie for tie in ties if "SubnetId" in tie and _state(tie) in {"", "associated"}]
    if not isinstance(facts["Routes"], Unknown):
        facts["Routes"] = [_route(route) for route in facts["Routes"] if not _is_implied(route)]
    return facts


def _state(tie: Facts) -> str:
    return str(tie.get("AssociationState", {}).get("State", ""))


def _is_implied(route: Facts) -> bool:
    target = str(route.get("GatewayId", ""))
    return target == "local" or (target.startswith("vpce-") and "DestinationPrefixListId" in route)


def _route(route: Facts) -> Facts:
    """Return a route as code writes it; one whose target is gone leads nowhere."""
    if route.get("State") == "blackhole":
        return {key: value for key, value in route.items() if key.startswith("Destination")}
    if str(route.get("GatewayId", "")).startswith("vpce-"):
        own = {key: value for key, value in route.items() if key != "GatewayId"}
        return {**own, "VpcEndpointId": route["GatewayId"]}
    return route


def _security_group(facts: dict[str, Any]) -> dict[str, Any]:
    facts["IsDefault"] = facts.get("GroupName") == "default"  # no other group may have the name
    return facts


def _network_acl(facts: dict[str, Any]) -> dict[str, Any]:
    entries = facts["Entries"]
    for name, egress in (("Inbound", False), ("Outbound", True)):
        facts[name] = (
            entries
            if isinstance(entries, Unknown)
            else [
                e for e in entries if bool(e.get("Egress")) is egress and e.get("RuleNumber") != _LAST_ENTRY
            ]
        )
    return facts


def _nat_gateway(facts: dict[str, Any]) -> dict[str, Any]:
    if facts.get("AvailabilityMode") != "regional":
        facts.setdefault("SubnetId", Unknown("the inventory doesn't tell its SubnetId"))
    return facts


_ADAPTED: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "Vpcs": _vpc,
    "RouteTables": _route_table,
    "SecurityGroups": _security_group,
    "NetworkAcls": _network_acl,
    "NatGateways": _nat_gateway,
}


# -- subnets -----------------------------------------------------------------------------------------


def existing_subnet(item: Facts, location: Location) -> Subnet:
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


def _cidr(item: Facts, key: str) -> Network:
    block = _block(item[key], (key,))
    if not isinstance(block, IPv4Network):
        raise WrongTypeError(f"an IPv4 CIDR block belongs here, not `{item[key]}`", (key,))
    return block


def _ipv6(item: Facts) -> Network | None:
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
