"""Existing networks: each rule about networks judges the workloads in them, in each language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inventory_network import (
    ENDPOINT_GROUP,
    LANGUAGES,
    OWN_GROUP,
    TABLE,
    VPC,
    Network,
    entry,
    hcl,
    network,
    permission,
    plan,
    template,
    write_project,
)

from sagemaker_netlint.discovery import discover
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.inspection import inspect
from sagemaker_netlint.policy_file import PolicyError, policy_for
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.existing import DEPENDENTS

FORBIDDEN = "egress: {internet: forbid}\n"
Change = Callable[[Network], object]
STUDIO = {
    "cloudformation": "Studio",
    "terraform": "aws_sagemaker_domain.studio",
    "plan": "aws_sagemaker_domain.studio",
}


def _inspected(folder: Path, known: Network | None, name: str, text: str, policy: str = "") -> list[Finding]:
    write_project(folder, known, {name: text}, policy)
    report = inspect(discover([folder / name]).inputs, policy_for)
    assert not report.failures
    return report.findings


def _said(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.rule_id, finding.outcome.value) for finding in findings}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# -- every section, every rule about networks --------------------------------------------------------


def test_a_workload_in_a_whole_network_has_nothing_to_be_told(tmp_path: Path, language: str) -> None:
    name, text = LANGUAGES[language]
    assert not _inspected(tmp_path / "known", network(), name, text(), FORBIDDEN)
    open_ones = _said(_inspected(tmp_path / "alone", None, name, text()))
    assert {rule for rule, _ in open_ones} >= {"SMN102", "SMN103", "SMN104", "SMN406", "SMN601", "SMN803"}
    assert {outcome for _, outcome in open_ones} == {"undecided"}


def _drop_endpoint(service: str) -> Change:
    def change(known: Network) -> None:
        known["VpcEndpoints"] = [e for e in known["VpcEndpoints"] if not e["ServiceName"].endswith(service)]

    return change


def _endpoints(**facts: Any) -> Change:
    return lambda known: [endpoint.update(facts) for endpoint in known["VpcEndpoints"][:-1]]


def _nat(known: Network) -> None:
    """Lead the subnets to a NAT gateway in the zone of the first."""
    public = {"RouteTableId": "rtb-0b", "VpcId": VPC, "Associations": [{"SubnetId": "subnet-0c"}]}
    to_internet = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a", "State": "active"}
    known["Subnets"].append({**known["Subnets"][0], "SubnetId": "subnet-0c", "CidrBlock": "10.0.9.0/24"})
    known["RouteTables"].append({**public, "Routes": [to_internet]})
    known["InternetGateways"] = [{"InternetGatewayId": "igw-0a", "Attachments": [{"VpcId": VPC}]}]
    known["NatGateways"] = [
        {
            "NatGatewayId": "nat-0a",
            "VpcId": VPC,
            "SubnetId": "subnet-0c",
            "ConnectivityType": "public",
            "State": "available",
        }
    ]
    known["RouteTables"][0]["Routes"].append(
        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0a", "State": "active"}
    )


def _public(known: Network) -> None:
    known["RouteTables"][0]["Routes"].append(
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a", "State": "active"}
    )


BROKEN: dict[str, tuple[Change, set[tuple[str, str]]]] = {
    "dedicated tenancy": (
        lambda known: known["Vpcs"][0].update(InstanceTenancy="dedicated"),
        {("SMN104", "violation")},
    ),
    "the default VPC": (
        lambda known: known["Vpcs"][0].update(IsDefault=True),
        {("SMN108", "violation")},
    ),
    "one zone": (
        lambda known: known["Subnets"][1].update(AvailabilityZone="eu-west-1a"),
        {("SMN102", "violation")},
    ),
    "a group of another VPC": (
        lambda known: known["SecurityGroups"][0].update(VpcId="vpc-0b"),
        {("SMN103", "violation")},
    ),
    "no DNS host names": (
        lambda known: known["Vpcs"][0].update(EnableDnsHostnames={"Value": False}),
        {("SMN603", "violation")},
    ),
    "DNS attributes that nobody asked for": (
        lambda known: [known["Vpcs"][0].pop(key) for key in ("EnableDnsSupport", "EnableDnsHostnames")],
        {("SMN603", "undecided")},
    ),
    "a missing endpoint": (_drop_endpoint("sagemaker.api"), {("SMN601", "violation")}),
    "an endpoint that is going": (
        lambda known: known["VpcEndpoints"][0].update(State="deleting"),
        {("SMN601", "violation")},
    ),
    "endpoints without private DNS": (_endpoints(PrivateDnsEnabled=False), {("SMN602", "undecided")}),
    "a closed endpoint": (
        lambda known: known["SecurityGroups"][1].update(IpPermissions=[]),
        {("SMN604", "violation")},
    ),
    "endpoints in one zone": (_endpoints(SubnetIds=["subnet-0a"]), {("SMN605", "violation")}),
    "a gateway endpoint for another table": (
        lambda known: known["VpcEndpoints"][-1].update(RouteTableIds=["rtb-0f"]),
        {("SMN606", "violation")},
    ),
    "an endpoint policy that allows all": (
        lambda known: known["VpcEndpoints"][0].pop("PolicyDocument"),
        {("SMN607", "undecided")},
    ),
    "a public subnet": (_public, {("SMN406", "violation")}),
    "a group that is open to everybody": (
        lambda known: known["SecurityGroups"][0]["IpPermissions"].append(permission()),
        {("SMN801", "violation")},
    ),
    "a group that may send everywhere": (
        lambda known: known["SecurityGroups"][0]["IpPermissionsEgress"].append(permission(protocol="-1")),
        {("SMN804", "violation")},
    ),
    "a group without the apps' ports": (
        lambda known: known["SecurityGroups"][0].update(
            IpPermissions=[permission(OWN_GROUP, first=2049, last=2049)]
        ),
        {("SMN803", "violation")},
    ),
    "rules that nobody asked for": (
        lambda known: known["SecurityGroups"][0].pop("IpPermissions"),
        {("SMN803", "undecided"), ("SMN801", "undecided")},
    ),
    "an ACL that denies the answers": (
        lambda known: known["NetworkAcls"][0]["Entries"].insert(
            0, {**entry(50, "deny", egress=False, cidr="10.0.1.0/24")}
        ),
        {("SMN805", "violation")},
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_with_an_existing_network_is_told_at_the_workload(
    tmp_path: Path, language: str, what: str
) -> None:
    known = network()
    change, expected = BROKEN[what]
    change(known)
    name, text = LANGUAGES[language]
    findings = _inspected(tmp_path, known, name, text(), FORBIDDEN)
    assert _said(findings) == expected
    for finding in findings:
        assert finding.subject == STUDIO[language]
        assert Path(finding.location.file).name == name, "not in the inventory"


@pytest.mark.parametrize(("policy", "rule"), [(FORBIDDEN, "SMN702"), ("", "SMN703")])
def test_nat_gateways_of_the_inventory_are_followed(
    tmp_path: Path, language: str, policy: str, rule: str
) -> None:
    known = network()
    _nat(known)
    _drop_endpoint("sagemaker.api")(known)
    name, text = LANGUAGES[language]
    said = _said(_inspected(tmp_path, known, name, text(), policy))
    assert (rule, "violation") in said
    assert (("SMN601", "violation") in said) is bool(policy), "elsewhere, the NAT gateway stands in"


def test_a_finding_names_the_existing_part_and_its_place(tmp_path: Path, language: str) -> None:
    known = network()
    known["SecurityGroups"][1]["IpPermissions"] = []
    name, text = LANGUAGES[language]
    (finding,) = _inspected(tmp_path, known, name, text())
    assert finding.message.startswith(f"`{ENDPOINT_GROUP}` of the inventory: admits no TCP 443 from")
    assert ENDPOINT_GROUP in finding.fix
    places = [step.location for step in finding.chain if step.location is not None]
    lines = (tmp_path / "network.json").read_text(encoding="utf-8").splitlines()
    here = [place.line for place in places if place.file.endswith("network.json")]
    assert any(f'"GroupId": "{ENDPOINT_GROUP}"' in lines[line] for line in here)


def test_every_rule_about_networks_may_speak_at_a_workload() -> None:
    """Checkov asks each check about the types that it names only."""
    kinds = {"SecurityGroup", "VpcEndpoint", "Subnet", "Vpc", "NetworkAcl"}
    about = [rule for rule in ALL_RULES if kinds & {subject.__name__ for subject in rule.subjects}]
    lacking = [rule.id for rule in about if not set(rule.stand_ins) & set(DEPENDENTS)]
    assert lacking == ["SMN608"], "the type of an endpoint that exists is never left out"


# -- known, absent, unknown --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda known: known.pop("Snapshot"),
        lambda known: known.update(NextToken="x"),
        lambda known: known["Snapshot"].update(Vpcs=["vpc-0b"]),
        lambda known: known.pop("VpcEndpoints"),
        lambda known: known["SecurityGroups"].pop(),  # the default group: the VPC may be another account's
    ],
    ids=["no snapshot", "not all pages", "another VPC", "no list", "shared by another account"],
)
def test_an_endpoint_is_missing_only_where_the_inventory_holds_all_of_the_vpc(
    tmp_path: Path, language: str, change: Change
) -> None:
    known = network()
    _drop_endpoint("sagemaker.api")(known)
    change(known)
    name, text = LANGUAGES[language]
    found = [f for f in _inspected(tmp_path, known, name, text()) if f.rule_id == "SMN601"]
    assert [finding.outcome for finding in found] == [Outcome.UNDECIDED]


def test_a_subnet_without_a_table_of_its_own_uses_the_main_one_where_all_tables_are_told(
    tmp_path: Path, language: str
) -> None:
    known = network()
    known["RouteTables"][0]["Associations"] = []
    known["VpcEndpoints"][-1]["RouteTableIds"] = ["rtb-0f"]
    name, text = LANGUAGES[language]
    assert not _inspected(tmp_path / "whole", known, name, text())
    del known["Snapshot"]
    said = _said(_inspected(tmp_path / "part", known, name, text()))
    assert ("SMN406", "undecided") in said


DYNAMODB = {"PrefixListId": "pl-6fa54006", "PrefixListName": "com.amazonaws.eu-west-1.dynamodb"}


def _lists(*further: dict[str, str]) -> list[dict[str, str]]:
    return [{"PrefixListId": "pl-6da54004", "PrefixListName": "com.amazonaws.eu-west-1.s3"}, *further]


@pytest.mark.parametrize(
    ("named", "lists", "expected"),
    [
        ("pl-6da54004", _lists(), set()),
        ("pl-6fa54006", _lists(DYNAMODB), {("SMN604", "violation")}),
        # an id of seventeen digits, as AWS gives since 2020
        ("pl-0123456789abcdef0", [{**_lists()[0], "PrefixListId": "pl-0123456789abcdef0"}], set()),
        ("pl-0123456789abcdef0", _lists(), {("SMN604", "undecided")}),
        (
            "pl-0123456789abcdef0",
            [{"PrefixListId": "pl-0123456789abcdef0", "PrefixListName": "ours.s3"}],
            {("SMN604", "undecided")},
        ),
    ],
    ids=["of the service", "of another service", "with a long id", "of somebody", "of somebody, named"],
)
def test_a_prefix_list_is_that_of_the_service_of_its_name(
    tmp_path: Path, named: str, lists: list[dict[str, str]], expected: set[tuple[str, str]]
) -> None:
    known = network()
    known["PrefixLists"] = lists
    for rule in known["SecurityGroups"][0]["IpPermissionsEgress"]:
        for item in rule.get("PrefixListIds", ()):
            item["PrefixListId"] = named
    assert _said(_inspected(tmp_path, known, "template.yaml", template())) == expected


def test_a_network_that_nobody_names_says_nothing(tmp_path: Path) -> None:
    known = network()
    known["SecurityGroups"][0]["IpPermissions"].append(permission())
    elsewhere = template(vpc="vpc-0b", subnets="[subnet-0d]", groups="[sg-0d]")
    found = _inspected(tmp_path / "with", known, "template.yaml", elsewhere)
    assert _said(found) == _said(_inspected(tmp_path / "without", None, "template.yaml", elsewhere))


def test_a_block_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    known = network()
    known["Vpcs"][0]["CidrBlock"] = "10.0.0.0/33"
    with pytest.raises(PolicyError, match=r"network\.json:\d+: Vpcs.0.CidrBlock: an IPv4 CIDR block"):
        _inspected(tmp_path, known, "template.yaml", template())


# -- declared beside existing ------------------------------------------------------------------------


def test_a_template_may_add_what_an_existing_network_lacks(tmp_path: Path) -> None:
    known = network()
    _drop_endpoint("sagemaker.api")(known)
    added = template() + (
        "  Api: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: vpc-0a, VpcEndpointType: Interface,"
        " ServiceName: com.amazonaws.eu-west-1.sagemaker.api, PrivateDnsEnabled: true,"
        " SubnetIds: [subnet-0a, subnet-0b], SecurityGroupIds: [sg-0e]}}\n"
    )
    assert _said(_inspected(tmp_path, known, "template.yaml", added)) == {("SMN607", "violation")}


def test_a_rule_may_be_added_to_an_existing_group(tmp_path: Path) -> None:
    known = network()
    known["SecurityGroups"][1]["IpPermissions"] = []
    added = hcl() + (
        'resource "aws_vpc_security_group_ingress_rule" "in" {\n'
        '  security_group_id            = "sg-0e"\n  referenced_security_group_id = "sg-0a"\n'
        '  ip_protocol = "tcp"\n  from_port = 443\n  to_port = 443\n}\n'
    )
    assert not _inspected(tmp_path, known, "main.tf", added)


def test_a_declared_route_takes_the_place_of_the_existing_one(tmp_path: Path) -> None:
    known = network()
    _public(known)
    route = (
        "  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: rtb-0a,"
        " DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-0a}}\n"
    )
    assert not _inspected(tmp_path, known, "template.yaml", template() + route)


def _planned(kind: str, actions: list[str], before: dict[str, Any]) -> dict[str, Any]:
    change = {"actions": actions, "before": before, "after": None}
    return {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "change": change}


def test_what_a_plan_deletes_is_no_longer_there(tmp_path: Path) -> None:
    gone = _planned("aws_vpc_endpoint", ["delete"], {"id": "vpce-00"})
    assert _said(_inspected(tmp_path / "gone", network(), "plan.json", plan(gone))) == {
        ("SMN601", "violation")
    }
    stays = _planned("aws_vpc_endpoint", ["forget"], {"id": "vpce-00"})
    assert not _inspected(tmp_path / "stays", network(), "plan.json", plan(stays))


APPS = {"from_port": 8192, "to_port": 65535, "protocol": "tcp"}
HTTPS = {"from_port": 443, "to_port": 443, "ip_protocol": "tcp"}
TO_ALL = {"destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-0a"}


def _deny(known: Network) -> None:
    """Give the first subnet an ACL of its own that denies all."""
    (default,) = known["NetworkAcls"]
    own = {**default, "NetworkAclId": "acl-0b", "IsDefault": False, "Entries": []}
    known["NetworkAcls"].append({**own, "Associations": [default["Associations"].pop(0)]})


TAKEN: dict[str, tuple[Change, str, dict[str, Any], set[tuple[str, str]]]] = {
    "the rule that opens the endpoints": (
        lambda _known: None,
        "aws_vpc_security_group_ingress_rule",
        {"security_group_id": ENDPOINT_GROUP, "referenced_security_group_id": OWN_GROUP, **HTTPS},
        {("SMN604", "violation")},
    ),
    "a rule among members": (
        lambda _known: None,
        "aws_security_group_rule",
        {"security_group_id": OWN_GROUP, "type": "ingress", "self": True, **APPS},
        {("SMN803", "violation")},
    ),
    "one source of a rule that names several": (
        lambda known: known["SecurityGroups"][1]["IpPermissions"][0].update(
            IpRanges=[{"CidrIp": "10.9.0.0/16"}]
        ),
        "aws_vpc_security_group_ingress_rule",
        {"security_group_id": ENDPOINT_GROUP, "cidr_ipv4": "10.9.0.0/16", **HTTPS},
        set(),
    ),
    "a rule that is open to everybody": (
        lambda known: known["SecurityGroups"][0]["IpPermissions"].append(permission()),
        "aws_vpc_security_group_ingress_rule",
        {"security_group_id": OWN_GROUP, "cidr_ipv4": "0.0.0.0/0", **HTTPS},
        set(),
    ),
    "a rule of other ports": (
        lambda known: known["SecurityGroups"][0]["IpPermissions"].append(permission()),
        "aws_vpc_security_group_ingress_rule",
        {"security_group_id": OWN_GROUP, "cidr_ipv4": "0.0.0.0/0", **HTTPS, "to_port": 444},
        {("SMN801", "violation")},
    ),
    "a route to the internet": (_public, "aws_route", {"route_table_id": TABLE, **TO_ALL}, set()),
    "a route elsewhere": (
        _public,
        "aws_route",
        {"route_table_id": TABLE, **TO_ALL, "destination_cidr_block": "10.0.0.0/8"},
        {("SMN406", "violation")},
    ),
    "a table of a subnet": (
        lambda _known: None,
        "aws_route_table_association",
        {"route_table_id": TABLE, "subnet_id": "subnet-0a"},
        {("SMN606", "violation")},
    ),
    "what makes a table the main one": (
        lambda known: known["RouteTables"][0].update(Associations=[]),
        "aws_main_route_table_association",
        {"route_table_id": "rtb-0f", "vpc_id": VPC, "original_route_table_id": TABLE},
        {(rule, "undecided") for rule in ("SMN406", "SMN606")},
    ),
    "an entry of an ACL": (
        lambda known: known["NetworkAcls"][0]["Entries"].insert(
            0, {**entry(50, "deny", egress=False, cidr="10.0.1.0/24")}
        ),
        "aws_network_acl_rule",
        {"network_acl_id": "acl-0a", "rule_number": 50, "egress": False},
        set(),
    ),
    "an ACL of a subnet that denies": (
        _deny,
        "aws_network_acl_association",
        {"network_acl_id": "acl-0b", "subnet_id": "subnet-0a"},
        set(),
    ),
    "an ACL of another subnet": (
        _deny,
        "aws_network_acl_association",
        {"network_acl_id": "acl-0b", "subnet_id": "subnet-0b"},
        {("SMN805", "violation")},
    ),
    "a table of an endpoint": (
        lambda _known: None,
        "aws_vpc_endpoint_route_table_association",
        {"vpc_endpoint_id": "vpce-0ff", "route_table_id": TABLE},
        {("SMN606", "violation")},
    ),
    "a policy of an endpoint": (
        lambda _known: None,
        "aws_vpc_endpoint_policy",
        {"vpc_endpoint_id": "vpce-00", "id": "vpce-00", "policy": "{}"},
        {("SMN607", "undecided")},
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_a_plan_takes_a_part_of_is_judged_without_it(tmp_path: Path, what: str) -> None:
    change, kind, before, expected = TAKEN[what]
    known = network()
    change(known)
    gone = _planned(kind, ["delete"], {"id": "x-1", "description": "", "tags": None, **before})
    assert _said(_inspected(tmp_path, known, "plan.json", plan(gone))) == expected


# -- references --------------------------------------------------------------------------------------

STORED = "AWS::SSM::Parameter::Value"
EXPORTS = [{"Name": f"core-{name}", "Value": f"{name}-0a", "ExportingStackId": "x"} for name in ("vpc", "sg")]


def _outside(known: Network) -> Network:
    subnets = {"Name": "core-subnets", "Value": "subnet-0a,subnet-0b"}
    parameters = [
        {"Name": "/core/vpc", "Type": "String", "Value": "vpc-0a"},
        {"Name": "/core/subnets", "Type": "StringList", "Value": "subnet-0a,subnet-0b"},
    ]
    return {**known, "Exports": [*EXPORTS, subnets], "Parameters": parameters}


IMPORTED = (
    template(
        vpc="{'Fn::ImportValue': core-vpc}",
        subnets="{'Fn::Split': [',', {'Fn::ImportValue': !Sub '${Prefix}-subnets'}]}",
        groups="[{'Fn::ImportValue': core-sg}]",
    )
    + "Parameters:\n  Prefix: {Type: String, Default: core}\n"
)
BY_PARAMETERS = template(vpc="!Ref Vpc", subnets="!Ref Subnets") + (
    "Parameters:\n"
    f"  Vpc: {{Type: '{STORED}<AWS::EC2::VPC::Id>', Default: /core/vpc}}\n"
    f"  Subnets: {{Type: '{STORED}<List<AWS::EC2::Subnet::Id>>', Default: /core/subnets}}\n"
)
DYNAMIC = (
    template(
        vpc="'{{resolve:ssm:/core/vpc}}'",
        subnets="!Split [',', !Sub '{{resolve:ssm:/${Prefix}/subnets}}']",
    )
    + "Parameters:\n  Prefix: {Type: String, Default: core}\n"
)


@pytest.mark.parametrize("text", [IMPORTED, BY_PARAMETERS, DYNAMIC], ids=["imports", "parameters", "dynamic"])
def test_what_comes_from_outside_of_a_template_is_looked_up(tmp_path: Path, text: str) -> None:
    assert not _inspected(tmp_path / "known", _outside(network()), "template.yaml", text)
    said = _said(_inspected(tmp_path / "unknown", network(), "template.yaml", text))
    assert ("SMN601", "undecided") in said


@pytest.mark.parametrize(
    "text",
    [
        IMPORTED.replace("core-vpc", "core-other"),
        BY_PARAMETERS.replace("/core/vpc", "/core/other"),
        DYNAMIC.replace("/core/vpc", "/core/vpc:3"),
        DYNAMIC.replace("ssm:/core/vpc", "ssm-secure:/core/vpc"),
    ],
    ids=["another export", "another parameter", "a version", "a secret"],
)
def test_what_the_inventory_does_not_tell_stays_open(tmp_path: Path, text: str) -> None:
    said = _said(_inspected(tmp_path, _outside(network()), "template.yaml", text))
    assert ("SMN601", "undecided") in said
    assert ("SMN601", "violation") not in said


def test_an_export_with_two_values_is_not_known(tmp_path: Path) -> None:
    known = _outside(network())
    known["Exports"].append({"Name": "core-vpc", "Value": "vpc-0b"})
    found = _inspected(tmp_path, known, "template.yaml", IMPORTED)
    (about,) = [finding for finding in found if finding.rule_id == "SMN104"]
    assert "it differs: " in about.message


VPC_BY_TAG = 'data "aws_vpc" "it" {\n  tags = { Name = "studio" }\n}\n'
SUBNETS = (
    'data "aws_subnets" "it" {\n  filter {\n    name = "vpc-id"\n    values = [data.aws_vpc.it.id]\n  }\n'
    '  tags = { Tier = "priv*" }\n}\n'
)
GROUP = 'data "aws_security_group" "it" {\n  name = "studio"\n  vpc_id = data.aws_vpc.it.id\n}\n'
LOOKED_UP = hcl("data.aws_vpc.it.id", "data.aws_subnets.it.ids", "[data.aws_security_group.it.id]")


def test_data_sources_are_looked_up(tmp_path: Path) -> None:
    text = LOOKED_UP + VPC_BY_TAG + SUBNETS + GROUP
    assert not _inspected(tmp_path / "known", network(), "main.tf", text)
    open_ones = _inspected(tmp_path / "unknown", None, "main.tf", text)
    assert ("SMN601", "undecided") in _said(open_ones)


ONE_BY_ONE = (
    'data "aws_subnet" "it" {\n  for_each = toset(data.aws_subnets.it.ids)\n  id = each.value\n}\n'
    'data "aws_route_table" "it" {\n  subnet_id = "subnet-0a"\n}\n'
)


def test_data_sources_of_several_instances_are_looked_up(tmp_path: Path) -> None:
    text = hcl("data.aws_vpc.it.id", "[for s in data.aws_subnet.it : s.id]")
    assert not _inspected(tmp_path, network(), "main.tf", text + VPC_BY_TAG + SUBNETS + ONE_BY_ONE)


@pytest.mark.parametrize(
    "collection",
    ["data.aws_subnet.it", "toset(keys(data.aws_subnet.it))", "toset(values(data.aws_subnet.it)[*].id)"],
)
def test_a_resource_for_each_of_what_is_looked_up_has_its_keys(tmp_path: Path, collection: str) -> None:
    notebook = (
        f'resource "aws_sagemaker_notebook_instance" "n" {{\n  for_each = {collection}\n'
        '  subnet_id = each.key\n  direct_internet_access = "Enabled"\n}\n'
    )
    found = _inspected(tmp_path, network(), "main.tf", VPC_BY_TAG + SUBNETS + ONE_BY_ONE + notebook)
    subjects = {finding.subject for finding in found if finding.rule_id == "SMN201"}
    assert subjects == {f'aws_sagemaker_notebook_instance.n["subnet-0{letter}"]' for letter in "ab"}


def test_a_route_may_be_added_to_a_table_that_is_looked_up(tmp_path: Path) -> None:
    route = (
        'resource "aws_route" "out" {\n  route_table_id = data.aws_route_table.it.id\n'
        '  destination_cidr_block = "0.0.0.0/0"\n  gateway_id = "igw-0a"\n}\n'
    )
    text = hcl() + VPC_BY_TAG + SUBNETS + ONE_BY_ONE + route
    assert _said(_inspected(tmp_path, network(), "main.tf", text)) == {("SMN406", "violation")}


OPEN_LOOKUPS = {
    "an argument that is not looked up": (VPC_BY_TAG.replace("tags", 'state = "available"\n  tags'), "state"),
    "a tag that is not kept": (VPC_BY_TAG.replace("Name", "Stage"), "matches for certain"),
    "no match": (VPC_BY_TAG.replace('"studio"', '"other"'), "matches for certain"),
    "another region or account": (VPC_BY_TAG.replace("tags", "provider = aws.other\n  tags"), "provider"),
    "another region": (
        'provider "aws" {\n  region = "us-east-1"\n}\n' + VPC_BY_TAG,
        "for us-east-1, it holds none",
    ),
    "an open argument": (
        VPC_BY_TAG.replace('"studio"', "var.name") + 'variable "name" {}\n',
        "variable name",
    ),
    "nothing to look for": ('data "aws_vpc" "it" {}\n', "nothing to look for"),
}


@pytest.mark.parametrize("what", OPEN_LOOKUPS)
def test_a_lookup_that_is_not_certain_stays_open(tmp_path: Path, what: str) -> None:
    text, reason = OPEN_LOOKUPS[what]
    found = _inspected(tmp_path, network(), "main.tf", hcl("data.aws_vpc.it.id") + text)
    (about,) = [finding for finding in found if finding.rule_id == "SMN104"]
    assert about.outcome is Outcome.UNDECIDED
    assert reason in about.message


REGION = 'variable "region" {\n  default = "eu-west-1"\n}\nprovider "aws" {\n  region = var.region\n}\n'
OTHER = 'provider "aws" {\n  alias  = "other"\n  region = "us-east-1"\n}\n'


def test_a_lookup_asks_the_region_of_its_provider(tmp_path: Path) -> None:
    text = LOOKED_UP + VPC_BY_TAG + SUBNETS + GROUP + OTHER + REGION
    assert not _inspected(tmp_path, network(), "main.tf", text)


@pytest.mark.parametrize(
    ("passed", "outcomes"),
    [
        ("", set()),
        ("  providers = {\n    aws = aws\n    aws.x = aws.other\n  }\n", set()),
        ("  providers = { aws = aws.other }\n", {"undecided"}),
    ],
    ids=["the caller's", "passed on", "another"],
)
def test_a_module_asks_by_the_provider_that_it_is_given(
    tmp_path: Path, passed: str, outcomes: set[str]
) -> None:
    (tmp_path / "studio").mkdir()
    module = LOOKED_UP + VPC_BY_TAG + SUBNETS + GROUP
    (tmp_path / "studio" / "main.tf").write_text(module, encoding="utf-8")
    text = REGION + OTHER + f'module "studio" {{\n  source = "./studio"\n{passed}}}\n'
    found = _inspected(tmp_path, network(), "main.tf", text)
    assert {outcome for _, outcome in _said(found)} == outcomes
    assert all("is given other providers" in finding.message for finding in found)


def test_two_vpcs_that_match_are_no_answer(tmp_path: Path) -> None:
    known = network()
    known["Vpcs"].append({**known["Vpcs"][0], "VpcId": "vpc-0b"})
    found = _inspected(tmp_path, known, "main.tf", hcl("data.aws_vpc.it.id") + VPC_BY_TAG)
    assert any("2 items match" in finding.message for finding in found if finding.rule_id == "SMN104")


def test_a_list_is_known_only_where_the_inventory_holds_all_that_may_match(tmp_path: Path) -> None:
    known = network()
    known["Snapshot"]["Vpcs"] = ["vpc-0b"]
    found = _inspected(tmp_path, known, "main.tf", LOOKED_UP + VPC_BY_TAG + SUBNETS + GROUP)
    (about,) = [finding for finding in found if finding.rule_id == "SMN102"]
    assert "holds all Subnets" in about.message


@pytest.mark.parametrize("pick", ["data.aws_subnets.it.ids[0]", "element(data.aws_subnets.it.ids, 0)"])
def test_which_subnet_comes_first_is_not_guessed(tmp_path: Path, pick: str) -> None:
    text = hcl(subnets=f'[{pick}, "subnet-0b"]') + VPC_BY_TAG + SUBNETS
    (about,) = [f for f in _inspected(tmp_path, network(), "main.tf", text) if f.rule_id == "SMN102"]
    assert (about.outcome, "the order of" in about.message) == (Outcome.UNDECIDED, True)


def test_what_other_sources_tell_stays_open(tmp_path: Path) -> None:
    text = hcl(
        "data.terraform_remote_state.core.outputs.vpc_id",
        '[data.aws_ssm_parameter.subnet.value, "subnet-0b"]',
    ) + (
        'data "terraform_remote_state" "core" {\n  backend = "local"\n}\n'
        'data "aws_ssm_parameter" "subnet" {\n  name = "/core/subnets"\n}\n'
    )
    said = _said(_inspected(tmp_path, _outside(network()), "main.tf", text))
    assert said >= {("SMN104", "undecided"), ("SMN102", "undecided")}


# -- many networks -----------------------------------------------------------------------------------


def test_many_networks_cost_little_where_one_of_them_is_named(tmp_path: Path) -> None:
    known = network()
    for number in range(1, 400):
        own = json.loads(json.dumps(network()).replace("-0", f"-{number:x}f0"))
        for section, items in own.items():
            if isinstance(items, list):
                known[section] += items
    write_project(tmp_path, known, {"template.yaml": template()})
    policy_for(tmp_path / "template.yaml")  # read and checked, once
    start = time.perf_counter()
    report = inspect(discover([tmp_path / "template.yaml"]).inputs, policy_for)
    assert not report.findings
    assert time.perf_counter() - start < 2  # seconds; it takes 0.1


# -- the doors ---------------------------------------------------------------------------------------

ENTRY = Path(__file__).resolve().parent.parent / "checks" / "sagemaker_netlint" / "checkov_entry"


def _run(folder: Path, program: str, *arguments: str | Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "SAGEMAKER_NETLINT_POLICY"}
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *map(str, arguments)],
        cwd=folder,
        env={**environment, "LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    ).stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a repository whose workloads lie behind an endpoint group that admits nobody."""
    known = _outside(network())
    known["SecurityGroups"][1]["IpPermissions"] = []
    files = {"template.yaml": IMPORTED, "main.tf": LOOKED_UP + VPC_BY_TAG + SUBNETS + GROUP}
    return write_project(tmp_path, known, files)


@pytest.mark.slow
def test_cfn_lint_knows_an_existing_network(project: Path) -> None:
    append = "--append-rules=sagemaker_netlint.cfn_lint_rules"
    found = json.loads(_run(project, "cfn-lint", append, "--format", "json", "--", "template.yaml"))
    ours = {match["Rule"]["Id"]: match for match in found if "SMN" in match["Rule"]["Id"]}
    assert set(ours) == {"ESMN604"}
    assert f"`Studio`: `{ENDPOINT_GROUP}` of the inventory: admits no TCP 443" in ours["ESMN604"]["Message"]


@pytest.mark.slow
def test_checkov_knows_an_existing_network(project: Path) -> None:
    checks = ("--external-checks-dir", ENTRY, "-c", "CKV_SMN_604,CKV_SMN_601,CKV_SMN_803", "--skip-download")
    said = json.loads(
        _run(
            project, "checkov", "-d", ".", "--framework", "terraform", "cloudformation", *checks, "-o", "json"
        )
    )
    results = {
        (record["resource"], record["check_id"], record["check_result"]["result"])
        for report in said
        for records in (report["results"]["failed_checks"], report["results"]["passed_checks"])
        for record in records
    }
    assert results == {
        (resource, check, "FAILED" if check == "CKV_SMN_604" else "PASSED")
        for resource in ("AWS::SageMaker::Domain.Studio", "aws_sagemaker_domain.studio")
        for check in ("CKV_SMN_604", "CKV_SMN_601", "CKV_SMN_803")
    }
