"""Inventories: networks that exist already become known, and rules don't guess about the rest of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from sagemaker_netlint.discovery import discover
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.inspection import inspect
from sagemaker_netlint.marked_json import parse_json
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.policy_file import PolicyError, inventory_of, load_policy, not_acted_on
from sagemaker_netlint.reading import Reading

SUBNET: dict[str, Any] = {
    "SubnetId": "subnet-0a",
    "SubnetArn": "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0a",
    "CidrBlock": "10.0.0.0/24",
    "AvailabilityZone": "eu-west-1a",
    "AvailabilityZoneId": "euw1-az3",
    "VpcId": "vpc-0a",
    "AvailableIpAddressCount": 17,
    "Ipv6Native": False,
    "Ipv6CidrBlockAssociationSet": [
        {"Ipv6CidrBlock": "2001:db8:1::/64", "Ipv6CidrBlockState": {"State": "disassociated"}},
        {"Ipv6CidrBlock": "2001:db8:2::/64", "Ipv6CidrBlockState": {"State": "associated"}},
    ],
    "MapPublicIpOnLaunch": True,
    "Tags": [{"Key": "Name", "Value": "private"}],
    "AKeyOfTomorrow": {"x": None},
}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _policy(folder: Path, *files: str, extends: str = "vpc-only") -> str:
    return str(_write(folder / "p.yaml", f"extends: {extends}\ninventory: {json.dumps(files)}\n"))


def _subnet(**facts: Any) -> dict[str, Any]:
    return {"SubnetId": "subnet-0a", "CidrBlock": "10.0.0.0/24", **facts}


def _loaded(folder: Path, *texts: str) -> dict[str, Subnet]:
    """Return the subnets of inventory files, by name."""
    names = [f"inventory-{index}.json" for index in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        _write(folder / name, text)
    existing = inventory_of(load_policy(_policy(folder, *names))).existing
    return {name: subnet for name, subnet in existing.items() if isinstance(subnet, Subnet)}


# -- what is read ------------------------------------------------------------------------------------


def test_a_subnet_of_the_commands_output_becomes_a_component(tmp_path: Path) -> None:
    found = _loaded(tmp_path, json.dumps({"Subnets": [_subnet(SubnetId="subnet-0b"), SUBNET]}, indent=4))
    assert set(found) == {"subnet-0a", "subnet-0b", SUBNET["SubnetArn"]}
    subnet = found["subnet-0a"]
    assert found[SUBNET["SubnetArn"]] is subnet
    assert (subnet.address, subnet.identity, subnet.type) == ("subnet-0a", "subnet-0a", "AWS::EC2::Subnet")
    assert subnet.cidr == ip_network("10.0.0.0/24")
    assert subnet.ipv6_cidr == ip_network("2001:db8:2::/64"), "the block that was taken away doesn't count"
    assert (subnet.vpc, subnet.zone, subnet.ipv6_native) == ("vpc-0a", "eu-west-1a", False)
    assert (subnet.available_addresses, subnet.public_ip_on_launch) == (17, True)
    assert str(subnet.location) == f"{tmp_path / 'inventory-0.json'}:7"


def test_what_an_item_leaves_out_is_absent(tmp_path: Path) -> None:
    bare = _loaded(tmp_path, json.dumps({"Subnets": [_subnet()]}))["subnet-0a"]
    assert (bare.vpc, bare.zone, bare.ipv6_native, bare.ipv6_cidr, bare.names) == (None, None, None, None, ())
    assert bare.available_addresses is None


def test_a_zone_id_stands_in_for_the_name(tmp_path: Path) -> None:
    text = json.dumps({"Subnets": [_subnet(AvailabilityZoneId="euw1-az3")]})
    assert _loaded(tmp_path, text)["subnet-0a"].zone == "euw1-az3"


def test_a_subnet_with_ipv6_addresses_only_has_no_ipv4_block(tmp_path: Path) -> None:
    text = json.dumps({"Subnets": [{"SubnetId": "subnet-0a", "Ipv6Native": True}]})
    subnet = _loaded(tmp_path, text)["subnet-0a"]
    assert (subnet.cidr, subnet.ipv6_native) == (None, True)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.json", '{"Subnets": [\n{"SubnetId": "subnet-0a", "CidrBlock": "10.0.0.0/24"}]}', 2),
        ("a.yaml", "# by hand\nSubnets:\n- SubnetId: subnet-0a\n  CidrBlock: 10.0.0.0/24\n", 3),
        ("a.yaml", '\n{"Subnets": [{"SubnetId": "subnet-0a", "CidrBlock": "10.0.0.0/24"}]}', 2),
        ("a.yaml", "{Subnets: [\n{SubnetId: subnet-0a, CidrBlock: 10.0.0.0/24}]}", 2),
        ("a.txt", '\ufeff{"Subnets": [{"SubnetId": "subnet-0a", "CidrBlock": "10.0.0.0/24"}]}', 1),
    ],
)
def test_json_and_yaml_are_read_alike(tmp_path: Path, name: str, text: str, line: int) -> None:
    _write(tmp_path / name, text)
    subnet = inventory_of(load_policy(_policy(tmp_path, name))).existing["subnet-0a"]
    assert isinstance(subnet, Subnet)
    assert (subnet.cidr, subnet.location.line) == (ip_network("10.0.0.0/24"), line)


def test_files_are_relative_to_the_policy_that_names_them(tmp_path: Path) -> None:
    _write(tmp_path / "company" / "net.json", json.dumps({"Subnets": [_subnet()]}))
    _write(tmp_path / "company" / "base.yaml", "inventory: [net.json]\n")
    _write(tmp_path / "team" / "own.yaml", yaml.safe_dump({"Subnets": [_subnet(SubnetId="subnet-0b")]}))
    own = _write(tmp_path / "team" / "p.yaml", "extends: ../company/base.yaml\ninventory: [own.yaml]\n")
    assert list(inventory_of(load_policy(str(own))).existing) == ["subnet-0a", "subnet-0b"]


def test_a_subnet_may_stand_in_two_files_with_the_same_facts(tmp_path: Path) -> None:
    one, two = (json.dumps({"Subnets": [_subnet(Tags=[{"Key": key}])]}) for key in "ab")
    found = _loaded(tmp_path, one, two)["subnet-0a"]
    assert found.location.file.endswith("inventory-0.json")


def test_two_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    one = json.dumps({"Subnets": [_subnet(VpcId="vpc-0a")]})
    two = json.dumps({"Subnets": [_subnet(SubnetId="subnet-0b"), _subnet(VpcId="vpc-0b")]}, indent=1)
    with pytest.raises(PolicyError) as caught:
        _loaded(tmp_path, one, two)
    assert (Path(caught.value.file).name, caught.value.line) == ("inventory-1.json", 7)
    first = tmp_path / "inventory-0.json"
    assert caught.value.message == f"subnet-0a stands at {first}:1 already, with another VpcId"


def test_the_sections_without_effect_are_named(tmp_path: Path) -> None:
    text = json.dumps({"Subnets": [], "VpcPeeringConnections": [{}], "NetworkInterfaces": []})
    _write(tmp_path / "net.json", text)
    _write(tmp_path / "more.json", json.dumps({"Vpcs": [], "NetworkInterfaces": [], "NextToken": "x"}))
    policy = load_policy(_policy(tmp_path, "net.json", "more.json"))
    assert not_acted_on(policy) == ("inventory: VpcPeeringConnections", "inventory: NetworkInterfaces")


def test_nothing_is_noted_of_a_snapshot_which_has_more_than_is_used(tmp_path: Path) -> None:
    about = {"Version": 1, "Region": "eu-west-1"}
    _write(tmp_path / "net.json", json.dumps({"Snapshot": about, "VpcPeeringConnections": [{}]}))
    assert not_acted_on(load_policy(_policy(tmp_path, "net.json"))) == ()


def test_the_output_of_ssm_get_parameters_is_read_with_all_that_it_has(tmp_path: Path) -> None:
    text = json.dumps({"Parameters": [{"Name": "/a", "Value": "b"}], "InvalidParameters": ["/nope"]})
    _write(tmp_path / "net.json", text)
    policy = load_policy(_policy(tmp_path, "net.json"))
    assert not_acted_on(policy) == ()
    assert inventory_of(policy).networks.parameters == {"/a": "b"}


def test_the_output_of_a_powershell_redirection_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text(json.dumps({"Subnets": []}), encoding="utf-16")
    with pytest.raises(PolicyError, match=r"net\.json:1: it is UTF-16, .* save it as UTF-8"):
        load_policy(_policy(tmp_path, "net.json"))


def test_the_examples_of_the_page_are_valid(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parent.parent / "docs" / "policy.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    inventories = [text for text in examples if "Subnets:" in text]
    assert (len(inventories), len(examples)) == (1, 5)
    _write(tmp_path / "inventory" / "subnets.json", json.dumps({"Subnets": [_subnet()]}))
    _write(tmp_path / "inventory" / "shared.yaml", inventories[0])
    for text in examples:
        if text not in inventories:
            load_policy(str(_write(tmp_path / "p.yaml", text)))
    shared = inventory_of(load_policy(_policy(tmp_path, "inventory/shared.yaml"))).existing
    assert [str(subnet.location.line) for subnet in shared.values()] == ["3"]


# -- what is refused ---------------------------------------------------------------------------------

_ITEM = '{"SubnetId": "subnet-0a", "CidrBlock": "10.0.0.0/24"}'
REFUSED = [
    ("", 1, "", "it is empty; the output of `aws ec2 describe-subnets` belongs here"),
    ("null", 1, "", "it is empty"),
    ("{}", 1, "", "non-empty"),
    ("[]", 1, "", "a mapping belongs here, and it is a list"),
    ('{"Subnets": {}}', 1, "Subnets", "a list belongs here, and it is a mapping"),
    ('{"Subnets": null}', 1, "Subnets", "a list belongs here, and it is empty"),
    ('{\n"Subnet": []}', 2, "Subnet", "unknown key; did you mean Subnets?"),
    ('{"Subnets": [],\n"Subnets": []}', 2, "Subnets", "the key is written twice"),
    ('{"Vpcs": [],\n"RouteTables": [7]}', 2, "RouteTables.0", "a mapping belongs here, and it is 7"),
    ('{"Subnets": ["subnet-0a"]}', 1, "Subnets.0", "a mapping belongs here, and it is 'subnet-0a'"),
    ('{"Subnets": [\n{"CidrBlock": "10.0.0.0/24"}]}', 2, "Subnets.0", "'SubnetId' is a required property"),
    ('{"Subnets": [\n{"SubnetId": "subnet-0a"}]}', 2, "Subnets.0", "'CidrBlock' is a required property"),
    (
        '{"Subnets": [{"SubnetId": "subnet-0a",\n"Ipv6Native": false}]}',
        1,
        "Subnets.0",
        "'CidrBlock' is a required property",
    ),
    (
        f'{{"Subnets": [{_ITEM},\n\n{{"Tags": [{{"SubnetId": 1}}],\n"Ipv6Native": true, "SubnetId":\n7}}]}}',
        4,
        "Subnets.1.SubnetId",
        "a text belongs here, and it is 7",
    ),
    (
        '{"Subnets": [{"SubnetId": "vpc-0a",\n"CidrBlock": "10.0.0.0/24"}]}',
        1,
        "Subnets.0.SubnetId",
        "not match",
    ),
    (
        '{"Subnets": [{"SubnetId": "subnet-0a",\n"CidrBlock": "10.0.0.0/33"}]}',
        2,
        "Subnets.0.CidrBlock",
        "an IPv4 CIDR block belongs here, and it is '10.0.0.0/33'",
    ),
    (
        '{"Subnets": [{"SubnetId": "subnet-0a",\n"CidrBlock": "2001:db8::/64"}]}',
        2,
        "Subnets.0.CidrBlock",
        "an IPv4 CIDR block belongs here, and it is '2001:db8::/64'",
    ),
    (
        f'{{"Subnets": [{_ITEM[:-1]},\n"AvailableIpAddressCount": "7"}}]}}',
        2,
        "Subnets.0.AvailableIpAddressCount",
        "a whole number belongs here, and it is '7'",
    ),
    (
        f'{{"Subnets": [{_ITEM[:-1]},\n"Ipv6CidrBlockAssociationSet":\n[{{"Ipv6CidrBlock":\n"x"}}]}}]}}',
        3,
        "Subnets.0.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock",
        "an IPv6 CIDR block belongs here, and it is 'x'",
    ),
    (
        '{"Vpcs": [{"VpcId": "vpc-0a", "CidrBlockAssociationSet": [\n{"CidrBlock": "10.0.0.0/33"}]}]}',
        2,
        "Vpcs.0.CidrBlockAssociationSet.0.CidrBlock",
        "an IPv4 CIDR block belongs here, and it is '10.0.0.0/33'",
    ),
    (
        '{"RouteTables": [{"RouteTableId": "rtb-0a", "Routes": [\n{"DestinationIpv6CidrBlock": "::/129"}]}]}',
        2,
        "RouteTables.0.Routes.0.DestinationIpv6CidrBlock",
        "an IPv6 CIDR block belongs here, and it is '::/129'",
    ),
    (
        '{"VpcEndpoints": [{"VpcEndpointId": "vpce-0a",\n"PolicyDocument": "{"}]}',
        2,
        "VpcEndpoints.0.PolicyDocument",
        "a JSON document belongs here",
    ),
    ('{"Subnets": [\n{"SubnetId": "subnet-0a",}]}', 2, "", "not valid JSON"),
    ('{"Subnets": [', 1, "", "not valid JSON"),
    ("[" * 100_000, 1, "", "nested too deep"),
    (f'{{"Vpcs": [{"9" * 5000}]}}', 1, "", "not valid JSON"),
    ("\x00", 1, "", "binary"),
]


@pytest.mark.parametrize(("text", "line", "key_path", "message"), REFUSED, ids=range(len(REFUSED)))
def test_an_invalid_inventory_says_where_and_what(
    tmp_path: Path, text: str, line: int, key_path: str, message: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        _loaded(tmp_path, text)
    file = str(tmp_path / "inventory-0.json")
    assert (caught.value.file, caught.value.line, caught.value.key_path) == (file, line, key_path)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Subnets:\n- SubnetId: subnet-0a\n  CidrBlock: 7\n", 3, "a text belongs here, and it is 7"),
        ("Subnets:\n- SubnetId: [\n", 3, "not valid YAML"),
        ('{"Subnets": [\n{"SubnetId": "subnet-0a" "x"}]}', 2, "not valid YAML"),
        ("# nothing\n", 1, "it is empty"),
    ],
)
def test_an_invalid_inventory_in_yaml_says_where_and_what(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    _write(tmp_path / "net.yaml", text)
    with pytest.raises(PolicyError) as caught:
        load_policy(_policy(tmp_path, "net.yaml"))
    assert (Path(caught.value.file).name, caught.value.line) == ("net.yaml", line)
    assert message in caught.value.message


def test_a_file_that_is_not_there_is_told_at_the_policys_line(tmp_path: Path) -> None:
    path = _write(tmp_path / "p.yaml", "inventory:\n  - net.json\n")
    with pytest.raises(PolicyError, match=r"p\.yaml:2: inventory\.0: there is no file .*net\.json"):
        load_policy(str(path))
    (tmp_path / "net.json").mkdir()
    with pytest.raises(PolicyError, match=r"p\.yaml:2: inventory\.0: .*net\.json is a folder"):
        load_policy(str(path))


def test_a_file_out_of_proportion_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "net.json").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(PolicyError, match=r"net\.json:1: it has 50,000,000 bytes; files over"):
        load_policy(_policy(tmp_path, "net.json"))


def test_the_same_error_is_told_each_time(tmp_path: Path) -> None:
    _write(tmp_path / "net.json", "{")
    path = _policy(tmp_path, "net.json")
    for _ in range(2):
        with pytest.raises(PolicyError, match="not valid JSON"):
            load_policy(path)


def test_lines_of_json_are_those_of_the_text() -> None:
    marked = parse_json('\n{ "a" :\n[ 1,\n {"b" : {"c":\n[\n[], "x,]" ,{"d": 1}]}} ] ,\n"e": {}}\n', "f")
    paths = [(), ("a",), ("a", 0), ("a", 1), ("a", 1, "b"), ("a", 1, "b", "c"), ("a", 1, "b", "c", 2, "d")]
    assert [marked.line(path) for path in paths] == [2, 2, 3, 4, 4, 4, 6]
    assert [marked.line(path) for path in [("e",), ("a", 1, "b", "none"), ("e", "x", 3)]] == [7, 4, 7]


# -- many subnets ------------------------------------------------------------------------------------


def _many(count: int) -> str:
    items = (
        {
            **SUBNET,
            "SubnetId": f"subnet-{index:017x}",
            "SubnetArn": f"arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-{index:017x}",
            "CidrBlock": f"10.{index // 256}.{index % 256}.0/24",
        }
        for index in range(count)
    )
    return json.dumps({"Subnets": list(items)}, indent=4)


def test_thousands_of_subnets_are_read_in_a_moment(tmp_path: Path) -> None:
    _write(tmp_path / "net.json", _many(5_000))
    path = _policy(tmp_path, "net.json")
    start = time.perf_counter()
    assert len(inventory_of(load_policy(path)).existing) == 10_000
    assert time.perf_counter() - start < 5  # seconds; it takes 0.9 on two busy cores


def test_the_first_of_thousands_of_errors_is_told_in_a_moment(tmp_path: Path) -> None:
    _write(tmp_path / "net.json", _many(5_000).replace('"eu-west-1a"', "7"))
    start = time.perf_counter()
    with pytest.raises(PolicyError, match=r"net\.json:7: Subnets\.0\.AvailabilityZone: a text belongs here"):
        load_policy(_policy(tmp_path, "net.json"))
    assert time.perf_counter() - start < 5


def test_the_variants_of_a_template_share_one_index(tmp_path: Path) -> None:
    inventory = {**json.loads(_many(5)), "Vpcs": [{"VpcId": "vpc-0a"}]}
    _write(tmp_path / "net.json", json.dumps(inventory))
    names = [f"C{index}" for index in range(6)]
    template = {
        "Parameters": {name: {"Type": "String"} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "x"]} for name in names},
        "Resources": {
            name: {
                "Type": "AWS::EC2::Subnet",
                "Condition": name,
                "Properties": {"VpcId": "vpc-0a"},
            }
            for name in names
        },
    }
    path = _write(tmp_path / "template.json", json.dumps(template))
    policy = load_policy(_policy(tmp_path, "net.json"))
    reading = Reading(lambda _path: policy, {}, (), lambda *_: None)
    deployments = reading.read(discover([path]).inputs).deployments
    assert len(deployments) > 1
    assert len({id(each.existing) for each in deployments if each.existing}) == 1
    assert max(len(list(each.each(Subnet))) for each in deployments) == len(names), "each once"


# -- what the rules make of it -----------------------------------------------------------------------

GROUPS = "SecurityGroups: [sg-0a]"
TEMPLATE = """\
Resources:
  Domain:
    Type: AWS::SageMaker::Domain
    Properties:
      DomainName: studio
      AuthMode: IAM
      AppNetworkAccessType: VpcOnly
      VpcId: vpc-0a
      SubnetIds: [SUBNETS]
      DefaultUserSettings: {ExecutionRole: arn, SecurityGroups: [sg-0a]}
"""
HCL = """\
resource "aws_sagemaker_domain" "studio" {
  domain_name             = "studio"
  auth_mode               = "IAM"
  app_network_access_type = "VpcOnly"
  vpc_id                  = "vpc-0a"
  subnet_ids              = [SUBNETS]
  default_user_settings {
    execution_role  = "arn"
    security_groups = ["sg-0a"]
  }
}
"""


def _found(folder: Path, rule_id: str, text: str, inventory: Sequence[Any] | None) -> list[Finding]:
    """Return the rule's findings about a template or module."""
    path = _write(folder / "in" / ("main.tf" if text.startswith("resource") else "template.yaml"), text)
    policy = load_policy("vpc-only")
    if inventory is not None:
        _write(folder / "net.json", json.dumps({"Subnets": inventory}))
        policy = load_policy(_policy(folder, "net.json"))
    report = inspect(discover([path]).inputs, policy)
    assert not report.failures
    return [finding for finding in report.findings if finding.rule_id == rule_id]


A, B = (
    _subnet(AvailabilityZone="eu-west-1a", VpcId="vpc-0a"),
    _subnet(SubnetId="subnet-0b", CidrBlock="10.0.1.0/24", AvailabilityZone="eu-west-1b", VpcId="vpc-0a"),
)


def _domain(*subnets: str, hcl: bool = False) -> str:
    if hcl:
        return HCL.replace("SUBNETS", ", ".join(f'"{subnet}"' for subnet in subnets))
    return TEMPLATE.replace("SUBNETS", ", ".join(subnets))


@pytest.mark.parametrize("hcl", [False, True])
@pytest.mark.parametrize(
    ("inventory", "outcomes"),
    [
        (None, [Outcome.UNDECIDED]),
        ([A], [Outcome.UNDECIDED]),
        ([A, B], []),
        ([A, {**B, "AvailabilityZone": "eu-west-1a"}], [Outcome.VIOLATION]),
    ],
)
def test_102_counts_the_zones_of_existing_subnets(
    tmp_path: Path,
    hcl: bool,  # noqa: FBT001
    inventory: Sequence[Any] | None,
    outcomes: list[Outcome],
) -> None:
    found = _found(tmp_path, "SMN102", _domain("subnet-0a", "subnet-0b", hcl=hcl), inventory)
    assert [finding.outcome for finding in found] == outcomes


@pytest.mark.parametrize(
    ("vpc", "outcomes"),
    [("vpc-0a", []), ("vpc-0b", [Outcome.VIOLATION]), (None, [Outcome.UNDECIDED])],
)
def test_103_compares_the_vpcs_of_existing_subnets(
    tmp_path: Path, vpc: str | None, outcomes: list[Outcome]
) -> None:
    item = {key: value for key, value in {**A, "VpcId": vpc}.items() if value is not None}
    text = _domain("subnet-0a").replace("SecurityGroups: [sg-0a]", "SecurityGroups: []")
    found = _found(tmp_path, "SMN103", text, [item])
    assert [finding.outcome for finding in found] == outcomes
    if outcomes == [Outcome.VIOLATION]:
        assert found[0].message == "`subnet-0a` belongs to another VPC than the domain"
        assert found[0].chain[0].location is not None
        assert found[0].chain[0].location.file == str(tmp_path / "net.json")


def test_103_a_vpc_that_is_declared_may_have_any_id(tmp_path: Path) -> None:
    text = _domain("subnet-0a").replace("vpc-0a", "!Ref Vpc").replace(GROUPS, "SecurityGroups: []")
    text += "  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
    (found,) = _found(tmp_path, "SMN103", text, [A])
    assert found.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("hcl", [False, True])
def test_503_judges_an_existing_subnet_at_the_workload(tmp_path: Path, hcl: bool) -> None:  # noqa: FBT001
    text = _domain("subnet-0a", "subnet-0b", hcl=hcl)
    (found,) = _found(tmp_path, "SMN503", text, [{**A, "CidrBlock": "10.0.0.0/28"}, B])
    assert (found.outcome, found.subject) == (
        Outcome.VIOLATION,
        "aws_sagemaker_domain.studio" if hcl else "Domain",
    )
    assert found.location.line == (6 if hcl else 9)
    assert found.message == (
        "`subnet-0a` of the inventory: 10.0.0.0/28 has 11 usable addresses; the policy asks for /27 or larger"
    )
    assert found.fix == "name a subnet of /27 or larger"
    assert [(step.text, str(step.location)) for step in found.chain] == [
        ("`subnet-0a` exists already", f"{tmp_path / 'net.json'}:1")
    ]
    assert not _found(tmp_path / "roomy", "SMN503", text, [A, B])
    assert not _found(tmp_path / "without", "SMN503", text, None)


def test_503_an_existing_subnet_with_ipv6_addresses_only(tmp_path: Path) -> None:
    native = {"SubnetId": "subnet-0a", "Ipv6Native": True}
    (found,) = _found(tmp_path, "SMN503", _domain("subnet-0a"), [native])
    assert found.message == (
        "`subnet-0a` of the inventory: it has IPv6 addresses only; "
        "the policy asks for an IPv4 block of /27 or larger"
    )


def test_503_a_subnet_that_is_declared_and_in_the_inventory_is_the_declared_one(tmp_path: Path) -> None:
    text = _domain("!Ref Subnet") + (
        "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-0a, CidrBlock: 10.0.0.0/28}}\n"
    )
    (found,) = _found(tmp_path, "SMN503", text, [A])
    assert found.subject == "Subnet"


def test_503_says_when_it_holds_of_a_workload_that_exists_only_then(tmp_path: Path) -> None:
    text = "Parameters: {P: {Type: String}}\nConditions: {Prod: !Equals [!Ref P, prod]}\n" + _domain(
        "subnet-0a"
    ).replace("    Properties:", "    Condition: Prod\n    Properties:")
    (found,) = _found(tmp_path, "SMN503", text, [{**A, "CidrBlock": "10.0.0.0/28"}])
    assert found.when == "", "whenever there is such a domain"


ENDPOINTS = """\
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
"""


@pytest.mark.parametrize("inventory", [None, [A, B]])
def test_601_does_not_fail_by_ignorance_of_an_existing_subnets_routes(
    tmp_path: Path, inventory: Sequence[Any] | None
) -> None:
    """The domain's VPC is declared, without endpoints; the subnets exist, and may be routed to a NAT."""
    text = _domain("subnet-0a", "subnet-0b").replace("VpcId: vpc-0a", "VpcId: !Ref Vpc") + ENDPOINTS
    (found,) = _found(tmp_path, "SMN601", text, inventory)
    assert found.outcome is Outcome.UNDECIDED


def test_601_knows_the_table_that_is_declared_for_an_existing_subnet(tmp_path: Path) -> None:
    text = _domain("subnet-0a").replace("VpcId: vpc-0a", "VpcId: !Ref Vpc") + ENDPOINTS
    text += (
        "  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n"
        "  Tie: {Type: AWS::EC2::SubnetRouteTableAssociation,"
        " Properties: {SubnetId: subnet-0a, RouteTableId: !Ref Table}}\n"
    )
    (found,) = _found(tmp_path, "SMN601", text, [A])
    assert found.outcome is Outcome.VIOLATION
    assert re.match(r"`Vpc` has no endpoint for .*, and a subnet has no NAT path", found.message)
    text += (
        "  Nat: {Type: AWS::EC2::Route, Properties:"
        " {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-0a}}\n"
    )
    assert not _found(tmp_path / "nat", "SMN601", text, [A])


# -- the doors ---------------------------------------------------------------------------------------

SMALL = {**A, "CidrBlock": "10.0.0.0/28"}
ENTRY = Path(__file__).resolve().parent.parent / "checks" / "sagemaker_netlint" / "checkov_entry"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a repository whose policy names an inventory with a small subnet."""
    (tmp_path / ".git").mkdir()
    _write(
        tmp_path / "net" / "subnets.json",
        json.dumps({"Subnets": [SMALL, B], "NetworkInterfaces": []}, indent=1),
    )
    _write(tmp_path / ".sagemaker-netlint.yaml", "inventory: [net/subnets.json]\n")
    _write(tmp_path / "template.yaml", _domain("subnet-0a", "subnet-0b"))
    _write(tmp_path / "main.tf", _domain("subnet-0a", "subnet-0b", hcl=True))
    return tmp_path


def _run(folder: Path, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SAGEMAKER_NETLINT_POLICY"}
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *map(str, arguments)],
        cwd=folder,
        env={**environment, "LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_command_says_what_of_an_inventory_is_not_used(project: Path) -> None:
    result = _run(project, "sagemaker-netlint", "check", ".", "--rule", "SMN503")
    assert result.returncode == 1
    note = "note: .sagemaker-netlint.yaml: `inventory: NetworkInterfaces` is not acted on yet by this version"
    assert note in result.stderr
    assert "`subnet-0a` exists already (net/subnets.json:3)" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("text", "place"),
    [('{"Subnets": [\n7]}', "subnets.json:2: Subnets.0: "), ("{", "subnets.json:1: not valid JSON")],
)
@pytest.mark.parametrize("path", [".", "net"])
def test_a_broken_inventory_is_an_invalid_policy(project: Path, text: str, place: str, path: str) -> None:
    """Also where there is nothing to check."""
    _write(project / "net" / "subnets.json", text)
    result = _run(project, "sagemaker-netlint", "check", path)
    assert (result.returncode, result.stdout) == (2, "")
    assert place in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_cfn_lint_knows_the_inventory(project: Path) -> None:
    append = "--append-rules=sagemaker_netlint.cfn_lint_rules"
    result = _run(project, "cfn-lint", append, "--format", "json", "--", "template.yaml")
    found = [match for match in json.loads(result.stdout) if match["Rule"]["Id"] == "ESMN503"]
    assert [(m["Location"]["Start"]["LineNumber"], m["Message"].partition(";")[0]) for m in found] == [
        (9, "`Domain`: `subnet-0a` of the inventory: 10.0.0.0/28 has 11 usable addresses")
    ]
    assert "`subnet-0a` exists already (net/subnets.json:3)" in found[0]["Message"]
    _write(project / "net" / "subnets.json", "{")
    broken = _run(project, "cfn-lint", append, "--format", "json", "--", "template.yaml")
    messages = {match["Message"] for match in json.loads(broken.stdout) if match["Rule"]["Id"] == "E0002"}
    assert any("subnets.json:1: not valid JSON" in message for message in messages)


@pytest.mark.slow
def test_checkov_knows_the_inventory(project: Path) -> None:
    checks = ("--external-checks-dir", ENTRY, "-c", "CKV_SMN_503,CKV_SMN_102", "--skip-download")
    frameworks = ("--framework", "terraform", "cloudformation")
    result = _run(project, "checkov", "-d", ".", *frameworks, *checks, "-o", "json")
    said = {
        (record["resource"], record["check_id"]): record["check_result"]["result"]
        for report in json.loads(result.stdout)
        for records in (report["results"]["failed_checks"], report["results"]["passed_checks"])
        for record in records
    }
    assert said == {
        ("AWS::SageMaker::Domain.Domain", "CKV_SMN_102"): "PASSED",
        ("AWS::SageMaker::Domain.Domain", "CKV_SMN_503"): "FAILED",
        ("aws_sagemaker_domain.studio", "CKV_SMN_102"): "PASSED",
        ("aws_sagemaker_domain.studio", "CKV_SMN_503"): "FAILED",
    }
    _write(project / "net" / "subnets.json", json.dumps({"Subnets": [A, B]}))
    passed = _run(project, "checkov", "-d", ".", *frameworks, *checks, "-o", "json")
    assert "CKV_SMN_503" not in passed.stdout, "a workload that names no small subnet is not judged by it"
