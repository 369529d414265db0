"""Stand-ins for well-known modules that are not downloaded: what they make, and where they give way."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_plans
import pytest

from sagemaker_netlint.inspection import Input, InputKind, Report, inspect
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.reachability import way_out
from sagemaker_netlint.network.topology import (
    NatGateway,
    NetworkAcl,
    SecurityGroup,
    SecurityGroupRule,
    StoodInModule,
    Subnet,
    UnreadPart,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.terraform import well_known
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.readers.terraform.reader import read_roots
from sagemaker_netlint.readers.terraform.roots import find_roots
from sagemaker_netlint.readers.terraform.version_constraints import is_open, newest_major
from sagemaker_netlint.readers.terraform.well_known import WellKnown

VPC = "terraform-aws-modules/vpc/aws"
ENDPOINTS = f"{VPC}//modules/vpc-endpoints"
GROUP = "terraform-aws-modules/security-group/aws"
NETWORK = """
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.0.0.0/24", "10.0.1.0/24"]
  public_subnets  = ["10.0.8.0/24", "10.0.9.0/24"]
"""
MANY = """
  azs                   = ["eu-west-1a", "eu-west-1b"]
  secondary_cidr_blocks = ["10.1.0.0/16"]
  private_subnets       = ["10.0.0.0/24", "10.0.1.0/24"]
  public_subnets        = ["10.0.8.0/24", "10.0.9.0/24", "10.0.10.0/24"]
  intra_subnets         = ["10.0.16.0/24"]
  database_subnets      = ["10.0.20.0/24", "10.0.21.0/24"]
  elasticache_subnets   = ["10.0.24.0/24"]
  redshift_subnets      = ["10.0.28.0/24"]

  enable_nat_gateway                    = true
  create_database_subnet_route_table    = true
  create_database_nat_gateway_route     = true
  create_elasticache_subnet_route_table = true
  enable_public_redshift                = true
  private_dedicated_network_acl         = true
  manage_default_security_group         = true
  manage_default_network_acl            = true

  default_security_group_ingress = [{ self = true, cidr_blocks = "10.0.0.0/16,10.1.0.0/16" }]
"""
ARGUMENTS = {
    "vpc": MANY,
    "vpc-endpoints": """
  vpc_id                = "vpc-0a1b2c3d4e5f60718"
  subnet_ids            = ["subnet-0a1b2c3d4e5f60718"]
  create_security_group = true
  security_group_rules  = { https = { cidr_blocks = ["10.0.0.0/16"] } }
  endpoints = {
    api = { service = "sagemaker.api", private_dns_enabled = true }
    s3  = { service = "s3", service_type = "Gateway", route_table_ids = ["rtb-0a1b2c3d4e5f60718"] }
  }
""",
    "security-group": """
  vpc_id                   = "vpc-0a1b2c3d4e5f60718"
  ingress_cidr_blocks      = ["10.0.0.0/16"]
  ingress_rules            = ["https-443-tcp", "nfs-tcp"]
  ingress_with_self        = [{ rule = "all-all" }]
  ingress_with_cidr_blocks = [{ from_port = 81, to_port = 82, protocol = "tcp", cidr_blocks = "10.0.0.0/8" }]
  egress_rules             = ["all-all"]
""",
}
ALL = tuple(well_known.all_stand_ins())
NEWEST = tuple({found.name: found for found in ALL}.values())
Read = Callable[[str], Deployment]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(text: str) -> Deployment:
        (tmp_path / "main.tf").write_text(text)
        result = read_roots([tmp_path])
        assert not result.problems, result.problems
        return result.deployments[0]

    return reading


def call(
    arguments: str = NETWORK, *, source: str = VPC, version: str | None = "~> 5.0", name: str = "vpc"
) -> str:
    line = "" if version is None else f'  version = "{version}"\n'
    return f'module "{name}" {{\n  source = "{source}"\n{line}{arguments}}}\n'


def addresses(deployment: Deployment, kind: type[Declared]) -> list[str]:
    return sorted(component.address for component in deployment.each(kind))


def one(deployment: Deployment, kind: type[Declared], address: str) -> Any:
    return next(c for c in deployment.each(kind) if c.address == address)


def table_of(deployment: Deployment, subnet: str) -> str:
    table = deployment.route_table_of(one(deployment, Subnet, subnet))
    assert isinstance(table, Declared), table
    return table.address


def unread(deployment: Deployment) -> list[str]:
    """Return the reasons of what was not read; nothing was made by a stand-in then."""
    assert not list(deployment.each(StoodInModule))
    assert not list(deployment.each(Subnet))
    return [part.reason for part in deployment.each(UnreadPart)]


# -- versions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "major"),
    [
        ("", 6),
        ("~> 5.0", 5),
        ("~> 5.1.2", 5),
        ("~> 5", 5),
        (">= 3.0, < 6.0", 5),
        (">= 3.0, < 6.0.1", 6),
        (">= 3.0, <= 6.0", 6),
        ("> 4.0", 6),
        (">= 4", 6),
        ("5.1.0", 5),
        ("= 3.14.2", 3),
        ("v4.0.2", 4),
        ("!= 5.1.0, < 6", 5),
        ("< 4.0", 3),
        ("2.78.0", None),
        ("~> 7.0", None),
        ("> 4.0, < 4.0", None),
        (">= 99999.0", None),
        ("latest", None),
        ("~> ", None),
        (",", None),
    ],
)
def test_a_constraint_leads_to_the_newest_major_that_it_admits(constraint: str, major: int | None) -> None:
    assert newest_major(constraint, (3, 4, 5, 6)) == major


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [("", True), (">= 5.0", True), ("~> 6.0", False), (">= 3, < 7", False), ("~> 6", False)],
)
def test_a_constraint_that_admits_later_majors_is_open(constraint: str, *, expected: bool) -> None:
    assert is_open(constraint, 6) is expected


@pytest.mark.parametrize(
    ("source", "version", "label"),
    [
        (VPC, "~> 5.0", f"{VPC} 5.x"),
        (f"registry.terraform.io/{VPC}", "6.0.1", f"{VPC} 6.x"),
        (ENDPOINTS, "~> 4.0", f"{ENDPOINTS} 4.x"),
        (GROUP, "5.1.0", f"{GROUP} 5.x"),
        (VPC, "", f"{VPC} 6.x (the newest known: the call gives no version)"),
        (VPC, ">= 5.1", f"{VPC} 6.x (the newest known: the call admits any from >= 5.1 on)"),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-vpc.git?ref=v5.1.0", "", f"{VPC} 5.x"),
        ("github.com/terraform-aws-modules/terraform-aws-vpc?ref=v4.0.2", "", f"{VPC} 4.x"),
        (
            "git::https://github.com/terraform-aws-modules/terraform-aws-vpc.git//modules/vpc-endpoints?ref=v5.1.0",
            "",
            f"{ENDPOINTS} 5.x",
        ),
    ],
)
def test_a_source_has_a_stand_in(source: str, version: str, label: str) -> None:
    found = well_known.find(source, version)
    assert isinstance(found, WellKnown)
    assert found.label == label


@pytest.mark.parametrize(
    "source",
    [
        "terraform-aws-modules/eks/aws",
        "example/vpc/aws",
        f"{GROUP}//modules/https-443",
        f"{VPC}/x",
        "./vpc",
        "",
    ],
)
def test_another_source_has_none(source: str) -> None:
    assert well_known.find(source, "~> 5.0") is None


def test_a_git_reference_that_is_no_release_has_none(read: Read) -> None:
    source = "git::https://github.com/terraform-aws-modules/terraform-aws-vpc.git?ref=master"
    (reason,) = unread(read(call(source=source, version=None)))
    assert reason.endswith("not downloaded, and the reference master is no release with a stand-in")


def test_a_git_source_is_read(read: Read) -> None:
    source = "git::https://github.com/terraform-aws-modules/terraform-aws-vpc.git?ref=v5.1.0"
    deployment = read(call(source=source, version=None))
    assert len(addresses(deployment, Subnet)) == 4


# -- the network of the vpc module ---------------------------------------------------------------------


def test_subnets_have_the_real_addresses_zones_and_ranges(read: Read) -> None:
    deployment = read(call())
    assert addresses(deployment, Subnet) == [
        "module.vpc.aws_subnet.private[0]",
        "module.vpc.aws_subnet.private[1]",
        "module.vpc.aws_subnet.public[0]",
        "module.vpc.aws_subnet.public[1]",
    ]
    subnet = one(deployment, Subnet, "module.vpc.aws_subnet.private[1]")
    assert (str(subnet.cidr), subnet.zone) == ("10.0.1.0/24", "eu-west-1b")
    assert one(deployment, Subnet, "module.vpc.aws_subnet.public[0]").public_ip_on_launch is False


@pytest.mark.parametrize(
    ("choice", "gateways", "tables"),
    [
        ("", 0, ["private[0]", "private[1]"]),
        ("  enable_nat_gateway = true\n", 2, ["private[0]", "private[1]"]),
        ("  enable_nat_gateway = true\n  single_nat_gateway = true\n", 1, ["private[0]", "private[0]"]),
        ("  enable_nat_gateway = true\n  one_nat_gateway_per_az = true\n", 2, ["private[0]", "private[1]"]),
    ],
)
def test_nat_gateways_and_private_route_tables(
    read: Read, choice: str, gateways: int, tables: list[str]
) -> None:
    deployment = read(call(NETWORK + choice))
    assert len(addresses(deployment, NatGateway)) == gateways
    found = [table_of(deployment, f"module.vpc.aws_subnet.private[{index}]") for index in (0, 1)]
    assert found == [f"module.vpc.aws_route_table.{table}" for table in tables]


def test_without_public_subnets_in_every_zone_none_is_made_for_a_gateway_per_zone(read: Read) -> None:
    arguments = NETWORK.replace('"10.0.8.0/24", ', "") + "  one_nat_gateway_per_az = true\n"
    assert not [name for name in addresses(read(call(arguments)), Subnet) if "public" in name]


def test_tiers_lead_to_their_own_tables_or_to_the_private_ones(read: Read) -> None:
    tiers = ("intra", "database", "elasticache", "redshift")
    more = "".join(f'  {t}_subnets = ["10.0.{i}.0/24"]\n' for i, t in enumerate(tiers, 20))
    deployment = read(call(f"{NETWORK}{more}  create_database_subnet_route_table = true\n"))
    found = [table_of(deployment, f"module.vpc.aws_subnet.{tier}[0]").rpartition(".")[2] for tier in tiers]
    assert found == ["intra[0]", "database[0]", "private[0]", "private[0]"]


@pytest.mark.parametrize(("version", "expected"), [("~> 3.0", False), ("~> 4.0", True), ("~> 6.0", True)])
def test_defaults_are_those_of_the_major_version(read: Read, version: str, *, expected: bool) -> None:
    deployment = read(call(version=version))
    vpc = one(deployment, Vpc, "module.vpc.aws_vpc.this[0]")
    assert vpc.dns_hostnames is expected
    public = one(deployment, Subnet, "module.vpc.aws_subnet.public[0]")
    assert public.public_ip_on_launch is not expected
    group = "module.vpc.aws_default_security_group.this[0]"
    assert (group in addresses(deployment, SecurityGroup)) is expected


def test_gateways_that_a_variable_decides_are_taken_for_every_table(read: Read) -> None:
    deployment = read('variable "nat" {}\n' + call(NETWORK + "  enable_nat_gateway = var.nat\n"))
    gateways = list(deployment.each(NatGateway))
    assert [gateway.address.rpartition(".")[2] for gateway in gateways] == ["this[0]", "this[1]"]
    assert all("is not 0" in gateway.when for gateway in gateways)
    for index in (0, 1):
        subnet = one(deployment, Subnet, f"module.vpc.aws_subnet.private[{index}]")
        assert way_out(deployment, subnet).exists is True


def test_a_number_of_gateways_that_nobody_knows_leaves_the_way_out_open(read: Read) -> None:
    arguments = NETWORK.replace('["eu-west-1a", "eu-west-1b"]', "var.azs")
    more = "  enable_nat_gateway = var.nat\n  one_nat_gateway_per_az = true\n"
    deployment = read('variable "nat" {}\nvariable "azs" {}\n' + call(arguments + more))
    found = way_out(deployment, one(deployment, Subnet, "module.vpc.aws_subnet.private[0]")).exists
    assert isinstance(found, Unknown)
    assert (
        "aws_route.private_nat_gateway` may belong to `module.vpc.aws_route_table.private[0]`" in found.reason
    )


def test_a_dedicated_network_acl_holds_the_subnets_of_its_tier(read: Read) -> None:
    deployment = read(call(NETWORK + "  private_dedicated_network_acl = true\n"))
    acl = one(deployment, NetworkAcl, "module.vpc.aws_network_acl.private[0]")
    private = [one(deployment, Subnet, f"module.vpc.aws_subnet.private[{index}]") for index in (0, 1)]
    assert list(acl.subnets) == [subnet.identity for subnet in private]


def test_nothing_is_made_where_the_call_says_so(read: Read) -> None:
    assert addresses(read(call(NETWORK + "  create_vpc = false\n")), Subnet) == []


def test_what_is_not_known_stays_unknown(read: Read) -> None:
    deployment = read(
        'variable "blocks" {}\nvariable "first" {}\n'
        + call(
            '  azs = ["eu-west-1a"]\n  private_subnets = [var.first, "10.0.1.0/24"]\n'
            "  intra_subnets = var.blocks\n  enable_nat_gateway = true\n"
        )
    )
    assert addresses(deployment, Subnet) == [
        "module.vpc.aws_subnet.intra[0]",
        "module.vpc.aws_subnet.private[0]",
        "module.vpc.aws_subnet.private[1]",
    ]
    unknown = one(deployment, Subnet, "module.vpc.aws_subnet.private[0]").cidr
    assert isinstance(unknown, Unknown)
    assert unknown.reason == "variable first has no default"
    assert len(addresses(deployment, NatGateway)) == 2
    when = one(deployment, Subnet, "module.vpc.aws_subnet.intra[0]").when
    assert when == '`local.makes["intra"]` is not 0'


def test_zones_of_a_data_source_are_told_apart(read: Read) -> None:
    zones = "slice(data.aws_availability_zones.all.names, 0, 2)"
    deployment = read(
        'data "aws_availability_zones" "all" {}\n'
        + call(NETWORK.replace('["eu-west-1a", "eu-west-1b"]', zones))
    )
    found = [one(deployment, Subnet, f"module.vpc.aws_subnet.private[{i}]").zone for i in (0, 1)]
    assert len({str(zone) for zone in found}) == 2


def test_ranges_that_are_made_by_the_number_of_the_zone_are_known(read: Read) -> None:
    deployment = read(
        'data "aws_availability_zones" "all" {}\n'
        "locals {\n  azs = slice(data.aws_availability_zones.all.names, 0, 2)\n}\n"
        + call(
            "  azs = local.azs\n"
            '  private_subnets = [for k, v in local.azs : cidrsubnet("10.0.0.0/16", 4, k)]\n'
            '  intra_subnets   = cidrsubnets("10.0.64.0/18", [for v in local.azs : 6]...)\n'
        )
    )
    found = {subnet.address.rpartition(".")[2]: str(subnet.cidr) for subnet in deployment.each(Subnet)}
    assert found == {
        "private[0]": "10.0.0.0/20",
        "private[1]": "10.0.16.0/20",
        "intra[0]": "10.0.64.0/24",
        "intra[1]": "10.0.65.0/24",
    }


def test_each_instance_of_a_call_is_read(read: Read) -> None:
    deployment = read(
        call('  for_each = toset(["a", "b"])\n  azs = ["eu-west-1a"]\n  intra_subnets = ["10.0.0.0/24"]\n')
    )
    assert addresses(deployment, Subnet) == [f'module.vpc["{key}"].aws_subnet.intra[0]' for key in "ab"]


def test_a_call_in_a_local_module_is_read(tmp_path: Path, read: Read) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "main.tf").write_text(
        f'{call()}output "subnets" {{\n  value = module.vpc.private_subnets\n}}\n'
    )
    deployment = read(
        'module "net" {\n  source = "./net"\n}\n'
        'resource "aws_sagemaker_notebook_instance" "n" {\n  subnet_id = module.net.subnets[1]\n}\n'
    )
    subnet = one(deployment, Subnet, "module.net.module.vpc.aws_subnet.private[1]")
    assert subnet.location.file == str(tmp_path / "net" / "main.tf")
    assert not list(deployment.each(UnreadPart))


# -- endpoints and groups ------------------------------------------------------------------------------


def test_endpoints_take_the_module_s_defaults(read: Read) -> None:
    deployment = read(
        call()
        + call(
            "  vpc_id = module.vpc.vpc_id\n  subnet_ids = module.vpc.private_subnets\n"
            '  security_group_ids = ["sg-1"]\n  endpoints = {\n'
            '    s3 = {\n      service = "s3"\n      service_type = "Gateway"\n'
            "      route_table_ids = module.vpc.private_route_table_ids\n    }\n"
            '    api = {\n      service = "sagemaker.api"\n      private_dns_enabled = true\n'
            '      security_group_ids = ["sg-2"]\n    }\n'
            '    off = { service = "sts", create = false }\n'
            '    book = { service_name = "aws.sagemaker.eu-west-1.notebook" }\n  }\n',
            source=ENDPOINTS,
            name="ep",
        )
    )
    assert addresses(deployment, VpcEndpoint) == [
        f'module.ep.aws_vpc_endpoint.this["{key}"]' for key in ("api", "book", "s3")
    ]
    api, book, s3 = sorted(deployment.each(VpcEndpoint), key=lambda endpoint: endpoint.address)
    assert (api.private_dns, book.private_dns) == (True, None)
    assert api.security_groups == ("sg-1", "sg-2")
    private = tuple(one(deployment, Subnet, f"module.vpc.aws_subnet.private[{i}]").identity for i in (0, 1))
    assert api.subnets == private
    assert len(set(s3.route_tables or ())) == 2
    assert s3.subnets is None


@pytest.mark.parametrize(("version", "expected"), [("~> 5.0", True), ("~> 3.0", False)])
def test_the_default_group_that_the_module_gives_is_the_one_it_empties(
    read: Read, version: str, *, expected: bool
) -> None:
    deployment = read(
        call(version=version) + 'resource "aws_sagemaker_notebook_instance" "n" {\n'
        "  security_groups = [module.vpc.default_security_group_id]\n}\n"
    )
    notebook = one(deployment, NotebookInstance, "aws_sagemaker_notebook_instance.n")
    (found,) = deployment.find_all(SecurityGroup, notebook.security_groups)
    emptied = "module.vpc.aws_default_security_group.this[0]"
    assert (getattr(found, "address", "") == emptied) is expected
    assert isinstance(found, Unknown) is not expected


def test_a_group_has_the_named_rules(read: Read) -> None:
    deployment = read(
        call(
            '  vpc_id = "vpc-1"\n  ingress_cidr_blocks = ["10.0.0.0/16"]\n'
            '  ingress_rules = ["https-443-tcp", "no-such-rule"]\n'
            '  ingress_with_self = [{ rule = "all-all" }]\n'
            "  ingress_with_source_security_group_id = [{\n    from_port = 2049\n"
            '    to_port = "2049"\n    protocol = "tcp"\n    source_security_group_id = "sg-1"\n  }]\n'
            '  egress_with_cidr_blocks = [{ rule = "dns-udp", cidr_blocks = "10.0.0.0/8,10.9.0.0/16" }]\n'
            '  number_of_computed_egress_rules = 1\n  computed_egress_rules = ["https-443-tcp"]\n',
            source=GROUP,
            name="sg",
        )
    )
    rules = {rule.address.rpartition(".")[2]: rule for rule in deployment.each(SecurityGroupRule)}
    assert (rules["ingress_rules[0]"].from_port, rules["ingress_rules[0]"].protocol) == (443, "tcp")
    assert isinstance(rules["ingress_rules[1]"].from_port, Unknown)
    assert rules["ingress_with_source_security_group_id[0]"].to_port == 2049
    assert rules["egress_with_cidr_blocks[0]"].protocol == "udp"
    assert rules["computed_egress_rules[0]"].direction == "egress"
    assert len(rules) == 6
    assert addresses(deployment, SecurityGroup) == ["module.sg.aws_security_group.this_name_prefix[0]"]


# -- where they give way -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("  enable_ipv6 = true\n", "its stand-in for 5.x does not follow the input `enable_ipv6`"),
        (
            '  outpost_subnets = ["10.0.3.0/24"]\n',
            "its stand-in for 5.x does not follow the input `outpost_subnets`",
        ),
        ("  made_up = 1\n", "its stand-in for 5.x does not know the input `made_up`"),
        (
            "  use_ipam_pool = var.ipam\n",
            "its stand-in for 5.x needs to know the input `use_ipam_pool`: variable ipam has no default",
        ),
    ],
)
def test_an_input_that_is_not_followed_leaves_the_module_unread(read: Read, more: str, reason: str) -> None:
    deployment = read('variable "ipam" {}\n' + call(NETWORK + more))
    assert unread(deployment) == [f"module vpc (source {VPC}) is not downloaded, and {reason}"]


def test_an_input_that_is_not_followed_may_be_given_its_default(read: Read) -> None:
    deployment = read(call(NETWORK + "  enable_ipv6 = false\n  use_ipam_pool = tobool(false)\n"))
    assert not list(deployment.each(UnreadPart))


def test_a_value_of_one_instance_counts_for_the_call(read: Read) -> None:
    deployment = read(call(NETWORK + "  for_each = { a = false, b = true }\n  enable_ipv6 = each.value\n"))
    assert len(unread(deployment)) == 2


def test_what_comes_of_an_unread_module_is_unknown(read: Read) -> None:
    deployment = read(
        call(NETWORK + "  enable_ipv6 = true\n")
        + 'resource "aws_subnet" "more" {\n  vpc_id = module.vpc.vpc_id\n'
        "  cidr_block = module.vpc.vpc_cidr_block\n}\n"
    )
    (subnet,) = deployment.each(Subnet)
    assert isinstance(subnet.vpc, Unknown)
    assert isinstance(subnet.cidr, Unknown)
    assert subnet.vpc.reason.endswith("does not follow the input `enable_ipv6`")


def test_a_key_that_is_not_followed_leaves_the_endpoints_unread(read: Read) -> None:
    deployment = read(
        call(
            '  vpc_id = "vpc-1"\n  endpoints = { a = { service = "s3", subnet_configurations = [] } }\n',
            source=ENDPOINTS,
        )
    )
    (reason,) = unread(deployment)
    assert reason.endswith("does not follow `subnet_configurations` in the input `endpoints`")
    assert not list(deployment.each(VpcEndpoint))


def test_an_output_that_is_not_given_is_unknown_with_its_reason(read: Read) -> None:
    deployment = read(
        call()
        + 'resource "aws_subnet" "s" {\n  vpc_id = "vpc-1"\n  cidr_block = module.vpc.nat_public_ips[0]\n}\n'
    )
    cidr = one(deployment, Subnet, "aws_subnet.s").cidr
    assert isinstance(cidr, Unknown)
    assert cidr.reason == f"the stand-in for {VPC} 5.x does not give the output nat_public_ips"


@pytest.mark.parametrize("version", ["2.78.0", "~> 7.0", "nonsense"])
def test_a_version_without_a_stand_in_is_named(read: Read, version: str) -> None:
    (reason,) = unread(read(call(version=version)))
    known = "(there are some for 3.x to 6.x)"
    assert reason.endswith(f"not downloaded, and version {version} has no stand-in {known}")


def test_a_version_that_is_no_literal_leaves_the_module_unread(read: Read) -> None:
    text = call().replace('"~> 5.0"', "var.version")
    (reason,) = unread(read('variable "version" {}\n' + text))
    assert reason.endswith(", and its version is not known here")


def test_two_calls_whose_inputs_depend_on_each_other_end(read: Read) -> None:
    other = NETWORK + "  enable_ipv6 = module.{}.vpc_enable_dns_support\n"
    deployment = read(call(other.format("b"), name="a") + call(other.format("a"), name="b"))
    assert len(unread(deployment)) == 2


# -- beside the code on the disk -----------------------------------------------------------------------


def installed(folder: Path, found: WellKnown, name: str = "vpc") -> None:
    """Put a stand-in where `terraform init` would put the module."""
    modules = folder / ".terraform" / "modules"
    (modules / name).mkdir(parents=True)
    for path in found.files:
        shutil.copy(path, modules / name / f"{path.stem}.tf")
    keys = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": name, "Source": VPC, "Dir": f".terraform/modules/{name}"},
    ]
    (modules / "modules.json").write_text(json.dumps({"Modules": keys}))


def shape(deployment: Deployment) -> list[tuple[str, str, str]]:
    return sorted(
        (type(c).__name__, c.address, str(getattr(c, "cidr", None)))
        for c in deployment.components
        if not isinstance(c, StoodInModule)
    )


@pytest.mark.parametrize("version", ["~> 3.0", "~> 4.0", "~> 5.0", "~> 6.0"])
def test_it_is_evaluated_as_the_same_code_on_the_disk_is(tmp_path: Path, read: Read, version: str) -> None:
    text = call(NETWORK + "  enable_nat_gateway = true\n", version=version)
    by_stand_in = read(text)
    found = well_known.find(VPC, version)
    assert isinstance(found, WellKnown)
    installed(tmp_path, found)
    on_disk = read(text)
    assert not list(on_disk.each(StoodInModule))
    assert shape(on_disk) == shape(by_stand_in)


def test_a_module_that_is_downloaded_is_read_itself(tmp_path: Path, read: Read) -> None:
    modules = tmp_path / ".terraform" / "modules"
    (modules / "vpc").mkdir(parents=True)
    (modules / "vpc" / "main.tf").write_text(
        'variable "private_subnets" {}\n'
        'resource "aws_subnet" "own" {\n  cidr_block = var.private_subnets[1]\n}\n'
    )
    keys = {"Modules": [{"Key": "vpc", "Source": VPC, "Dir": ".terraform/modules/vpc"}]}
    (modules / "modules.json").write_text(json.dumps(keys))
    deployment = read(call('  private_subnets = ["10.0.0.0/24", "10.0.1.0/24"]\n  enable_ipv6 = true\n'))
    assert addresses(deployment, Subnet) == ["module.vpc.aws_subnet.own"]
    assert not list(deployment.each(StoodInModule))


def test_nothing_is_written_into_the_folder_nor_left_behind(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    read(call())
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["main.tf", "temporary"]


def test_what_another_program_fetched_before_is_not_read(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The evaluator has a store of modules in the system's temporary folder, which anybody may write to."""
    well_known.offer(tmp_path / "shared" / ".aqua" / "cache", VPC, "~> 5.0")
    for name in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(name, str(tmp_path / "shared"))
    monkeypatch.setattr(well_known, "calls_in", lambda _file: iter(()))
    monkeypatch.setattr("sagemaker_netlint.readers.terraform.reader.calls_in", lambda _file: iter(()))
    (reason,) = unread(read(call()))
    assert reason.endswith("its stand-in was not evaluated")


@pytest.mark.slow
@pytest.mark.parametrize("found", NEWEST, ids=lambda found: found.label)
def test_terraform_makes_the_same_of_it(found: WellKnown, tmp_path: Path, read: Read) -> None:
    """A stand-in is a module that Terraform accepts, and that it plans as it is evaluated here."""
    if not os.environ.get(make_plans.MIRROR_VARIABLE):
        pytest.skip(f"NOT PLANNED: {make_plans.MIRROR_VARIABLE} names no provider mirror")
    root = tmp_path / "planned"
    (root / "m").mkdir(parents=True)
    for path in found.files:
        shutil.copy(path, root / "m" / f"{path.stem}.tf")
    arguments = ARGUMENTS[found.name]
    (root / "main.tf").write_text(call(arguments, source="./m", version=None))
    (root / "tfplan.json").write_text(make_plans.make_plan(root))
    planned = read_plan(root / "tfplan.json").deployments[0]
    assert len(shape(planned)) > 2
    assert shape(planned) == shape(read(call(arguments, source=found.module, version=f"~> {found.major}.0")))


# -- what is said --------------------------------------------------------------------------------------

DOMAIN = """resource "aws_sagemaker_domain" "d" {
  domain_name             = "d"
  auth_mode               = "IAM"
  app_network_access_type = "VpcOnly"
  vpc_id                  = module.vpc.vpc_id
  subnet_ids              = module.vpc.private_subnets
  default_user_settings {
    execution_role = "arn:aws:iam::123456789012:role/r"
  }
}
"""


def report(folder: Path, text: str) -> Report:
    (folder / "main.tf").write_text(text)
    return inspect([Input(InputKind.TERRAFORM, folder)], load_policy())


def test_a_finding_stands_at_the_argument_of_the_call_and_names_the_stand_in(tmp_path: Path) -> None:
    text = call(NETWORK.replace("10.0.0.0/24", "10.0.0.0/28")) + DOMAIN
    (finding,) = [f for f in report(tmp_path, text).findings if f.rule_id == "SMN503"]
    line = text.split("\n").index('  private_subnets = ["10.0.0.0/28", "10.0.1.0/24"]') + 1
    assert (finding.subject, finding.location.line) == ("module.vpc.aws_subnet.private[0]", line)
    assert finding.chain[-1].text == f"`module.vpc` is read by stand-in for {VPC} 5.x"
    assert finding.location.file == str(tmp_path / "main.tf")


def test_a_comment_in_the_call_suppresses_a_finding(tmp_path: Path) -> None:
    arguments = NETWORK.replace("10.0.0.0/24", "10.0.0.0/28")
    comment = "  # sagemaker-netlint: ignore[SMN503] small on purpose\n"
    found = [
        f for f in report(tmp_path, call(comment + arguments) + DOMAIN).findings if f.rule_id == "SMN503"
    ]
    assert [f.suppressed is not None for f in found] == [True]


def test_a_finding_that_names_nothing_of_it_says_nothing_of_it(tmp_path: Path) -> None:
    text = (
        call() + 'resource "aws_sagemaker_notebook_instance" "n" {\n  direct_internet_access = "Enabled"\n}\n'
    )
    found = [f for f in report(tmp_path, text).findings if f.rule_id == "SMN201"]
    assert [len([s for s in f.chain if "stand-in" in s.text]) for f in found] == [0]


# -- the stand-ins themselves --------------------------------------------------------------------------


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.label)
def test_inputs_are_what_their_file_says(found: WellKnown) -> None:
    inputs = well_known.inputs_of(found.name, found.major)
    groups = [set(inputs.followed), set(inputs.only_default), set(inputs.without_effect)]
    assert sum(map(len, groups)) == len(set().union(*groups)), "an input is declared twice"
    used = set(re.findall(r"\bvar\.(\w+)", "\n".join(path.read_text() for path in found.files)))
    assert used == groups[0]


def test_majors_are_those_that_are_promised() -> None:
    found = {(each.name, each.major) for each in ALL}
    assert {("vpc", major) for major in (3, 4, 5, 6)} <= found
    assert {("security-group", 4), ("security-group", 5)} <= found


def test_a_search_for_roots_does_not_find_them() -> None:
    folder = ALL[0].files[0].parent.parent
    assert find_roots(folder).files == []
