"""`inventory snapshot` as a user runs it: real boto3, real HTTP, moto answering for AWS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import pytest
from aws_on_loopback import ENVIRONMENT, REGION, Manners, moto_server, proxy

from sagemaker_netlint.snapshot.redaction import masked, redacted
from sagemaker_netlint.snapshot.sections import ACTIONS, SECTIONS, Kept, is_network_value

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("inventory-snapshot")]

ROOT = Path(__file__).resolve().parent.parent
SUBNETS = 60
ACCOUNT = "123456789012"
ENDPOINT_POLICY = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::210987654321:role/partner"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::models-{ACCOUNT}/*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        }
    ]
}


@dataclass(frozen=True)
class Estate:
    """The server's address, and the ids of what was made."""

    server: str
    vpc: str
    other_vpc: str
    private: str
    small: str


def _client(server: str, service: str) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=server,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - moto takes any
    )


def _make(server: str) -> Estate:
    """Build two VPCs: one with everything a snapshot reads, one beside it."""
    ec2 = _client(server, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    tags = [{"Key": "Name", "Value": "private-a"}, {"Key": "Owner", "Value": "jane.doe@example.com"}]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{REGION}{zone}")[
            "Subnet"
        ]["SubnetId"]
        for index, zone in zip(range(SUBNETS), "ab" * SUBNETS, strict=False)
    ]
    private = subnets[0]
    ec2.create_tags(Resources=[private, vpc], Tags=tags)
    small = ec2.create_subnet(VpcId=other, CidrBlock="10.9.0.0/28")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    ec2.create_egress_only_internet_gateway(VpcId=vpc)
    nat = ec2.create_nat_gateway(SubnetId=subnets[1], ConnectivityType="private")["NatGateway"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=private)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"])
    group = ec2.create_security_group(GroupName="studio", Description="call +1 555 0100", VpcId=vpc)[
        "GroupId"
    ]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": group, "Description": "secret project"}],
                "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "secret project"}],
            }
        ],
    )
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table],
        PolicyDocument=json.dumps(ENDPOINT_POLICY),
    )
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{REGION}.sagemaker.api",
        VpcEndpointType="Interface",
        SubnetIds=[private],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit, VpcId=vpc, SubnetIds=[private])
    ec2.attach_vpn_gateway(
        VpcId=vpc, VpnGatewayId=ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    )
    _export(server, PrivateSubnets=f"{private},{small}", DatabaseUser="admin", NetworkVpc=vpc)
    return Estate(server, vpc, other, private, small)


def _export(server: str, **values: str) -> None:
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {n: {"Value": value, "Export": {"Name": n}} for n, value in values.items()},
    }
    _client(server, "cloudformation").create_stack(StackName="network", TemplateBody=json.dumps(template))


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    with moto_server() as server:
        yield _make(server)


@dataclass(frozen=True)
class Taken:
    """A run of the command: what it wrote, its exit code, what it said."""

    code: int
    data: Any
    text: str
    said: str


def _run(estate: Estate, manners: Manners, *arguments: str, region: str = REGION) -> Taken:
    with proxy(estate.server, manners) as address:
        done = _command(
            "inventory", "snapshot", "--region", region, "--endpoint-url", address, *arguments, **ENVIRONMENT
        )
    return Taken(done.returncode, json.loads(done.stdout) if done.stdout else None, done.stdout, done.stderr)


def _command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ("sagemaker-netlint", *arguments)
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def whole(estate: Estate) -> tuple[Taken, Manners]:
    """Take the region as it is, from an AWS that gives seven items a page."""
    manners = Manners(page=7)
    return _run(estate, manners), manners


def test_it_writes_what_exists_and_ends_with_0(whole: tuple[Taken, Manners], estate: Estate) -> None:
    taken, _ = whole
    assert (taken.code, list(taken.data)) == (0, sorted([s.name for s in SECTIONS] + ["Snapshot"])), (
        taken.said
    )
    assert taken.data["Snapshot"] == {"Version": 1, "Region": REGION, "Tags": [], "Missing": {}}
    empty = [name for name, items in taken.data.items() if not items]
    assert empty == [], "the estate has something of each section"
    private = next(item for item in taken.data["Subnets"] if item["SubnetId"] == estate.private)
    assert private["CidrBlock"] == "10.0.0.0/24"
    assert private["VpcId"] == estate.vpc
    assert private["AvailableIpAddressCount"] > 200


def test_it_turns_every_page(whole: tuple[Taken, Manners], estate: Estate) -> None:
    taken, manners = whole
    ids = [item["SubnetId"] for item in taken.data["Subnets"]]
    assert len(ids) == len(set(ids)) == SUBNETS + 1 + 3, "those of the default VPC, too"
    assert {estate.private, estate.small} <= set(ids)
    assert manners.calls["DescribeSubnets"] == 10


def test_the_documented_policy_allows_the_calls_that_are_made_and_no_more(
    whole: tuple[Taken, Manners],
) -> None:
    _, manners = whole
    page = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")
    policy = json.loads(re.search(r"```json\n(\{.*?\n\})\n```", page, re.DOTALL)[1])  # type: ignore[index]
    (statement,) = policy["Statement"]
    made = {f"{'cloudformation' if call == 'ListExports' else 'ec2'}:{call}" for call in manners.calls}
    assert sorted(made) == sorted(statement["Action"]) == list(ACTIONS)
    assert all(re.fullmatch(r"\w+:(Describe|List)\w+", action) for action in made)
    assert statement["Effect"] == "Allow"


def test_it_knows_the_dns_attributes_that_describe_vpcs_does_not_tell(
    whole: tuple[Taken, Manners], estate: Estate
) -> None:
    vpcs = {vpc["VpcId"]: vpc for vpc in whole[0].data["Vpcs"]}
    assert vpcs[estate.vpc]["EnableDnsSupport"] == {"Value": True}
    assert vpcs[estate.vpc]["EnableDnsHostnames"] == {"Value": True}
    assert vpcs[estate.other_vpc]["EnableDnsHostnames"] == {"Value": False}


def test_nothing_is_written_that_tells_of_people_or_accounts(whole: tuple[Taken, Manners]) -> None:
    text = whole[0].text
    for secret in (ACCOUNT, "210987654321", "jane.doe", "private-a", "+1 555", "secret", "DatabaseUser"):
        assert secret not in text
    for key in ("OwnerId", "Description", 'Tags": [\n      {', "Arn", "Peer", "PrivateDnsNameOptions"):
        assert f'"{key}' not in text


def test_accounts_in_endpoint_policies_stay_apart_without_their_ids(whole: tuple[Taken, Manners]) -> None:
    (gateway,) = (e for e in whole[0].data["VpcEndpoints"] if e["VpcEndpointType"] == "Gateway")
    (statement,) = json.loads(gateway["PolicyDocument"])["Statement"]
    partner = re.fullmatch(r"arn:aws:iam::(\d{12}):role/partner", statement["Principal"]["AWS"])
    own = re.fullmatch(r"arn:aws:s3:::models-(\d{12})/\*", statement["Resource"])
    assert partner is not None
    assert own is not None
    assert partner[1] != own[1] == statement["Condition"]["StringEquals"]["aws:PrincipalAccount"]


def test_exports_that_are_no_networks_are_left_out(whole: tuple[Taken, Manners], estate: Estate) -> None:
    assert whole[0].data["Exports"] == [
        {"Name": "NetworkVpc", "Value": estate.vpc},
        {"Name": "PrivateSubnets", "Value": f"{estate.private},{estate.small}"},
    ]


def test_the_file_is_valid_and_the_same_each_time(
    whole: tuple[Taken, Manners], estate: Estate, tmp_path: Path
) -> None:
    schema = json.loads((ROOT / "schemas" / "inventory.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(whole[0].data)
    file = tmp_path / "new" / "inventory.json"
    again = _run(estate, Manners(), "--output", str(file))
    assert (again.code, again.text) == (0, "")
    assert file.read_text(encoding="utf-8") == whole[0].text, "other pages, same file"


def test_one_vpc_and_one_tag(estate: Estate) -> None:
    taken = _run(estate, Manners(), "--vpc", estate.other_vpc, "--vpc", estate.vpc, "--tag", "Name")
    assert taken.code == 0, taken.said
    assert taken.data["Snapshot"]["Vpcs"] == sorted((estate.vpc, estate.other_vpc))
    assert taken.data["Snapshot"]["Tags"] == ["Name"]
    assert {item["VpcId"] for item in taken.data["Subnets"]} == {estate.vpc, estate.other_vpc}
    tags = {item["SubnetId"]: item["Tags"] for item in taken.data["Subnets"]}
    assert tags[estate.private] == [{"Key": "Name", "Value": "private-a"}]
    assert tags[estate.small] == []
    assert "jane.doe" not in taken.text


def test_throttling_only_delays_it(whole: tuple[Taken, Manners], estate: Estate) -> None:
    manners = Manners()
    manners.throttled.update({"DescribeSubnets": 2, "DescribeVpcAttribute": 1, "ListExports": 1})
    taken = _run(estate, manners)
    assert (taken.code, taken.text) == (0, whole[0].text), taken.said
    assert (manners.seen["DescribeSubnets"], manners.calls["DescribeSubnets"]) == (3, 1)


def test_what_is_denied_is_missing_and_said_to_be(estate: Estate) -> None:
    denied = {"DescribeNetworkAcls": "UnauthorizedOperation", "DescribeVpcAttribute": "UnauthorizedOperation"}
    taken = _run(estate, Manners(denied={**denied, "ListExports": "AccessDenied"}))
    assert taken.code == 1
    assert taken.data["Snapshot"]["Missing"] == {
        "NetworkAcls": "ec2:DescribeNetworkAcls: UnauthorizedOperation",
        "Exports": "cloudformation:ListExports: AccessDenied",
        "Vpcs.DnsAttributes": "ec2:DescribeVpcAttribute: UnauthorizedOperation",
    }
    assert {"NetworkAcls", "Exports"} & set(taken.data) == set()
    assert "EnableDnsSupport" not in taken.text
    assert len(taken.data["Subnets"]) == SUBNETS + 4
    assert "missing: NetworkAcls (ec2:DescribeNetworkAcls: UnauthorizedOperation)" in taken.said
    assert ACCOUNT not in taken.text + taken.said


def test_half_an_answer_is_none(estate: Estate) -> None:
    """The second page is denied: the first one alone would look complete."""

    class FirstPageOnly(Manners):
        def refusal(self, action: str) -> str:
            return "ExpiredToken" if action == "DescribeSubnets" and self.calls[action] else ""

    taken = _run(estate, FirstPageOnly(page=7))
    assert (taken.code, "Subnets" in taken.data) == (1, False)
    assert taken.data["Snapshot"]["Missing"] == {"Subnets": "ec2:DescribeSubnets: ExpiredToken"}


def test_where_everything_is_denied_nothing_is_written(estate: Estate, tmp_path: Path) -> None:
    calls = [action.split(":")[1] for action in ACTIONS]
    file = tmp_path / "inventory.json"
    taken = _run(estate, Manners(denied=dict.fromkeys(calls, "AuthFailure")), "-o", str(file))
    assert (taken.code, taken.text, file.exists()) == (2, "", False)
    assert "AWS refuses every call: ec2:DescribeVpcs: AuthFailure" in taken.said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vpc", "vpc-00000000000000001"], "eu-west-1 has no vpc-00000000000000001 that this account sees"),
        (["--vpc", "subnet-0123456789abcdef0"], "`subnet-0123456789abcdef0` is no id of a VPC"),
        (["--profile", "nobody"], "The config profile (nobody) could not be found"),
        (["--endpoint-url", "nonsense"], "Invalid endpoint"),
        (["-o", "/dev/null/inventory.json"], "can't be written"),
    ],
)
def test_wrong_usage_ends_with_2(estate: Estate, arguments: Sequence[str], said: str) -> None:
    taken = _run(estate, Manners(), *arguments)
    assert (taken.code, taken.text) == (2, "")
    assert said in taken.said
    assert "Traceback" not in taken.said


def test_a_proxy_that_answers_itself_is_no_internal_error() -> None:
    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Please sign in</title><p>")

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        done = _command("inventory", "snapshot", "--region", REGION, "--endpoint-url", address, **ENVIRONMENT)
        server.shutdown()
    assert (done.returncode, done.stdout) == (2, "")
    assert f"what answers at {address} is no AWS API" in done.stderr
    assert "doctype" not in done.stderr


def test_without_credentials_it_says_so() -> None:
    none = {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    done = _command(
        "inventory", "snapshot", "--region", REGION, "--endpoint-url", "http://127.0.0.1:9", **none
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Unable to locate credentials" in done.stderr


def test_without_boto3_it_says_what_to_install() -> None:
    code = (
        "import sys\nsys.modules['boto3'] = None\n"
        "from sagemaker_netlint.cli.main import main\n"
        f"main(['inventory', 'snapshot', '--region', '{REGION}'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'pip install "sagemaker-netlint[inventory]"' in done.stderr


def test_a_template_that_names_the_ids_is_decided_by_the_file(estate: Estate, tmp_path: Path) -> None:
    """The whole way: take it, name it in a policy, check a template that only knows an id."""
    assert _run(estate, Manners(), "-o", str(tmp_path / "inventory" / "net.json")).code == 0
    for name, subnet in (("Fits", estate.private), ("TooSmall", estate.small)):
        notebook = {
            "Type": "AWS::SageMaker::NotebookInstance",
            "Properties": {
                "InstanceType": "ml.t3.medium",
                "RoleArn": "arn:aws:iam::123456789012:role/x",
                "SubnetId": subnet,
                "SecurityGroupIds": ["sg-0123456789abcdef0"],
            },
        }
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {name: notebook}}
        (tmp_path / f"{name}.template").write_text(json.dumps(template), encoding="utf-8")
    (tmp_path / ".sagemaker-netlint.yaml").write_text("inventory: [inventory/net.json]\n", encoding="utf-8")
    done = _command("check", str(tmp_path), "--rule", "SMN503", "--format", "json")
    findings = json.loads(done.stdout)["findings"]
    assert [(f["subject"], f["outcome"]) for f in findings] == [("TooSmall", "violation")], done.stderr
    assert "/28" in done.stdout
    without = tmp_path / "without.yaml"
    without.write_text("extends: vpc-only\n", encoding="utf-8")
    done = _command("check", str(tmp_path), "--rule", "SMN503", "--format", "json", "--policy", str(without))
    assert json.loads(done.stdout)["findings"] == [], "without the file, the ids tell nothing"


# -- what is kept, without a server -------------------------------------------------------------------


def test_only_keys_that_are_listed_are_kept() -> None:
    (section,) = (s for s in SECTIONS if s.name == "Subnets")
    item = {
        "SubnetId": "subnet-0a",
        "KeyOfTomorrow": "x",
        "Ipv6CidrBlockAssociationSet": [{"AssociationId": "y"}],
    }
    assert redacted(section, [item], (), ()) == [
        {"SubnetId": "subnet-0a", "Ipv6CidrBlockAssociationSet": [{}]}
    ]


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("subnet-0123456789abcdef0,subnet-1123456789abcdef0", True),
        ("10.0.0.0/16", True),
        ("2001:db8::/56", True),
        ("eu-west-1a, eu-west-1b", True),
        ("us-gov-west-1a", True),
        ("hunter2", False),
        ("subnet-0123456789abcdef0,hunter2", False),
        ("arn:aws:iam::123456789012:role/x", False),
        ("", False),
    ],
)
def test_an_exports_value_is_kept_where_it_is_network(value: str, *, is_one: bool) -> None:
    assert is_network_value(value) is is_one


def test_masks_spare_ids_and_keep_json_numbers() -> None:
    ids = ["vpce-0123456789012abcd", "sg-a123456789012", "1234567890123"]
    assert masked(ids) == ids
    assert masked(['{"a": 012345678901}', "012345678901:987654321098", 7, None]) == [
        '{"a": 100000000001}',
        "100000000001:100000000002",
        7,
        None,
    ]


def _read(node: Any, definitions: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the keys of a section that the schema knows, down to the values."""
    while "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    if "items" in node:
        yield from _read(node["items"], definitions, at)
    elif "properties" in node:
        for key, below in node["properties"].items():
            yield from _read(below, definitions, (*at, key))
    elif at:
        yield at


def _is_kept(path: tuple[str, ...], kept: Kept) -> bool:
    """Say whether a snapshot keeps the value at a path; keys without others below are kept whole."""
    for key in path:
        if key not in kept:
            return False
        kept = kept[key]
        if not kept:
            return True
    return True


def test_what_the_readers_use_is_kept() -> None:
    schema = json.loads((ROOT / "schemas" / "inventory.schema.json").read_text(encoding="utf-8"))
    asked = {"Tags", "EnableDnsSupport", "EnableDnsHostnames"}
    refused = {"SubnetArn", "SecurityGroupArn", "ExportingStackId"}  # they name the account
    lost = set()
    for section in SECTIONS:
        for path in _read(schema["properties"][section.name], schema["$defs"]):
            if path[0] not in asked | refused and not _is_kept(path, section.kept):
                lost.add(f"{section.name}.{'.'.join(path)}")
    assert lost == set()
