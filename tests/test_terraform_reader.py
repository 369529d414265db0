"""The Terraform reader: each trait of tfparse that the design names, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.build import build
from sagemaker_netlint.readers.raw import Problem, RawDeployment, RawResource
from sagemaker_netlint.readers.terraform import expressions, reader


class Case:
    """A root written for a test, and what was read of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen to what the reader hands to the builder."""
        self.folder = folder
        self.raw: dict[str, RawResource] = {}
        self.problems: list[Problem] = []

        def spy(deployment: RawDeployment, report: Callable[[Problem], None]) -> Deployment:
            self.raw = {resource.address: resource for resource in deployment.resources}
            return build(deployment, report)

        monkeypatch.setattr(reader, "build", spy)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, text: str = "", *, var_files: tuple[str, ...] = ()) -> None:
        if text:
            self.write("main.tf", text)
        result = reader.read_roots([self.folder], var_files=[self.folder / name for name in var_files])
        self.problems = result.problems

    def __getitem__(self, address: str) -> RawResource:
        """Return the resource of an address."""
        return self.raw[address]

    def value(self, address: str, name: str) -> Any:
        return self.raw[address].attributes.get(name)

    def reason(self, address: str, name: str) -> str:
        value = self.value(address, name)
        assert isinstance(value, Unknown), value
        return value.reason


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(tmp_path, monkeypatch)


# -- variables -------------------------------------------------------------------------------------


def test_a_variable_without_default_is_unknown_and_named(case: Case) -> None:
    case.read('variable "c" {}\nresource "aws_subnet" "s" {\n  cidr_block = var.c\n}\n')
    assert case.reason("aws_subnet.s", "cidr_block") == "variable c has no default"


def test_an_undeclared_variable_is_unknown(case: Case) -> None:
    case.read('resource "aws_subnet" "s" {\n  cidr_block = var.c\n}\n')
    assert case.reason("aws_subnet.s", "cidr_block") == "variable c is not declared"


def test_a_null_default_makes_the_argument_absent(case: Case) -> None:
    case.read(
        'variable "c" { default = null }\n'
        'resource "aws_subnet" "s" {\n  cidr_block = var.c\n  availability_zone = null\n}\n'
    )
    assert case["aws_subnet.s"].attributes == {}


def test_defaults_of_optional_object_attributes_hold(case: Case) -> None:
    case.read(
        'variable "net" {\n  type = object({ zone = optional(string, "a"), cidr = optional(string) })\n'
        "  default = {}\n}\n"
        'resource "aws_subnet" "s" {\n  cidr_block = var.net.cidr\n  availability_zone = var.net.zone\n}\n'
    )
    assert case["aws_subnet.s"].attributes == {"availability_zone": "a"}


def test_files_of_variables_in_the_order_of_terraform(case: Case) -> None:
    case.write("terraform.tfvars", 'a = "1"\nb = "1"\nc = "1"\nd = "1"\n')
    case.write("terraform.tfvars.json", '{"b": "2", "c": "2", "d": "2"}')
    case.write("x.auto.tfvars", 'c = "3"\nd = "3"\n')
    case.write("named.tfvars", 'd = "4"\n')
    case.write("other.tfvars", 'a = "never loaded"\n')
    names = "abcd"
    case.read(
        "".join(f'variable "{n}" {{}}\n' for n in names)
        + 'resource "aws_vpc" "v" {\n  tags = {\n'
        + "".join(f"    {n} = var.{n}\n" for n in names)
        + "  }\n}\n",
        var_files=("named.tfvars",),
    )
    assert case.value("aws_vpc.v", "tags") == {"a": "1", "b": "2", "c": "3", "d": "4"}
    assert case.problems == []


def test_a_file_of_variables_outside_of_the_root(case: Case, tmp_path: Path) -> None:
    root = Case.__new__(Case)
    root.__dict__.update(case.__dict__, folder=tmp_path / "root")
    case.write("shared.tfvars", 'c = "10.1.0.0/16"\n')
    root.write("main.tf", 'variable "c" {}\nresource "aws_vpc" "v" {\n  cidr_block = var.c\n}\n')
    reader.read_roots([tmp_path / "root"], var_files=[tmp_path / "shared.tfvars"])
    assert case.value("aws_vpc.v", "cidr_block") == "10.1.0.0/16"


def test_a_value_in_tfvars_of_null_wins_over_the_default(case: Case) -> None:
    case.write("terraform.tfvars", "c = null\n")
    case.read('variable "c" { default = "10.0.0.0/16" }\nresource "aws_vpc" "v" {\n  cidr_block = var.c\n}\n')
    assert case["aws_vpc.v"].attributes == {}


# -- what is read at apply time --------------------------------------------------------------------


def test_data_sources_are_unknown(case: Case) -> None:
    case.read(
        'data "aws_subnets" "p" {}\ndata "aws_vpc" "v" {\n  tags = { Name = "x" }\n}\n'
        'resource "aws_vpc_endpoint" "e" {\n  vpc_id = data.aws_vpc.v.id\n'
        "  subnet_ids = data.aws_subnets.p.ids\n  security_group_ids = [data.aws_subnets.p.ids[0]]\n}\n"
    )
    assert case.reason("aws_vpc_endpoint.e", "vpc_id") == "`data.aws_vpc.v.id` is read at apply time"
    assert case.reason("aws_vpc_endpoint.e", "subnet_ids") == "`data.aws_subnets.p.ids` is read at apply time"
    assert case.value("aws_vpc_endpoint.e", "security_group_ids") == [
        Unknown("`data.aws_subnets.p.ids` is read at apply time")
    ]


def test_a_data_source_that_is_given_an_id_returns_it(case: Case) -> None:
    case.read(
        'data "aws_vpc" "v" {\n  id = "vpc-0abc"\n}\n'
        'resource "aws_subnet" "s" {\n  vpc_id = data.aws_vpc.v.id\n}\n'
    )
    assert case.value("aws_subnet.s", "vpc_id") == "vpc-0abc"


def test_the_region_stays_in_the_text(case: Case) -> None:
    case.read(
        'data "aws_region" "here" {}\n'
        'resource "aws_vpc_endpoint" "e" {\n'
        '  service_name = "com.amazonaws.${data.aws_region.here.name}.sagemaker.api"\n}\n'
        'resource "aws_vpc_endpoint" "each" {\n  for_each = toset(["s3", "sts"])\n'
        '  service_name = "com.amazonaws.${data.aws_region.here.region}.${each.value}"\n}\n'
        'locals {\n  prefix = "com.amazonaws.${data.aws_region.here.name}"\n}\n'
        'resource "aws_vpc_endpoint" "local" {\n  service_name = "${local.prefix}.logs"\n}\n'
    )
    value = case.value("aws_vpc_endpoint.e", "service_name")
    assert isinstance(value, Unknown)
    assert service_of(value) == "sagemaker.api"
    assert service_of(case.value('aws_vpc_endpoint.each["s3"]', "service_name")) == "s3"
    assert service_of(case.value('aws_vpc_endpoint.each["sts"]', "service_name")) == "sts"
    assert service_of(case.value("aws_vpc_endpoint.local", "service_name")) == "logs"


def test_zones_are_told_apart_however_they_are_picked(case: Case) -> None:
    case.read(
        'data "aws_availability_zones" "az" {}\n'
        "locals {\n  zones = slice(data.aws_availability_zones.az.names, 0, 2)\n}\n"
        'resource "aws_subnet" "count" {\n  count = 2\n'
        "  availability_zone = local.zones[count.index]\n}\n"
        'resource "aws_subnet" "direct" {\n  availability_zone = data.aws_availability_zones.az.names[0]\n}\n'
        'resource "aws_subnet" "element" {\n'
        "  availability_zone = element(data.aws_availability_zones.az.names, 1)\n}\n"
        'resource "aws_subnet" "each" {\n  for_each = { a = 0, b = 1 }\n'
        "  availability_zone = data.aws_availability_zones.az.names[each.value]\n}\n"
    )
    first, second = (case.value(f"aws_subnet.count[{i}]", "availability_zone") for i in (0, 1))
    assert first == "${data.aws_availability_zones.az.names[0]}"
    assert second == "${data.aws_availability_zones.az.names[1]}"
    assert case.value("aws_subnet.direct", "availability_zone") == first
    assert case.value("aws_subnet.element", "availability_zone") == second
    assert case.value('aws_subnet.each["b"]', "availability_zone") == second


def test_zones_reach_into_modules(case: Case) -> None:
    case.write(
        "net/main.tf",
        'variable "zones" {}\n'
        'resource "aws_subnet" "s" {\n  count = length(var.zones)\n'
        "  availability_zone = var.zones[count.index]\n}\n",
    )
    case.read(
        'data "aws_availability_zones" "az" {}\n'
        'module "net" {\n  source = "./net"\n'
        "  zones = slice(data.aws_availability_zones.az.names, 0, 2)\n}\n"
    )
    # tfparse cannot decide the count and shows one instance
    zones = [case.value(f"module.net.aws_subnet.s[{i}]", "availability_zone") for i in (0, 1)]
    assert zones == [f"${{data.aws_availability_zones.az.names[{i}]}}" for i in (0, 1)]


def test_attributes_known_after_apply(case: Case) -> None:
    case.read(
        'resource "terraform_data" "lookup" {\n  input = "10.0.0.0/24"\n}\n'
        'resource "aws_subnet" "s" {\n  cidr_block = terraform_data.lookup.output\n}\n'
    )
    assert case.reason("aws_subnet.s", "cidr_block") == "`terraform_data.lookup.output` is known after apply"


# -- references ------------------------------------------------------------------------------------

VPC = 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n'
SUBNETS = (
    VPC
    + 'resource "aws_subnet" "s" {\n  count = 3\n  vpc_id = aws_vpc.v.id\n'
    + "  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)\n}\n"
)


def test_ids_flow_through_splats_locals_and_for(case: Case) -> None:
    case.read(
        SUBNETS + "locals {\n  ids = concat(aws_subnet.s[*].id, [])\n}\n"
        'resource "aws_sagemaker_domain" "splat" {\n  subnet_ids = aws_subnet.s[*].id\n}\n'
        'resource "aws_sagemaker_domain" "local" {\n  subnet_ids = local.ids\n}\n'
        'resource "aws_sagemaker_domain" "for" {\n  subnet_ids = [for s in aws_subnet.s : s.id]\n}\n'
        'resource "aws_sagemaker_notebook_instance" "n" {\n'
        "  for_each = { for i, s in aws_subnet.s : i => s }\n"
        "  subnet_id = each.value.id\n}\n"
    )
    ids = [case[f"aws_subnet.s[{index}]"].identity for index in range(3)]
    assert len(set(ids)) == 3
    for name in ("splat", "local", "for"):
        assert case.value(f"aws_sagemaker_domain.{name}", "subnet_ids") == ids
    assert case.value('aws_sagemaker_notebook_instance.n["1"]', "subnet_id") == ids[1]
    assert case.value("aws_subnet.s[2]", "cidr_block") == "10.0.2.0/24"
    assert case.value("aws_subnet.s[2]", "vpc_id") == case["aws_vpc.v"].identity


def test_ids_flow_through_modules(case: Case) -> None:
    case.write("modules/net/main.tf", SUBNETS + 'output "subnets" {\n  value = aws_subnet.s[*].id\n}\n')
    case.write(
        "modules/studio/main.tf",
        'variable "subnets" {}\nresource "aws_sagemaker_domain" "d" {\n  subnet_ids = var.subnets\n}\n',
    )
    case.read(
        'module "net" {\n  for_each = toset(["a", "b"])\n  source = "./modules/net"\n}\n'
        'module "studio" {\n  source = "./modules/studio"\n  subnets = module.net["b"].subnets\n}\n'
    )
    ids = [case[f'module.net["b"].aws_subnet.s[{index}]'].identity for index in range(3)]
    assert case.value("module.studio.aws_sagemaker_domain.d", "subnet_ids") == ids
    assert str(case["module.studio.aws_sagemaker_domain.d"].location) == (
        f"{case.folder}/modules/studio/main.tf:2"
    )


def test_one_unknown_item_does_not_hide_the_known_ones(case: Case) -> None:
    case.read(
        SUBNETS + 'variable "extra" {}\nvariable "more" {}\n'
        'resource "aws_sagemaker_domain" "list" {\n  subnet_ids = [aws_subnet.s[0].id, var.extra]\n}\n'
        'resource "aws_sagemaker_domain" "concat" {\n'
        "  subnet_ids = concat([aws_subnet.s[0].id], var.more)\n}\n"
    )
    first = case["aws_subnet.s[0]"].identity
    assert case.value("aws_sagemaker_domain.list", "subnet_ids") == [
        first,
        Unknown("variable extra has no default"),
    ]
    assert case.value("aws_sagemaker_domain.concat", "subnet_ids") == [
        first,
        Unknown("variable more has no default"),
    ]


def test_what_hangs_on_a_vpc(case: Case) -> None:
    case.read(
        VPC + 'resource "aws_default_route_table" "d" {\n'
        "  default_route_table_id = aws_vpc.v.default_route_table_id\n}\n"
        'resource "aws_vpc_endpoint" "e" {\n  route_table_ids = [aws_vpc.v.main_route_table_id]\n}\n'
    )
    token = case["aws_vpc.v"].identity
    assert (
        case.value("aws_default_route_table.d", "default_route_table_id") == f"{token}/default_route_table_id"
    )
    assert case.value("aws_vpc_endpoint.e", "route_table_ids") == [f"{token}/main_route_table_id"]


def test_awscc_resources_are_named_by_their_own_id_attributes(case: Case) -> None:
    case.read(
        'resource "awscc_ec2_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n'
        'resource "awscc_ec2_subnet" "s" {\n  count = 2\n  vpc_id = awscc_ec2_vpc.v.vpc_id\n}\n'
        'resource "awscc_sagemaker_domain" "d" {\n  subnet_ids = awscc_ec2_subnet.s[*].subnet_id\n'
        "  default_user_settings = {\n    security_groups = [awscc_ec2_security_group.g.group_id]\n  }\n}\n"
        'resource "awscc_ec2_security_group" "g" {\n  vpc_id = awscc_ec2_vpc.v.id\n}\n'
    )
    vpc = case["awscc_ec2_vpc.v"].identity
    assert case.value("awscc_ec2_subnet.s[0]", "vpc_id") == vpc
    assert case.value("awscc_ec2_security_group.g", "vpc_id") == vpc
    assert case.value("awscc_sagemaker_domain.d", "subnet_ids") == [
        case["awscc_ec2_subnet.s[0]"].identity,
        case["awscc_ec2_subnet.s[1]"].identity,
    ]
    assert case.value("awscc_sagemaker_domain.d", "default_user_settings") == {
        "security_groups": [case["awscc_ec2_security_group.g"].identity]
    }


# -- modules that are not on disk ------------------------------------------------------------------

REGISTRY = 'module "vpc" {\n  source = "example/network/aws"\n  private_subnets = ["10.0.1.0/24"]\n}\n'
REASON = "module vpc (source example/network/aws) is not downloaded"


def test_a_missing_modules_argument_is_not_taken_for_its_output(case: Case) -> None:
    case.read(
        REGISTRY + "locals {\n  subnets = module.vpc.private_subnets\n}\n"
        'resource "aws_sagemaker_domain" "d" {\n  vpc_id = module.vpc.vpc_id\n'
        "  subnet_ids = module.vpc.private_subnets\n}\n"
        'resource "aws_sagemaker_notebook_instance" "index" {\n'
        "  subnet_id = module.vpc.private_subnets[0]\n}\n"
        'resource "aws_sagemaker_notebook_instance" "local" {\n  subnet_id = local.subnets[0]\n}\n'
        'resource "aws_sagemaker_notebook_instance" "mixed" {\n'
        '  security_groups = ["sg-1", module.vpc.private_subnets[0]]\n'
        '  direct_internet_access = "Disabled"\n}\n'
    )
    assert case.reason("aws_sagemaker_domain.d", "vpc_id") == REASON
    assert case.reason("aws_sagemaker_domain.d", "subnet_ids") == REASON
    assert case.reason("aws_sagemaker_notebook_instance.index", "subnet_id") == REASON
    assert case.reason("aws_sagemaker_notebook_instance.local", "subnet_id") == REASON
    assert case.value("aws_sagemaker_notebook_instance.mixed", "security_groups") == ["sg-1", Unknown(REASON)]
    assert case.value("aws_sagemaker_notebook_instance.mixed", "direct_internet_access") == "Disabled"
    assert case.problems == []


def test_a_missing_modules_argument_does_not_pass_through_another_module(case: Case) -> None:
    case.write(
        "studio/main.tf",
        'variable "subnets" {}\nresource "aws_sagemaker_domain" "d" {\n  subnet_ids = var.subnets\n}\n',
    )
    case.read(
        REGISTRY + 'module "studio" {\n  source = "./studio"\n  subnets = module.vpc.private_subnets\n}\n'
    )
    assert case.reason("module.studio.aws_sagemaker_domain.d", "subnet_ids") == REASON


def test_a_downloaded_module_is_read(case: Case) -> None:
    case.write(
        ".terraform/modules/modules.json",
        '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc",'
        '"Source":"registry.terraform.io/example/network/aws","Dir":".terraform/modules/vpc"}]}',
    )
    case.write(
        ".terraform/modules/vpc/main.tf",
        'variable "private_subnets" {}\nresource "aws_subnet" "p" {\n'
        "  cidr_block = var.private_subnets[0]\n}\n"
        'output "private_subnets" {\n  value = [aws_subnet.p.id]\n}\n',
    )
    case.read(
        REGISTRY + 'resource "aws_sagemaker_domain" "d" {\n  subnet_ids = module.vpc.private_subnets\n}\n'
    )
    assert case.value("aws_sagemaker_domain.d", "subnet_ids") == [case["module.vpc.aws_subnet.p"].identity]
    assert case.value("module.vpc.aws_subnet.p", "cidr_block") == "10.0.1.0/24"


def test_an_output_with_the_name_of_an_argument_is_the_output(case: Case) -> None:
    case.write(
        "net/main.tf",
        'variable "subnets" {}\nresource "aws_subnet" "s" {\n  count = length(var.subnets)\n'
        '  cidr_block = var.subnets[count.index]\n}\noutput "subnets" {\n  value = aws_subnet.s[*].id\n}\n',
    )
    case.read(
        'module "net" {\n  source = "./net"\n  subnets = ["10.0.1.0/24", "10.0.2.0/24"]\n}\n'
        "locals {\n  subnets = module.net.subnets\n}\n"
        'resource "aws_sagemaker_domain" "d" {\n  subnet_ids = module.net.subnets\n}\n'
        'resource "aws_sagemaker_domain" "local" {\n  subnet_ids = local.subnets\n}\n'
        'resource "aws_sagemaker_notebook_instance" "n" {\n  subnet_id = local.subnets[1]\n}\n'
    )
    ids = [case[f"module.net.aws_subnet.s[{index}]"].identity for index in (0, 1)]
    assert case.value("aws_sagemaker_domain.d", "subnet_ids") == ids
    assert case.value("aws_sagemaker_domain.local", "subnet_ids") == ids
    assert case.value("aws_sagemaker_notebook_instance.n", "subnet_id") == ids[1]


# -- expressions -----------------------------------------------------------------------------------


def test_an_undecided_conditional_is_unknown_and_null_in_it_is_no_absence(case: Case) -> None:
    case.read(
        'variable "mode" {}\n'
        'resource "aws_sagemaker_domain" "d" {\n'
        '  app_network_access_type = var.mode == "x" ? "VpcOnly" : null\n}\n'
        'resource "aws_sagemaker_domain" "same" {\n'
        '  app_network_access_type = var.mode == "x" ? "VpcOnly" : "VpcOnly"\n}\n'
    )
    assert case.reason("aws_sagemaker_domain.d", "app_network_access_type") == (
        '`var.mode == "x"` could not be evaluated: variable mode has no default'
    )
    assert case.value("aws_sagemaker_domain.same", "app_network_access_type") == "VpcOnly"


def test_jsonencode_with_an_open_part_is_unknown_with_text(case: Case) -> None:
    case.read(
        'variable "who" {}\nresource "aws_vpc_endpoint" "e" {\n'
        '  policy = jsonencode({ Principal = var.who, Effect = "Deny" })\n}\n'
        'resource "aws_vpc_endpoint" "known" {\n  policy = jsonencode({ Effect = "Deny", Sid = null })\n}\n'
    )
    value = case.value("aws_vpc_endpoint.e", "policy")
    assert isinstance(value, Unknown)
    assert value.text == '{"Principal":"${...}","Effect":"Deny"}'
    assert case.value("aws_vpc_endpoint.known", "policy") == '{"Effect":"Deny","Sid":null}'


def test_files_and_templates(case: Case) -> None:
    case.write("policy.json", '{"Effect": "Deny"}')
    case.write("policy.tpl", '{"Effect": "${effect}", "Vpc": "${vpc}"}')
    case.write("loop.tpl", "%{ for x in xs }${x}%{ endfor }")
    case.read(
        VPC + 'variable "vpc" {}\n'
        'resource "aws_vpc_endpoint" "file" {\n  policy = file("${path.module}/policy.json")\n}\n'
        'resource "aws_vpc_endpoint" "template" {\n'
        '  policy = templatefile("${path.module}/policy.tpl", { effect = "Allow", vpc = "v" })\n}\n'
        'resource "aws_vpc_endpoint" "open" {\n'
        '  policy = templatefile("policy.tpl", { effect = "Allow", vpc = var.vpc })\n}\n'
        'resource "aws_vpc_endpoint" "loop" {\n  policy = templatefile("loop.tpl", { xs = [1] })\n}\n'
        'resource "aws_vpc_endpoint" "missing" {\n  policy = file("nowhere.json")\n}\n'
    )
    assert case.value("aws_vpc_endpoint.file", "policy") == '{"Effect": "Deny"}'
    assert case.value("aws_vpc_endpoint.template", "policy") == '{"Effect": "Allow", "Vpc": "v"}'
    value = case.value("aws_vpc_endpoint.open", "policy")
    assert isinstance(value, Unknown)
    assert value.text == '{"Effect": "Allow", "Vpc": "${vpc}"}'
    assert case.value("aws_vpc_endpoint.loop", "policy") == "1"
    assert "nowhere.json" in case.reason("aws_vpc_endpoint.missing", "policy")


def test_a_heredoc_with_an_open_part_keeps_its_text(case: Case) -> None:
    case.read(
        'variable "a" { default = "known" }\nvariable "b" {}\n'
        'resource "aws_vpc_endpoint" "e" {\n  policy = <<-EOT\n    {"a": "${var.a}",\n'
        '      "b": "${var.b}"}\n'
        "  EOT\n}\n"
    )
    value = case.value("aws_vpc_endpoint.e", "policy")
    assert value == Unknown("variable b has no default", '{"a": "known",\n  "b": "${var.b}"}\n')


def test_a_sensitive_value_is_still_known(case: Case) -> None:
    case.read('resource "aws_subnet" "s" {\n  cidr_block = sensitive("10.0.0.0/24")\n}\n')
    assert case.value("aws_subnet.s", "cidr_block") == "10.0.0.0/24"


def test_a_local_that_refers_to_itself(case: Case) -> None:
    case.read(
        'locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_subnet" "s" {\n  cidr_block = local.a\n}\n'
    )
    assert case.reason("aws_subnet.s", "cidr_block") == "local.a refers to itself"


# -- blocks ----------------------------------------------------------------------------------------


def test_blocks_once_and_repeated(case: Case) -> None:
    case.read(
        'resource "aws_security_group" "g" {\n'
        "  ingress {\n    from_port = 443\n  }\n"
        "  egress {\n    from_port = 1\n  }\n  egress {\n    from_port = 2\n  }\n}\n"
    )
    assert case.value("aws_security_group.g", "ingress") == {"from_port": 443}
    assert case.value("aws_security_group.g", "egress") == [{"from_port": 1}, {"from_port": 2}]


def test_dynamic_blocks(case: Case) -> None:
    case.read(
        'variable "ports" {}\nvariable "cidr" {}\n'
        'resource "aws_security_group" "g" {\n'
        '  dynamic "ingress" {\n    for_each = [443, 80]\n    iterator = port\n'
        "    content {\n      from_port   = port.value\n      cidr_blocks = [var.cidr]\n    }\n  }\n"
        '  dynamic "egress" {\n    for_each = var.ports\n    content {\n'
        "      from_port = egress.value\n    }\n  }\n"
        '  dynamic "timeouts" {\n    for_each = []\n    content {}\n  }\n}\n'
    )
    unknown = Unknown("variable cidr has no default")
    assert case.value("aws_security_group.g", "ingress") == [
        {"from_port": 443, "cidr_blocks": [unknown]},
        {"from_port": 80, "cidr_blocks": [unknown]},
    ]
    assert case.value("aws_security_group.g", "egress") == [
        Unknown("the dynamic block egress could not be decided: variable ports has no default")
    ]
    assert "timeouts" not in case["aws_security_group.g"].attributes


def test_a_dynamic_block_over_references(case: Case) -> None:
    case.read(
        'resource "awscc_ec2_security_group" "a" {}\n'
        'resource "aws_security_group" "g" {\n'
        '  dynamic "ingress" {\n    for_each = { x = awscc_ec2_security_group.a.group_id }\n'
        "    content {\n      security_groups = [ingress.value]\n    }\n  }\n}\n"
    )
    token = case["awscc_ec2_security_group.a"].identity
    assert case.value("aws_security_group.g", "ingress") in (
        [{"security_groups": [token]}],
        {"security_groups": [token]},
    )


# -- instances -------------------------------------------------------------------------------------


def test_count_and_for_each_that_are_decided(case: Case) -> None:
    case.read(
        'resource "aws_vpc" "none" {\n  count = 0\n}\nresource "aws_vpc" "empty" {\n  for_each = {}\n}\n'
        'resource "aws_vpc" "ws" {\n  count = terraform.workspace == "default" ? 1 : 0\n}\n'
        'resource "aws_vpc" "keys" {\n  for_each = { "a.b" = 1, "c\\"d" = 2 }\n}\n'
    )
    assert sorted(case.raw) == ['aws_vpc.keys["a.b"]', 'aws_vpc.keys["c\\"d"]', "aws_vpc.ws[0]"]


def test_an_undecided_count_gives_one_instance(case: Case) -> None:
    case.read(
        'variable "on" {}\nresource "aws_sagemaker_domain" "d" {\n  count = var.on ? 1 : 0\n'
        '  vpc_id = "vpc-1"\n}\n'
    )
    assert list(case.raw) == ["aws_sagemaker_domain.d[0]"]
    assert case.value("aws_sagemaker_domain.d[0]", "vpc_id") == "vpc-1"


def test_a_count_that_only_the_syntax_decides(case: Case) -> None:
    case.read(
        'data "aws_availability_zones" "az" {}\n'
        "locals {\n  azs = slice(data.aws_availability_zones.az.names, 0, 3)\n}\n"
        'resource "aws_subnet" "s" {\n  count = length(local.azs)\n'
        "  availability_zone = local.azs[count.index]\n"
        '  cidr_block = "10.0.0.0/24"\n}\n'
        'resource "aws_sagemaker_domain" "d" {\n  subnet_ids = aws_subnet.s[*].id\n}\n'
        'resource "aws_vpc" "none" {\n'
        "  count = length(slice(data.aws_availability_zones.az.names, 0, 0))\n}\n"
    )
    subnets = [case[f"aws_subnet.s[{index}]"] for index in range(3)]
    assert len({subnet.attributes["availability_zone"] for subnet in subnets}) == 3
    assert [subnet.attributes["cidr_block"] for subnet in subnets] == ["10.0.0.0/24"] * 3
    assert case.value("aws_sagemaker_domain.d", "subnet_ids") == [subnet.identity for subnet in subnets]
    assert "aws_vpc.none[0]" not in case.raw


def test_a_for_each_that_only_the_syntax_decides(case: Case) -> None:
    case.read(
        'variable "other" {}\n'
        'resource "awscc_ec2_subnet" "s" {}\n'
        'resource "aws_sagemaker_notebook_instance" "n" {\n'
        "  for_each  = { own = awscc_ec2_subnet.s.subnet_id, other = var.other }\n"
        "  subnet_id = each.value\n}\n"
    )
    notebook = "aws_sagemaker_notebook_instance.n"
    assert case.value(f'{notebook}["own"]', "subnet_id") == case["awscc_ec2_subnet.s"].identity
    assert case.reason(f'{notebook}["other"]', "subnet_id") == "variable other has no default"


@pytest.mark.parametrize("more", ["", "    b = { host = true }\n"])
def test_an_unknown_member_behind_a_key_adds_no_instance_without_a_key(case: Case, more: str) -> None:
    case.read(
        'variable "dns" {}\n'
        "locals {\n  all = {\n    a = { host = var.dns }\n" + more + "  }\n"
        "  wanted = { for key, value in local.all : key => value if true }\n}\n"
        'resource "aws_vpc" "v" {\n  for_each = local.wanted\n  cidr_block = "10.0.0.0/16"\n'
        "  enable_dns_hostnames = each.value.host\n}\n"
    )
    assert sorted(case.raw) == ['aws_vpc.v["a"]', 'aws_vpc.v["b"]'][: 2 if more else 1]
    assert case.reason('aws_vpc.v["a"]', "enable_dns_hostnames") == "variable dns has no default"


def test_an_undecided_for_each_is_not_forgotten(case: Case) -> None:
    case.read(
        VPC + 'variable "services" {}\n'
        'resource "aws_vpc_endpoint" "e" {\n  for_each = toset(var.services)\n  vpc_id = aws_vpc.v.id\n'
        "  service_name = each.value\n  private_dns_enabled = true\n}\n"
        'resource "aws_sagemaker_domain" "d" {\n  vpc_id = aws_vpc_endpoint.e["x"].vpc_id\n}\n'
    )
    endpoint = case["aws_vpc_endpoint.e"]
    assert endpoint.attributes["vpc_id"] == case["aws_vpc.v"].identity
    assert endpoint.attributes["private_dns_enabled"] is True
    assert isinstance(endpoint.attributes["service_name"], Unknown)
    assert "variable services has no default" in case.reason("aws_vpc_endpoint.e", "service_name")
    assert "variable services has no default" in case.reason("aws_sagemaker_domain.d", "vpc_id")
    assert endpoint.location == Location(str(case.folder / "main.tf"), 5, 10)
    assert endpoint.locate(("service_name",)) == Location(str(case.folder / "main.tf"), 8, 8)


def test_a_module_with_an_undecided_for_each_is_not_forgotten(case: Case) -> None:
    case.write(
        "studio/main.tf",
        'variable "zone" {}\nvariable "access" {}\n'
        + VPC
        + 'resource "aws_sagemaker_domain" "d" {\n  vpc_id = aws_vpc.v.id\n'
        "  app_network_access_type = var.access\n  auth_mode = var.zone\n}\n",
    )
    case.read(
        'variable "teams" {}\n'
        'module "studio" {\n  for_each = var.teams\n  source = "./studio"\n  access = "VpcOnly"\n'
        "  zone = each.key\n}\n"
    )
    domain = case["module.studio.aws_sagemaker_domain.d"]
    assert domain.attributes["app_network_access_type"] == "VpcOnly"
    assert domain.attributes["vpc_id"] == case["module.studio.aws_vpc.v"].identity
    assert "variable teams has no default" in case.reason("module.studio.aws_sagemaker_domain.d", "auth_mode")


def test_for_each_over_resources_gives_each_its_own(case: Case) -> None:
    case.read(
        'resource "aws_subnet" "s" {\n  for_each = toset(["a", "b"])\n}\n'
        'resource "aws_route_table_association" "r" {\n  for_each = aws_subnet.s\n'
        "  subnet_id = each.value.id\n}\n"
    )
    for key in "ab":
        assert (
            case.value(f'aws_route_table_association.r["{key}"]', "subnet_id")
            == case[f'aws_subnet.s["{key}"]'].identity
        )


def test_other_resources_keep_only_address_and_identity(case: Case) -> None:
    case.read(
        'resource "aws_iam_instance_profile" "r" {\n  name = "r"\n}\n'
        'resource "aws_sagemaker_notebook_instance" "n" {\n  role_arn = aws_iam_instance_profile.r.arn\n}\n'
        'data "aws_vpc" "v" {}\nlocals {\n  a = 1\n}\noutput "o" {\n  value = 1\n}\n'
    )
    assert sorted(case.raw) == ["aws_iam_instance_profile.r", "aws_sagemaker_notebook_instance.n"]
    assert case["aws_iam_instance_profile.r"].attributes == {}
    assert (
        case.value("aws_sagemaker_notebook_instance.n", "role_arn")
        == case["aws_iam_instance_profile.r"].identity
    )


# -- places ----------------------------------------------------------------------------------------


def test_lines_of_arguments_blocks_and_dynamic_blocks(case: Case) -> None:
    case.read(
        'resource "aws_security_group" "g" {\n'  # 1
        "  vpc_id = (\n    null\n  )\n"  # 2-4
        "  ingress {\n    from_port = 443\n  }\n"  # 5-7
        "  ingress {\n    from_port = 80\n  }\n"  # 8-10
        '  dynamic "egress" {\n    for_each = [1]\n    content {\n      from_port = 1\n    }\n  }\n'  # 11-16
        "}\n"
    )
    locate = case["aws_security_group.g"].locate
    file = str(case.folder / "main.tf")
    assert locate(("vpc_id",)) == Location(file, 2, 4)
    assert locate(("ingress", 1, "from_port")) == Location(file, 9, 9)
    assert locate(("ingress", 1, "to_port")) == Location(file, 8, 10)
    assert locate(("ingress", 0)) == Location(file, 5, 7)
    assert locate(("egress", 0)) == Location(file, 11, 16)
    assert locate(("egress", 0, "from_port")) == Location(file, 14, 14)
    assert locate(("description",)) is None


def test_suppressions_in_the_block(case: Case) -> None:
    case.read(
        'resource "aws_sagemaker_domain" "d" {\n  #checkov:skip=CKV_SMN_101:known\n'
        "  # sagemaker-netlint: ignore[SMN102] later\n}\n"
        'resource "aws_sagemaker_domain" "other" {}\n'
    )
    assert [s.pattern for s in case["aws_sagemaker_domain.d"].suppressions] == ["SMN101", "SMN102"]
    assert case["aws_sagemaker_domain.other"].suppressions == ()


# -- kinds of files --------------------------------------------------------------------------------


def test_json_syntax_is_read(case: Case) -> None:
    case.write(
        "main.tf.json",
        '{"variable": {"z": {}}, "resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}},\n'
        '"aws_subnet": {"s": {"vpc_id": "${aws_vpc.v.id}",\n'
        '"availability_zone": "${var.z}", "cidr_block": null}}}}',
    )
    case.read()
    assert case.value("aws_subnet.s", "vpc_id") == case["aws_vpc.v"].identity
    assert isinstance(case.value("aws_subnet.s", "availability_zone"), Unknown)


def test_opentofu_files_are_read(case: Case) -> None:
    case.write("main.tofu", VPC)
    case.read()
    assert list(case.raw) == ["aws_vpc.v"]


def test_override_files_override(case: Case) -> None:
    case.write("main_override.tf", 'resource "aws_vpc" "v" {\n  cidr_block = "10.9.0.0/16"\n}\n')
    case.read(
        'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n  enable_dns_support = true\n}\n'
        'resource "aws_subnet" "s" {\n  vpc_id = aws_vpc.v.id\n}\n'
    )
    assert case["aws_vpc.v"].attributes == {"cidr_block": "10.9.0.0/16", "enable_dns_support": True}
    vpc = case["aws_vpc.v"]
    assert case.value("aws_subnet.s", "vpc_id") in {vpc.identity, *vpc.names}
    assert case.problems == []


def test_stand_alone_files_that_declare_the_same_address(case: Case) -> None:
    for name in "abcd":
        case.write(f"{name}.tf", f'resource "aws_vpc" "v" {{\n  cidr_block = "10.{ord(name)}.0.0/16"\n}}\n')
    result = reader.read_roots([case.folder])
    assert len(result.deployments[0].components) == 4
    assert [problem.message.partition(":")[0] for problem in result.problems] == [
        "`aws_vpc.v` is declared 4 times"
    ]


# What tfparse takes for known although a part is not: each of these gives a plain value there.
@pytest.mark.parametrize(
    "expression",
    [
        "length(var.open)",
        "keys(var.open)",
        "merge(var.open, { a = 1 })",
        "jsonencode(var.open)",
        'coalesce(var.open, "x")',
        'var.open == null ? "a" : "b"',
        'var.open == "x" ? "a" : "b"',
        'compact([var.open, "a"])',
        'try(var.open.x, "fallback")',
        'try(data.aws_subnets.s.ids[0], "fallback")',
        'data.aws_region.r.name == "us-east-1" ? "a" : "b"',
        'try(terraform_data.t.output[0], "fallback")',
    ],
)
@pytest.mark.parametrize("through", ["value", "local.value"])
def test_an_open_part_makes_the_whole_unknown(case: Case, expression: str, through: str) -> None:
    case.write(
        "m/main.tf",
        'variable "open" {}\ndata "aws_subnets" "s" {}\ndata "aws_region" "r" {}\n'
        'resource "terraform_data" "t" {}\n'
        f"locals {{\n  value = {expression}\n}}\n"
        'resource "aws_vpc_endpoint" "e" {\n'
        f"  policy = {expression if through == 'value' else through}\n}}\n",
    )
    case.read('variable "given" {}\nmodule "m" {\n  source = "./m"\n  open = var.given\n}\n')
    value = case.value("module.m.aws_vpc_endpoint.e", "policy")
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
    assert any(isinstance(part, Unknown) for part in parts), value


def test_json_syntax_takes_part_in_expressions(case: Case) -> None:
    case.write(
        "main.tf.json",
        '{"variable": {"cidr": {"default": "10.0.0.0/16"}}, "locals": {"zone": "a"},\n'
        '"module": {"net": {"source": "./net"}}}',
    )
    case.write("net/main.tf", 'resource "aws_vpc" "v" {}\noutput "vpc" {\n  value = aws_vpc.v.id\n}\n')
    case.read(
        'resource "aws_subnet" "s" {\n  cidr_block = var.cidr\n  availability_zone = local.zone\n'
        "  vpc_id = module.net.vpc\n}\n"
    )
    assert case["aws_subnet.s"].attributes == {
        "cidr_block": "10.0.0.0/16",
        "availability_zone": "a",
        "vpc_id": case["module.net.aws_vpc.v"].identity,
    }


def test_a_for_each_is_evaluated_once_and_not_for_each_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """900 instances over one comprehension took over a minute."""
    evaluated: list[str] = []
    loop = expressions._HANDLERS["for_expr"]  # noqa: SLF001 - it counts what a timed test would guess

    def counted(node: Any, scope: Any) -> Any:
        evaluated.append(expressions.shown(node))
        return loop(node, scope)

    monkeypatch.setitem(expressions._HANDLERS, "for_expr", counted)  # noqa: SLF001 - as above
    (tmp_path / "main.tf").write_text(
        'resource "aws_subnet" "s" {\n'
        '  for_each   = { for i in range(50) : "n${i}" => cidrsubnet("10.0.0.0/8", 16, i) }\n'
        "  cidr_block = each.value\n}\n"
    )
    (deployment,) = reader.read_roots([tmp_path]).deployments
    blocks = {str(subnet.cidr) for subnet in deployment.each(Subnet)}
    assert len(blocks) == 50
    assert 1 <= len(evaluated) <= 3
