"""`explain`: the ways of workloads, asked of the model, and through the command as a user starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from components import deploy, make
from test_estate import estate

from sagemaker_netlint.data_files import schema_file
from sagemaker_netlint.explanation import Answer, ExplainedWay, explain
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.topology import (
    InterfaceOwner,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclEntry,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Job, Model, NotebookInstance, UserProfile
from sagemaker_netlint.notebook_explanation import InstanceRoutes
from sagemaker_netlint.policy import EgressSettings, Policy

POLICY = Policy("test")
ALL = (ip_network("0.0.0.0/0"),)
Parts = dict[str, Declared]


def rule(group: str, direction: str, port: int | None, **values: Any) -> SecurityGroupRule:
    protocol = {"protocol": "-1"} if port is None else {"protocol": "tcp", "from_port": port, "to_port": port}
    name = f"{group}-{direction}-{port}-{sorted(values)}"
    return make(SecurityGroupRule, name, group=group, direction=direction, **protocol, **values)


def network() -> Parts:
    """Return two subnets in two zones: endpoints for the API and S3, a NAT gateway for the first."""
    parts: list[Declared] = [
        make(Vpc, "vpc", cidr=ip_network("10.0.0.0/16"), dns_support=True, dns_hostnames=True),
        make(InternetGateway, "igw"),
        make(Subnet, "public", vpc="vpc", cidr=ip_network("10.0.9.0/24"), zone="eu-central-1a"),
        make(RouteTable, "rt-public", vpc="vpc"),
        make(RouteTableAssociation, "as-public", subnet="public", route_table="rt-public"),
        make(Route, "r-public", route_table="rt-public", destination=ALL[0], gateway="igw"),
        make(NatGateway, "nat", subnet="public"),
        make(Route, "r-nat", route_table="rt-a", destination=ALL[0], nat_gateway="nat"),
        make(
            VpcEndpoint,
            "api",
            vpc="vpc",
            service_name="com.amazonaws.eu-central-1.sagemaker.api",
            endpoint_type="Interface",
            private_dns=True,
            subnets=("a", "b"),
            security_groups=("sg-endpoint",),
        ),
        make(
            VpcEndpoint,
            "s3",
            vpc="vpc",
            service_name="com.amazonaws.eu-central-1.s3",
            route_tables=("rt-a", "rt-b"),
        ),
        make(SecurityGroup, "sg", vpc="vpc"),
        make(SecurityGroup, "sg-endpoint", vpc="vpc"),
        rule("sg", "egress", None, sources=ALL),
        rule("sg", "ingress", None, peers=("sg",)),
        rule("sg-endpoint", "ingress", 443, peers=("sg",)),
    ]
    for number, zone in enumerate("ab"):
        cidr = ip_network(f"10.0.{number}.0/24")
        parts.append(make(Subnet, zone, vpc="vpc", cidr=cidr, zone=f"eu-central-1{zone}"))
        parts.append(make(RouteTable, f"rt-{zone}", vpc="vpc"))
        parts.append(make(RouteTableAssociation, f"as-{zone}", subnet=zone, route_table=f"rt-{zone}"))
    return {part.address: part for part in parts}


def domain(**values: Any) -> Domain:
    settings: dict[str, Any] = {
        "app_network_access_type": "VpcOnly",
        "vpc": "vpc",
        "subnets": ("a", "b"),
        "user_security_groups": ("sg",),
    }
    return make(Domain, "domain", **{**settings, **values})


def notebook(**values: Any) -> NotebookInstance:
    settings = {"subnet": "a", "security_groups": ("sg",), "direct_internet_access": "Disabled"}
    return make(NotebookInstance, "notebook", **{**settings, **values})


def job(**values: Any) -> Job:
    settings: dict[str, Any] = {"kind": "processing", "subnets": ("b",), "security_groups": ("sg",)}
    return make(Job, "job", **{**settings, **values})


def ways(
    *workloads: Declared, parts: Mapping[str, Declared] | None = None, policy: Policy = POLICY
) -> tuple[ExplainedWay, ...]:
    """Return the ways of the first workload."""
    deployment = deploy(*(network() if parts is None else parts).values(), *workloads)
    explained = list(explain([deployment], policy, lambda workload: workload is workloads[0]))
    assert [each.address for each in explained] == [workloads[0].address]
    return explained[0].ways


def answers(found: tuple[ExplainedWay, ...]) -> dict[str, set[tuple[str, str]]]:
    """Return, by goal, the answers with what they lead over."""
    result: dict[str, set[tuple[str, str]]] = {}
    for way in found:
        result.setdefault(way.to, set()).add((way.answer.value, way.over.strip("`")))
    return result


def way_to(to: str, answer: Answer, found: tuple[ExplainedWay, ...]) -> ExplainedWay:
    (way,) = (way for way in found if way.to == to and way.answer is answer)
    return way


# -- services ---------------------------------------------------------------------------------------


def test_services_over_endpoints_and_nat() -> None:
    found = answers(ways(domain()))
    assert found["sagemaker.api"] == {("reachable", "api")}
    assert found["s3"] == {("reachable", "s3")}
    # no endpoint: NAT stands in where there is one
    assert found["sagemaker.runtime"] == {("reachable", "nat"), ("blocked", "")}


def test_where_subnets_differ_each_is_named() -> None:
    found = ways(domain())
    lacking = way_to("sagemaker.runtime", Answer.BLOCKED, found)
    assert lacking.subnets == ("b",)
    assert (
        lacking.reasons[0].fix == "add a VPC endpoint: com.amazonaws.<region>.sagemaker.runtime (Interface)"
    )
    assert lacking.reasons[0].at == "vpc"
    assert way_to("sagemaker.runtime", Answer.REACHABLE, found).subnets == ("a",)
    assert way_to("s3", Answer.REACHABLE, found).subnets == ()


def test_a_closed_endpoint_blocks_though_nat_is_there() -> None:
    parts = network()
    del parts["sg-endpoint-ingress-443-['peers']"]
    way = way_to("sagemaker.api", Answer.BLOCKED, ways(notebook(), parts=parts))
    assert way.reasons[0].at == "sg-endpoint"
    assert way.reasons[0].fix.startswith("add an ingress rule to `sg-endpoint` for TCP 443")
    assert [step.text.split("`")[1] for step in way.reasons[0].chain] == ["notebook", "api", "sg-endpoint"]


def test_an_endpoint_without_private_dns_is_passed_by() -> None:
    parts = network()
    api = parts["api"]
    assert isinstance(api, VpcEndpoint)
    parts["api"] = replace(api, private_dns=None)
    assert answers(ways(domain(), parts=parts))["sagemaker.api"] == {("reachable", "nat"), ("blocked", "api")}


def test_a_gateway_endpoint_without_the_route() -> None:
    parts = network()
    s3 = parts["s3"]
    assert isinstance(s3, VpcEndpoint)
    parts["s3"] = replace(s3, route_tables=("rt-a",))
    way = way_to("s3", Answer.BLOCKED, ways(job(), parts=parts))
    assert way.reasons[0].fix == "add `rt-b` to RouteTableIds of `s3`"


def test_an_acl_that_drops_the_answers() -> None:
    parts = network()
    parts["acl"] = make(NetworkAcl, "acl", vpc="vpc", subnets=("b",))
    for number, egress in enumerate((False, True)):
        entry = make(
            NetworkAclEntry,
            f"entry-{number}",
            acl="acl",
            egress=egress,
            number=100,
            protocol="tcp",
            action="allow",
            cidr=ALL[0],
            from_port=443,
            to_port=443,
        )
        parts[entry.address] = entry
    way = way_to("s3", Answer.BLOCKED, ways(job(), parts=parts))
    assert way.reasons[0].at == "acl"
    assert "ingress" in way.reasons[0].why


def test_a_vpc_out_of_sight_is_no_missing_endpoint() -> None:
    subnet = make(Subnet, "a", vpc=Unknown("parameter Vpc has no default"), cidr=ip_network("10.0.0.0/24"))
    group = make(SecurityGroup, "sg", keeps_default_egress=True)
    found = ways(notebook(), parts={"a": subnet, "sg": group})
    assert {way.answer for way in found} == {Answer.UNKNOWN}
    assert "parameter Vpc has no default" in found[0].reasons[0].why


def test_isolated_containers_call_nobody_but_their_data_moves() -> None:
    found = answers(ways(job(network_isolation=True)))
    assert found["s3"] == {("reachable", "s3")}
    assert found["sagemaker.api"] == found["the internet"] == {("none", "")}


# -- SageMaker's own network ------------------------------------------------------------------------


def test_public_mode_passes_the_vpc_by() -> None:
    found = answers(ways(domain(app_network_access_type=None)))
    own = {("reachable", "SageMaker's own network")}
    assert found["s3"] == found["sagemaker.api"] == found["the internet"] == own
    assert "itself (TCP 8192-65535)" not in found
    assert found["home directories (TCP 2049)"] == {("reachable", "its mount targets")}


def test_direct_internet_access_passes_gateway_endpoints_by() -> None:
    parts = network()
    parts["office"] = make(
        Route, "office", route_table="rt-a", destination=ip_network("192.168.0.0/16"), transit_gateway="tgw-1"
    )
    found = ways(notebook(direct_internet_access=None), parts=parts)
    assert answers(found)["s3"] == {("reachable", "SageMaker's own network")}
    assert answers(found)["sagemaker.api"] == {("reachable", "api")}
    office = way_to("192.168.0.0/16", Answer.NONE, found)
    assert office.reasons[0].fix == "set DirectInternetAccess to Disabled at `notebook`"


def test_what_lies_in_no_subnet() -> None:
    found = answers(ways(make(Model, "model")))
    assert found["the internet"] == {("reachable", "SageMaker's own network")}


# -- internet and other networks --------------------------------------------------------------------


def test_the_internet_over_nat_or_not_at_all() -> None:
    found = ways(domain())
    assert answers(found)["the internet"] == {("reachable", "nat"), ("none", "")}
    assert way_to("the internet", Answer.NONE, found).reasons[0].fix == (
        "add a default route to a NAT gateway to `rt-b`"
    )


def test_the_policy_has_its_say_about_the_internet() -> None:
    strict = replace(POLICY, egress=EgressSettings(internet_allowed=False))
    found = ways(domain(), policy=strict)
    assert way_to("the internet", Answer.REACHABLE, found).remark == "the policy forbids it"
    remark = way_to("sagemaker.runtime", Answer.REACHABLE, found).remark
    assert remark == "the policy asks for a VPC endpoint"


def test_what_lies_behind_a_transit_gateway_is_not_known() -> None:
    parts = network()
    parts["r-nat"] = make(Route, "r-tgw", route_table="rt-a", destination=ALL[0], transit_gateway="tgw-1")
    found = ways(notebook(), parts=parts)
    assert "tgw-1" in way_to("the internet", Answer.UNKNOWN, found).reasons[0].why
    assert answers(found)["0.0.0.0/0"] == {("reachable", "transit gateway `tgw-1")}


def test_a_group_that_allows_too_little() -> None:
    parts = network()
    parts = {address: part for address, part in parts.items() if not address.startswith("sg-egress")}
    narrow = rule("sg", "egress", 443, sources=(ip_network("10.0.0.0/16"),))
    parts[narrow.address] = narrow
    found = answers(ways(notebook(), parts=parts))
    assert found["the internet"] == {("none", "nat")}
    assert found["sagemaker.api"] == {("reachable", "api")}


# -- file systems, itself, interfaces ---------------------------------------------------------------


def test_a_mount_target_and_the_group_in_front_of_it() -> None:
    parts = network()
    parts["mount"] = make(
        InterfaceOwner, "mount", kind="EFS mount target", subnets=("a",), security_groups=("sg-endpoint",)
    )
    assert answers(ways(job(), parts=parts))["`mount`"] == {("none", "mount")}
    opened = rule("sg-endpoint", "ingress", 2049, sources=(ip_network("10.0.0.0/16"),))
    assert answers(ways(job(), parts={**parts, "open": opened}))["`mount`"] == {("reachable", "mount")}


@pytest.mark.parametrize(
    ("count", "expected"), [(1, None), (2, "blocked"), (Unknown("count is not known"), "none")]
)
def test_instances_that_talk_to_each_other(count: int | Unknown, expected: str | None) -> None:
    parts = {address: part for address, part in network().items() if not address.startswith("sg-ingress")}
    found = answers(ways(job(instance_count=count), parts=parts))
    assert found.get("itself (all traffic)") == (None if expected is None else {(expected, "")})


def test_profiles_with_groups_of_their_own() -> None:
    profile = make(UserProfile, "profile", domain="domain", security_groups=("sg-profile",))
    parts = {**network(), "sg-profile": make(SecurityGroup, "sg-profile", vpc="vpc")}
    bare = domain(user_security_groups=None)
    way = way_to("sagemaker.api", Answer.BLOCKED, ways(bare, profile, parts=parts))
    assert way.interfaces == ()  # the only ones
    both = ways(domain(), profile, parts=parts)  # a profile's groups are added to the default ones
    assert answers(both)["sagemaker.api"] == {("reachable", "api")}


def test_variants_are_told_apart() -> None:
    parts = network()
    closed = {address: part for address, part in parts.items() if not address.startswith("sg-endpoint-in")}
    variants = [
        replace(deploy(*parts.values(), notebook()), conditions=("IsProd is true",)),
        replace(deploy(*closed.values(), notebook()), conditions=("IsProd is false",)),
    ]
    (explained,) = explain(variants, POLICY, lambda _: True)
    api = {(way.answer.value, way.when) for way in explained.ways if way.to == "sagemaker.api"}
    assert api == {("reachable", "IsProd is true"), ("blocked", "IsProd is false")}
    assert {way.when for way in explained.ways if way.to == "s3"} == {""}


def test_an_unknown_mode_decides_nothing() -> None:
    found = ways(domain(app_network_access_type=Unknown("parameter Mode has no default")))
    assert way_to("the internet", Answer.UNKNOWN, found).reasons[0].why.endswith("Mode has no default")


# -- the command ------------------------------------------------------------------------------------

TEMPLATE = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {SubnetId: subnet-0123456789abcdef0, DirectInternetAccess: Disabled}
  Model:
    Type: AWS::SageMaker::Model
"""


START = "from sagemaker_netlint.cli.main import main; main()"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SAGEMAKER_NETLINT_POLICY"}
    return subprocess.run(
        [sys.executable, "-c", START, "explain", *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def template(tmp_path: Path) -> str:
    """Return the path of a template."""
    (tmp_path / ".git").mkdir()
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE, encoding="utf-8")
    return str(file)


def test_the_table_and_the_details(template: str) -> None:
    done = run(template, "--subject", "Notebook")
    assert done.returncode == 0
    assert "`Notebook`" in done.stdout
    assert "`Model`" not in done.stdout
    assert "unknown  s3 " in done.stdout
    assert "why:   subnet subnet-0123456789abcdef0 is not declared here" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 workload: 0 reachable, 0 blocked,")


def test_verbose_shows_open_ways_too(template: str) -> None:
    quiet, verbose = (run(template, "--subject", "Mod*", *more).stdout for more in ((), ("-v",)))
    assert "chain: " not in quiet
    assert "chain: `Model` lies in no subnet of yours" in verbose


def test_an_unknown_subject_names_the_nearest(template: str) -> None:
    done = run(template, "--subject", "Notebok")
    assert done.returncode == 2
    assert "did you mean Notebook?" in done.stderr


def test_a_path_that_is_not_there() -> None:
    done = run("nowhere.yaml")
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_nothing_to_explain(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("Resources:\n  Topic: {Type: AWS::SNS::Topic}\n", encoding="utf-8")
    assert run(str(file)).returncode == 4


def test_unreadable_input_is_told(template: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: [\n", encoding="utf-8")
    done = run(template, str(broken))
    assert done.returncode == 1
    assert "SMN001" in done.stderr
    assert "`Model`" in done.stdout


def test_the_json_has_the_shape_of_the_schema(template: str, tmp_path: Path) -> None:
    schema = json.loads(schema_file("explain").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    file = tmp_path / "estate.json"
    file.write_text(json.dumps(estate()), encoding="utf-8")
    for arguments in ((template,), (str(file),), (template, str(file), "--policy", "regulated")):
        done = run(*arguments, "--format", "json")
        assert done.returncode == 0
        jsonschema.validate(json.loads(done.stdout), schema)


def test_a_realistic_estate_has_no_blocked_way(tmp_path: Path) -> None:
    file = tmp_path / "estate.json"
    file.write_text(json.dumps(estate()), encoding="utf-8")
    document = json.loads(run(str(file), "--format", "json").stdout)
    open_ones = {
        (workload["address"], way["to"], way["answer"], way["reasons"][0]["why"])
        for workload in document["workloads"]
        for way in workload["ways"]
        if way["answer"] in {"blocked", "unknown"}
    }
    assert open_ones == set()


def test_names_from_a_template_are_shown_as_text(tmp_path: Path) -> None:
    text = '{"Resources": {"A\\u001b[31m\\nfake": {"Type": "AWS::SageMaker::Model"}}}'
    file = tmp_path / "template.json"
    file.write_text(text, encoding="utf-8")
    out = run(str(file), "-v", "--color", "never").stdout
    assert "\x1b" not in out
    assert "\nfake" not in out


def test_home_directories_are_called_and_call_nobody() -> None:
    """The mount targets have a group of SageMaker's: the users' group need not admit NFS."""
    parts = network()
    closed = {name: part for name, part in parts.items() if not name.startswith("sg-ingress")}
    assert len(parts) - len(closed) == 1
    assert way_to("home directories (TCP 2049)", Answer.REACHABLE, ways(domain(), parts=closed))
    assert way_to("itself (TCP 8192-65535)", Answer.BLOCKED, ways(domain(), parts=closed))
    shut = {name: part for name, part in closed.items() if not name.startswith("sg-egress")}
    assert way_to("home directories (TCP 2049)", Answer.BLOCKED, ways(domain(), parts=shut))


# -- the routes on a notebook instance ---------------------------------------------------------------


def routes_of_notebook(*variants: NotebookInstance) -> tuple[InstanceRoutes, ...]:
    deployments = [
        replace(deploy(*network().values(), each), conditions=(f"Number is {number}",))
        for number, each in enumerate(variants)
    ]
    (explained,) = explain(deployments, POLICY, lambda workload: isinstance(workload, NotebookInstance))
    return explained.instance_routes


def test_the_routes_on_a_notebook_instance() -> None:
    (table,) = routes_of_notebook(notebook(direct_internet_access="Enabled"))
    assert (table.mode, table.when) == ("VPC attached, with direct internet access", "")
    assert [(each.destination, each.gateway, each.interface) for each in table.routes] == [
        ("default", "not known", "eth0"),
        ("10.0.0.0/16", "10.0.0.1", "eth2"),
        ("10.0.0.0/24", "", "eth2"),
        ("172.17.0.0/16", "", "docker0"),
    ]


def test_routes_that_differ_by_condition_say_when() -> None:
    beside, only = notebook(direct_internet_access="Enabled"), notebook()
    tables = routes_of_notebook(beside, only)
    assert [(each.mode.split(", ")[-1], each.when) for each in tables] == [
        ("with direct internet access", "Number is 0"),
        ("without direct internet access", "Number is 1"),
    ]
    (both,) = routes_of_notebook(beside, beside)
    assert both.when == ""


def test_a_lifecycle_configuration_may_add_routes() -> None:
    (table,) = routes_of_notebook(notebook(lifecycle_config="scripts", platform_identifier="notebook-al2-v3"))
    assert len(table.routes) == 3
    (note,) = table.notes
    assert note == (
        "scripts may add more routes: what its lifecycle configuration does is not in sight: lifecycle config"
        " scripts is not declared here"
    )


def test_a_mode_that_is_not_known_has_no_table() -> None:
    (table,) = routes_of_notebook(notebook(direct_internet_access=Unknown("parameter X has no default")))
    assert table.mode.startswith("not known: whether it has direct internet access is not known: parameter X")
    assert table.routes == ()


def test_other_workloads_have_no_table() -> None:
    deployment = deploy(*network().values(), job())
    assert [each.instance_routes for each in explain([deployment], POLICY, lambda _: True)] == [()]


def test_the_command_shows_the_routes_of_a_notebook(tmp_path: Path) -> None:
    file = tmp_path / "notebook.yaml"
    file.write_text(
        "Resources:\n"
        "  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 172.31.0.0/16}}\n"
        "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 172.31.64.0/20}}\n"
        "  Notebook: {Type: AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref Subnet}}\n",
        encoding="utf-8",
    )
    lines = [line.split() for line in run(str(file)).stdout.splitlines()]
    assert ["172.31.0.0/16", "via", "172.31.64.1", "eth2", "the", "VPC's", "range"] in lines
    assert ["172.17.0.0/16", "on", "the", "link", "docker0", "containers", "on", "the", "instance"] in lines
    document = json.loads(run(str(file), "--format", "json").stdout)
    jsonschema.validate(document, json.loads(schema_file("explain").read_text(encoding="utf-8")))
    (table,) = document["workloads"][0]["instance_routes"]
    assert table["routes"][1] == {
        "destination": "172.31.0.0/16",
        "interface": "eth2",
        "gateway": "172.31.64.1",
        "why": "the VPC's range",
        "remark": "",
    }
