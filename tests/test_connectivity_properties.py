"""What must hold of connectivity: form, order and names change no verdict, and widening closes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.inspection import discover, inspect
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.rules.catalogue import ALL_RULES

POLICIES = {name: load_policy(name) for name in ("regulated", "vpc-only")}
OFTEN = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
REACHING = {
    *("SMN305", "SMN307", "SMN308", "SMN601", "SMN604", "SMN606", "SMN701", "SMN802", "SMN803", "SMN805"),
}
"""The rules that ask whether something is reached."""

Template = dict[str, Any]
Row = tuple[str, str, str]
ZONES = "abc"
SERVICES = ("com.amazonaws.eu-west-1.sagemaker.api", "com.amazonaws.eu-west-1.sagemaker.runtime")


def ref(name: str) -> Template:
    return {"Ref": name}


def resource(kind: str, properties: Mapping[str, Any]) -> Template:
    return {"Type": f"AWS::{kind}", "Properties": dict(properties)}


SUBNETS = [f"Subnet{zone.upper()}" for zone in ZONES]
GROUPS = ["GroupOne", "GroupTwo", "GroupThree"]
TABLES = ["TableOne", "TableTwo"]
CIDRS = st.sampled_from(["10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "0.0.0.0/0", "192.168.0.0/16"])
PORTS = st.sampled_from(
    [(443, 443), (2049, 2049), (8192, 65535), (0, 65535), (1024, 65535), (500, 500), (22, 22)]
)
some_groups = st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique=True)
some_subnets = st.lists(st.sampled_from(SUBNETS), min_size=1, max_size=3, unique=True)


@st.composite
def group_rules(draw: st.DrawFn, peer: str, cidr: str = "CidrIp") -> Template:
    protocol = draw(st.sampled_from(["tcp", "udp", "-1", "50"]))
    low, high = draw(PORTS)
    end: Template = {cidr: draw(CIDRS)}
    if draw(st.booleans()):
        end = {peer: ref(draw(st.sampled_from(GROUPS)))}
    ports = {"FromPort": low, "ToPort": high} if protocol in {"tcp", "udp"} else {}
    return {"IpProtocol": protocol, **ports, **end}


ingress = group_rules(peer="SourceSecurityGroupId")
egress = group_rules(peer="DestinationSecurityGroupId")


@st.composite
def networks(draw: st.DrawFn) -> Template:
    """Make a VPC with subnets, route tables, a NAT gateway and gateway endpoints; some parts are left out."""
    vpc = {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": draw(st.booleans())}
    made: Template = {"Vpc": resource("EC2::VPC", vpc), "Gateway": resource("EC2::InternetGateway", {})}
    for index, name in enumerate(SUBNETS):
        zone = draw(st.sampled_from(ZONES))
        made[name] = resource(
            "EC2::Subnet",
            {"VpcId": ref("Vpc"), "CidrBlock": f"10.0.{index}.0/24", "AvailabilityZone": f"eu-west-1{zone}"},
        )
        table = draw(st.sampled_from([None, *TABLES]))
        if table is not None:
            made[f"Use{name}"] = resource(
                "EC2::SubnetRouteTableAssociation", {"SubnetId": ref(name), "RouteTableId": ref(table)}
            )
    made["Nat"] = resource("EC2::NatGateway", {"SubnetId": ref(draw(st.sampled_from(SUBNETS)))})
    for name in TABLES:
        made[name] = resource("EC2::RouteTable", {"VpcId": ref("Vpc")})
        target = draw(st.sampled_from([None, {"NatGatewayId": ref("Nat")}, {"GatewayId": ref("Gateway")}]))
        if target is not None:
            made[f"Default{name}"] = resource(
                "EC2::Route",
                {"RouteTableId": ref(name), "DestinationCidrBlock": "0.0.0.0/0", **target},
            )
    tables = draw(st.lists(st.sampled_from(TABLES), unique=True))
    made["S3"] = resource(
        "EC2::VPCEndpoint",
        {
            "VpcId": ref("Vpc"),
            "ServiceName": "com.amazonaws.eu-west-1.s3",
            "RouteTableIds": [*map(ref, tables)],
        },
    )
    return made


@st.composite
def guards(draw: st.DrawFn) -> Template:
    """Make security groups and network ACLs."""
    made: Template = {}
    for name in GROUPS:
        inside = {"SecurityGroupEgress": draw(st.lists(egress, max_size=2))}
        values = {"VpcId": ref("Vpc"), "GroupDescription": name}
        made[name] = resource("EC2::SecurityGroup", {**values, **(inside if draw(st.booleans()) else {})})
    for index, rule in enumerate(draw(st.lists(ingress, max_size=4))):
        values = {"GroupId": ref(draw(st.sampled_from(GROUPS))), **rule}
        made[f"In{index}"] = resource("EC2::SecurityGroupIngress", values)
    for index, rule in enumerate(draw(st.lists(egress, max_size=2))):
        values = {"GroupId": ref(draw(st.sampled_from(GROUPS))), **rule}
        made[f"Out{index}"] = resource("EC2::SecurityGroupEgress", values)
    for subnet in draw(st.lists(st.sampled_from(SUBNETS), unique=True, max_size=2)):
        acl = f"AclOf{subnet}"
        made[acl] = resource("EC2::NetworkAcl", {"VpcId": ref("Vpc")})
        made[f"Use{acl}"] = resource(
            "EC2::SubnetNetworkAclAssociation", {"SubnetId": ref(subnet), "NetworkAclId": ref(acl)}
        )
        for number in draw(st.lists(st.integers(2, 9), unique=True, max_size=4)):
            low, high = draw(PORTS)
            made[f"{acl}Entry{number}"] = resource(
                "EC2::NetworkAclEntry",
                {
                    "NetworkAclId": ref(acl),
                    "RuleNumber": 10 * number,
                    "Egress": draw(st.booleans()),
                    "Protocol": draw(st.sampled_from([6, -1])),
                    "PortRange": {"From": low, "To": high},
                    "RuleAction": draw(st.sampled_from(["allow", "allow", "deny"])),
                    "CidrBlock": draw(CIDRS),
                },
            )
    return made


@st.composite
def users(draw: st.DrawFn) -> Template:
    """Make interface endpoints and workloads."""
    made: Template = {}
    for index, service in enumerate(draw(st.lists(st.sampled_from(SERVICES), unique=True))):
        made[f"Endpoint{index}"] = resource(
            "EC2::VPCEndpoint",
            {
                "VpcId": ref("Vpc"),
                "ServiceName": service,
                "VpcEndpointType": "Interface",
                "PrivateDnsEnabled": draw(st.booleans()),
                "SubnetIds": [*map(ref, draw(some_subnets))],
                "SecurityGroupIds": [*map(ref, draw(some_groups))],
            },
        )
    where = {"Subnets": [*map(ref, draw(some_subnets))], "SecurityGroupIds": [*map(ref, draw(some_groups))]}
    made["Studio"] = resource(
        "SageMaker::Domain",
        {
            "AuthMode": "IAM",
            "DomainName": "studio",
            "VpcId": ref("Vpc"),
            "AppNetworkAccessType": "VpcOnly",
            "SubnetIds": [*map(ref, draw(some_subnets))],
            "DefaultUserSettings": {"SecurityGroups": [*map(ref, draw(some_groups))]},
        },
    )
    if draw(st.booleans()):
        groups = [*map(ref, draw(some_groups))]
        made["Ada"] = resource(
            "SageMaker::UserProfile",
            {"DomainId": ref("Studio"), "UserProfileName": "ada", "UserSettings": {"SecurityGroups": groups}},
        )
    made["Job"] = resource(
        "SageMaker::ProcessingJob",
        {
            "NetworkConfig": {"VpcConfig": where, "EnableInterContainerTrafficEncryption": True},
            "ProcessingResources": {"ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.large"}},
        },
    )
    made["Notebook"] = resource(
        "SageMaker::NotebookInstance",
        {
            "DirectInternetAccess": "Disabled",
            "SubnetId": ref(draw(st.sampled_from(SUBNETS))),
            "SecurityGroupIds": [*map(ref, draw(some_groups))],
        },
    )
    return made


estates = st.tuples(networks(), guards(), users()).map(
    lambda parts: {"Resources": {name: body for part in parts for name, body in part.items()}}
)


def rows(text: str, tmp: Path, policy: str) -> set[Row]:
    """Run the command's own inspection on a template."""
    file = tmp / "network.template"
    file.write_text(text, encoding="utf-8")
    report = inspect(discover([file]).inputs, POLICIES[policy], rules=ALL_RULES)
    assert not report.failures
    assert "SMN001" not in {finding.rule_id for finding in report.findings}
    return {(f.rule_id, f.subject, f.outcome.value) for f in report.findings}


policies = st.sampled_from(sorted(POLICIES))


@OFTEN
@given(estates, policies, st.randoms(use_true_random=False))
def test_form_order_and_names_change_no_verdict(
    tmp_path_factory: Any, template: Template, policy: str, random: Any
) -> None:
    tmp = tmp_path_factory.mktemp("t")
    expected = rows(json.dumps(template), tmp, policy)
    assert rows(yaml.safe_dump(template, sort_keys=False), tmp, policy) == expected

    names = list(template["Resources"])
    random.shuffle(names)
    shuffled = {"Resources": {name: template["Resources"][name] for name in names}}
    assert rows(json.dumps(shuffled), tmp, policy) == expected

    new = {name: f"R{index}" for index, name in enumerate(names)}
    renamed = {"Resources": {new[name]: _renamed(template["Resources"][name], new) for name in names}}
    found = rows(json.dumps(renamed), tmp, policy)
    assert found == {(rule, new.get(subject, subject), outcome) for rule, subject, outcome in expected}


def _renamed(value: Any, new: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: new[v] if k == "Ref" else _renamed(v, new) for k, v in value.items()}
    return [_renamed(item, new) for item in value] if isinstance(value, list) else value


# -- widening ----------------------------------------------------------------------------------------

Change = Callable[[Template, st.DataObject], None]


def open_group(resources: Template, data: st.DataObject) -> None:
    side = data.draw(st.sampled_from(["Ingress", "Egress"]))
    rule = data.draw(ingress if side == "Ingress" else egress)
    values = {"GroupId": ref(data.draw(st.sampled_from(GROUPS))), **rule}
    resources["More"] = resource(f"EC2::SecurityGroup{side}", values)


def widen_rule(resources: Template, data: st.DataObject) -> None:
    names = [name for name, body in resources.items() if body["Type"].startswith("AWS::EC2::SecurityGroup")]
    own = [name for name in names if name.startswith(("In", "Out"))]
    if own:
        rule = resources[data.draw(st.sampled_from(own))]["Properties"]
        if data.draw(st.booleans()):
            rule["IpProtocol"] = "-1"
        elif "CidrIp" in rule:
            rule["CidrIp"] = "0.0.0.0/0"


def open_acl(resources: Template, data: st.DataObject) -> None:
    acls = [name for name, body in resources.items() if body["Type"] == "AWS::EC2::NetworkAcl"]
    if acls:
        low, high = data.draw(PORTS)
        resources["More"] = resource(
            "EC2::NetworkAclEntry",
            {
                "NetworkAclId": ref(data.draw(st.sampled_from(acls))),
                "RuleNumber": 1,
                "Egress": data.draw(st.booleans()),
                "Protocol": data.draw(st.sampled_from([6, -1])),
                "PortRange": {"From": low, "To": high},
                "RuleAction": "allow",
                "CidrBlock": data.draw(CIDRS),
            },
        )


def take_denial(resources: Template, data: st.DataObject) -> None:
    denials = [n for n, body in resources.items() if body["Properties"].get("RuleAction") == "deny"]
    if denials:
        del resources[data.draw(st.sampled_from(denials))]


def route_endpoint(resources: Template, data: st.DataObject) -> None:
    tables = resources["S3"]["Properties"]["RouteTableIds"]
    missing = [name for name in TABLES if ref(name) not in tables]
    if missing:
        tables.append(ref(data.draw(st.sampled_from(missing))))


def route_out(resources: Template, data: st.DataObject) -> None:
    closed = [name for name in TABLES if f"Default{name}" not in resources]
    if closed:
        name = data.draw(st.sampled_from(closed))
        resources[f"Default{name}"] = resource(
            "EC2::Route",
            {
                "RouteTableId": ref(name),
                "DestinationCidrBlock": "0.0.0.0/0",
                "TransitGatewayId": "tgw-0a1b2c3d4e5f60718",
            },
        )


@OFTEN
@given(estates, st.data())
def test_widening_closes_nothing(tmp_path_factory: Any, template: Template, data: st.DataObject) -> None:
    tmp = tmp_path_factory.mktemp("t")
    policy = data.draw(policies)
    change: Change = data.draw(
        st.sampled_from([open_group, widen_rule, open_acl, take_denial, route_endpoint, route_out])
    )
    before = rows(json.dumps(template), tmp, policy)
    wider = deepcopy(template)
    change(wider["Resources"], data)
    after = rows(json.dumps(wider), tmp, policy)
    # what nothing led to before may now be stopped at an ACL: it was not reached then either
    asked = REACHING - ({"SMN805"} if change in {route_endpoint, route_out} else set())
    assert {row for row in after - before if row[0] in asked and row[2] == "violation"} == set()


@OFTEN
@given(estates)
def test_what_is_known_is_decided(template: Template) -> None:
    """A network that is declared to the last value leaves no question of reach open."""
    (deployment,) = read_template(Path("t.template"), text=json.dumps(template)).deployments
    for rule in ALL_RULES:
        if rule.id in REACHING:
            open_ones = [
                v for v in rule.check(deployment, POLICIES["regulated"]) if v.outcome.value == "undecided"
            ]
            assert open_ones == []
