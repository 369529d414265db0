"""The reader of plans: what is known, what is linked, what is open, and what cannot be read."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.declared import Action, Declared
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.topology import (
    NatGateway,
    RouteTableAssociation,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, EndpointConfig, Model, NotebookInstance
from sagemaker_netlint.readers.raw import ReadResult, identity_token
from sagemaker_netlint.readers.terraform.plan import looks_like_plan, read_plan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
Json = dict[str, Any]


def refs(*names: str) -> Json:
    """Make an expression as a plan holds it: each traversal is followed by its prefixes."""
    references: list[str] = []
    for name in names:
        references.append(name)
        head, _, _ = name.rpartition(".")
        if head.count(".") >= 1 and not name.startswith(("var.", "local.", "each.", "count.")):
            references.append(head)
            if head.endswith("]"):
                references.append(head[: head.index("[")])
    return {"references": references}


def block(address: str, **extra: Any) -> Json:
    kind, _, name = address.rpartition(".")
    mode = "data" if kind.startswith("data.") else "managed"
    return {"address": address, "mode": mode, "type": kind.removeprefix("data."), "name": name} | extra


class PlanText:
    """Builds the JSON of a plan, as terraform writes it."""

    def __init__(self) -> None:
        """Start with an empty plan."""
        self.plan: Json = {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": []}},
            "resource_changes": [],
            "configuration": {"root_module": {"resources": []}},
        }

    def configure(self, address: str, path: str = "", expressions: Json | None = None, **extra: Any) -> None:
        """Add a resource block to the configuration of a module (a path of call names)."""
        module = self.configuration(path)
        written = {} if expressions is None else expressions
        module.setdefault("resources", []).append(block(address, expressions=written, **extra))

    def configuration(self, path: str) -> Json:
        module: Json = self.plan["configuration"]["root_module"]
        for name in filter(None, path.split(".")):
            calls = module.setdefault("module_calls", {})
            module = calls.setdefault(name, {"expressions": {}, "module": {}})["module"]
        return module

    def planned(  # noqa: PLR0913 - the parts of a planned resource
        self,
        address: str,
        values: Json | None = None,
        unknown: Json | None = None,
        *,
        module: str = "",
        index: str | int | None = None,
        actions: tuple[str, ...] = ("create",),
        before: Json | None = None,
        **change: Any,
    ) -> None:
        """Add an instance to the planned values and to the changes."""
        suffix = "" if index is None else f"[{json.dumps(index)}]"
        full = f"{module}.{address}{suffix}" if module else address + suffix
        entry = block(address) | {"address": full} | ({} if index is None else {"index": index})
        after = {} if values is None else values
        self.module(module).setdefault("resources", []).append(entry | {"values": after})
        body = {"actions": list(actions), "before": before, "after": after}
        body |= {"after_unknown": {"id": True} if unknown is None else unknown} | change
        placed = {"module_address": module} if module else {}
        self.plan["resource_changes"].append(entry | placed | {"change": body})

    def module(self, address: str) -> Json:
        root: Json = self.plan["planned_values"]["root_module"]
        if not address:
            return root
        children = root.setdefault("child_modules", [])
        for child in children:
            if child["address"] == address:
                found: Json = child
                return found
        children.append({"address": address})
        last: Json = children[-1]
        return last

    def read(self, path: Path = Path("tfplan.json")) -> ReadResult:
        return read_plan(path, text=json.dumps(self.plan, indent=2))

    def deployment(self) -> Deployment:
        result = self.read()
        assert result.problems == []
        return result.deployments[0]


@pytest.fixture
def plan() -> PlanText:
    return PlanText()


def token(address: str) -> str:
    return identity_token(address)


def only(deployment: Deployment, kind: type[Declared]) -> Any:
    (component,) = deployment.each(kind)
    return component


def subnets(plan: PlanText, *keys: str | int | None, module: str = "", path: str = "") -> None:
    """Declare `aws_subnet.s`, an instance for each key."""
    plan.configure("aws_subnet.s", path)
    for key in keys:
        plan.planned("aws_subnet.s", module=module, index=key)


def notebook_subnet(plan: PlanText, expression: Json) -> Any:
    plan.configure("aws_sagemaker_notebook_instance.n", expressions={"subnet_id": expression})
    plan.planned("aws_sagemaker_notebook_instance.n", unknown={"id": True, "subnet_id": True})
    return only(plan.deployment(), NotebookInstance).subnet


def endpoint_subnets(plan: PlanText, expression: Json) -> Any:
    plan.configure("aws_vpc_endpoint.e", expressions={"subnet_ids": expression})
    plan.planned("aws_vpc_endpoint.e", unknown={"id": True, "subnet_ids": True})
    return only(plan.deployment(), VpcEndpoint).subnets


# -- values ----------------------------------------------------------------------------------------


def test_the_deployment_names_its_language_and_source(plan: PlanText) -> None:
    plan.planned("aws_vpc.v", {"cidr_block": "10.0.0.0/16"})
    result = plan.read(Path("some/tfplan.json"))
    assert result.files_read == {"some/tfplan.json"}
    (deployment,) = result.deployments
    assert (deployment.language, deployment.source) == (Language.TERRAFORM_PLAN, "some/tfplan.json")


def test_known_values_are_read(plan: PlanText) -> None:
    plan.planned("aws_vpc.v", {"cidr_block": "10.0.0.0/16", "enable_dns_support": True})
    vpc = only(plan.deployment(), Vpc)
    assert str(vpc.cidr) == "10.0.0.0/16"
    assert vpc.dns_support is True


def test_null_and_the_empty_string_are_absent(plan: PlanText) -> None:
    plan.planned("aws_sagemaker_notebook_instance.n", {"subnet_id": "", "lifecycle_config_name": None})
    notebook = only(plan.deployment(), NotebookInstance)
    assert notebook.subnet is None
    assert notebook.lifecycle_config is None


def test_what_nobody_wrote_and_the_provider_computes_is_absent(plan: PlanText) -> None:
    plan.configure("aws_vpc_endpoint.e", expressions={"service_name": {"constant_value": "s3"}})
    plan.planned("aws_vpc_endpoint.e", unknown={"id": True, "private_dns_enabled": True, "subnet_ids": True})
    endpoint = only(plan.deployment(), VpcEndpoint)
    assert endpoint.private_dns is None
    assert endpoint.subnets is None


def test_an_argument_without_a_configuration_is_unknown(plan: PlanText) -> None:
    plan.planned("aws_vpc_endpoint.e", unknown={"id": True, "private_dns_enabled": True})
    assert isinstance(only(plan.deployment(), VpcEndpoint).private_dns, Unknown)


def test_an_unknown_value_says_where_it_comes_from(plan: PlanText) -> None:
    plan.configure("terraform_data.x")
    plan.planned("terraform_data.x", {"input": "10.0.0.0/16"}, {"id": True, "output": True})
    plan.configure("aws_vpc.v", expressions={"cidr_block": refs("terraform_data.x.output")})
    plan.planned("aws_vpc.v", unknown={"id": True, "cidr_block": True})
    assert only(plan.deployment(), Vpc).cidr == Unknown("`terraform_data.x.output` is known after apply")


def test_a_block_of_unknown_number_is_unknown(plan: PlanText) -> None:
    plan.configure("aws_sagemaker_model.m", expressions={"name": {"constant_value": "m"}})
    plan.planned("aws_sagemaker_model.m", {"name": "m"}, {"id": True, "vpc_config": True})
    model = only(plan.deployment(), Model)
    assert isinstance(model.subnets, Unknown)


def test_inline_rules_that_nobody_wrote_are_absent(plan: PlanText) -> None:
    plan.configure("aws_security_group.g")
    plan.planned("aws_security_group.g", unknown={"id": True, "ingress": True, "egress": True})
    group = only(plan.deployment(), SecurityGroup)
    assert group.inline_ingress is None
    assert group.inline_egress is None


def test_a_deleted_resource_is_no_part_of_the_deployment(plan: PlanText) -> None:
    plan.planned("aws_vpc.v")
    gone = block("aws_vpc.gone") | {
        "change": {"actions": ["delete"], "before": {"id": "vpc-1"}, "after": None}
    }
    plan.plan["resource_changes"].append(gone)
    assert [vpc.address for vpc in plan.deployment().each(Vpc)] == ["aws_vpc.v"]


def test_a_data_source_is_no_component(plan: PlanText) -> None:
    values = {"root_module": {"resources": [block("data.aws_subnet.s", values={"id": "subnet-0a1b2c3d"})]}}
    plan.plan["prior_state"] = {"values": values}
    assert plan.deployment().components == ()


# -- references ------------------------------------------------------------------------------------


def test_an_id_that_is_unknown_is_linked(plan: PlanText) -> None:
    subnets(plan, None)
    assert notebook_subnet(plan, refs("aws_subnet.s.id")) == token("aws_subnet.s")


def test_an_id_that_is_known_is_linked(plan: PlanText) -> None:
    plan.planned("aws_subnet.s", {"id": "subnet-0a1b2c3d"}, {}, actions=("no-op",))
    plan.planned("aws_sagemaker_notebook_instance.n", {"subnet_id": "subnet-0a1b2c3d"})
    deployment = plan.deployment()
    found = deployment.find(Subnet, only(deployment, NotebookInstance).subnet)
    assert found is only(deployment, Subnet)


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("aws_subnet.s[1].id", "aws_subnet.s[1]"),
        ('aws_subnet.s["b"].id', 'aws_subnet.s["b"]'),
        ('aws_subnet.s["with.dot"].id', 'aws_subnet.s["with.dot"]'),
    ],
)
def test_a_literal_index_chooses(plan: PlanText, reference: str, address: str) -> None:
    keys = (0, 1) if "[1]" in reference else ("b", "c", "with.dot")
    subnets(plan, *keys)
    expression = {"references": [reference, reference.removesuffix(".id"), "aws_subnet.s"]}
    assert notebook_subnet(plan, expression) == token(address)


def test_a_splat_is_all_instances_in_order(plan: PlanText) -> None:
    subnets(plan, *range(11))
    expected = tuple(token(f"aws_subnet.s[{index}]") for index in range(11))
    assert endpoint_subnets(plan, {"references": ["aws_subnet.s"]}) == expected


def test_a_whole_block_gives_no_single_id(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    found = notebook_subnet(plan, {"references": ["aws_subnet.s"]})
    assert isinstance(found, Unknown)
    assert "`aws_subnet.s[0].id`, `aws_subnet.s[1].id`" in found.reason


def test_a_whole_block_of_one_instance_gives_its_id(plan: PlanText) -> None:
    subnets(plan, 0)
    assert notebook_subnet(plan, {"references": ["aws_subnet.s"]}) == token("aws_subnet.s[0]")


def test_count_index_chooses_among_as_many(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    expression = {"references": ["aws_subnet.s", "count.index"]}
    plan.configure("aws_route_table_association.a", expressions={"subnet_id": expression})
    for index in (0, 1):
        plan.planned("aws_route_table_association.a", unknown={"subnet_id": True}, index=index)
    found = [association.subnet for association in plan.deployment().each(RouteTableAssociation)]
    assert found == [token("aws_subnet.s[0]"), token("aws_subnet.s[1]")]


def test_count_index_does_not_choose_among_another_number(plan: PlanText) -> None:
    subnets(plan, 0, 1, 2)
    expression = {"references": ["aws_subnet.s", "count.index"]}
    plan.configure("aws_route_table_association.a", expressions={"subnet_id": expression})
    for index in (0, 1):
        plan.planned("aws_route_table_association.a", unknown={"subnet_id": True}, index=index)
    found = [association.subnet for association in plan.deployment().each(RouteTableAssociation)]
    assert all(isinstance(subnet, Unknown) for subnet in found)


def test_each_value_is_the_instance_of_the_same_key(plan: PlanText) -> None:
    subnets(plan, "a", "b")
    plan.configure(
        "aws_route_table_association.a",
        expressions={"subnet_id": {"references": ["each.value.id", "each.value"]}},
        for_each_expression={"references": ["aws_subnet.s"]},
    )
    for key in ("a", "b"):
        plan.planned("aws_route_table_association.a", unknown={"subnet_id": True}, index=key)
    found = [association.subnet for association in plan.deployment().each(RouteTableAssociation)]
    assert found == [token('aws_subnet.s["a"]'), token('aws_subnet.s["b"]')]


def test_a_ternary_between_two_ids_is_unknown(plan: PlanText) -> None:
    subnets(plan, None)
    plan.configure("aws_subnet.t")
    plan.planned("aws_subnet.t")
    assert isinstance(notebook_subnet(plan, refs("var.x", "aws_subnet.s.id", "aws_subnet.t.id")), Unknown)


def test_a_ternary_whose_other_side_does_not_exist_is_decided(plan: PlanText) -> None:
    subnets(plan, 0)
    plan.configure("aws_subnet.t")  # count = 0
    expression = refs("var.x", "aws_subnet.s[0].id", "aws_subnet.t[0].id")
    assert notebook_subnet(plan, expression) == token("aws_subnet.s[0]")


def test_a_known_id_in_a_condition_is_no_candidate(plan: PlanText) -> None:
    subnets(plan, None)
    plan.configure("aws_vpc.v")
    plan.planned("aws_vpc.v", {"id": "vpc-0a1b2c3d", "cidr_block": "10.0.0.0/16"}, {})
    expression = refs("aws_vpc.v.cidr_block", "aws_subnet.s.id")
    assert notebook_subnet(plan, expression) == token("aws_subnet.s")


def test_an_argument_takes_ids_of_its_type_only(plan: PlanText) -> None:
    subnets(plan, None)
    plan.configure("aws_vpc.v")
    plan.planned("aws_vpc.v")
    assert notebook_subnet(plan, refs("aws_vpc.v.id", "aws_subnet.s.id")) == token("aws_subnet.s")


def test_a_list_joins_ids_and_known_ids(plan: PlanText) -> None:
    subnets(plan, None)
    plan.plan["variables"] = {"more": {"value": ["subnet-0a1b2c3d"]}}
    found = endpoint_subnets(plan, refs("aws_subnet.s.id", "var.more"))
    assert found == (token("aws_subnet.s"), "subnet-0a1b2c3d")


def test_a_list_behind_a_switch_is_that_list(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    plan.plan["variables"] = {"create": {"value": True}}
    found = endpoint_subnets(plan, {"references": ["var.create", "aws_subnet.s"]})
    assert found == (token("aws_subnet.s[0]"), token("aws_subnet.s[1]"))


def test_a_list_that_is_chosen_by_a_name_is_unknown(plan: PlanText) -> None:
    subnets(plan, "a", "b")
    plan.plan["variables"] = {"tier": {"value": "a"}}
    assert isinstance(endpoint_subnets(plan, {"references": ["aws_subnet.s", "var.tier"]}), Unknown)


def test_a_list_with_a_switch_between_two_is_unknown(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    plan.configure("aws_subnet.t")
    plan.planned("aws_subnet.t", index=0)
    plan.plan["variables"] = {"public": {"value": True}}
    expression = {"references": ["var.public", "aws_subnet.s", "aws_subnet.t"]}
    assert isinstance(endpoint_subnets(plan, expression), Unknown)


def test_an_open_item_stays_in_its_list(plan: PlanText) -> None:
    subnets(plan, None)
    plan.configure("terraform_data.x")
    plan.planned("terraform_data.x", unknown={"id": True, "output": True})
    found = endpoint_subnets(plan, refs("aws_subnet.s.id", "terraform_data.x.output"))
    assert found == (token("aws_subnet.s"), Unknown("`terraform_data.x.output` is known after apply"))


def test_a_list_of_single_unknown_items(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    plan.configure("aws_vpc_endpoint.e", expressions={"subnet_ids": {"references": ["aws_subnet.s"]}})
    values = {"subnet_ids": ["subnet-0a1b2c3d", None]}
    plan.planned("aws_vpc_endpoint.e", values, {"id": True, "subnet_ids": [False, True]})
    found = only(plan.deployment(), VpcEndpoint).subnets
    assert found[0] == "subnet-0a1b2c3d"
    assert isinstance(found[1], Unknown), "two candidates for one item"


def test_what_hangs_on_a_resource_is_linked_to_it(plan: PlanText) -> None:
    plan.configure("aws_vpc.v")
    plan.planned("aws_vpc.v", unknown={"id": True, "default_route_table_id": True})
    plan.configure(
        "aws_vpc_endpoint.e", expressions={"route_table_ids": refs("aws_vpc.v.default_route_table_id")}
    )
    plan.planned("aws_vpc_endpoint.e", unknown={"id": True, "route_table_ids": True})
    found = only(plan.deployment(), VpcEndpoint).route_tables
    assert found == (f"{token('aws_vpc.v')}/default_route_table_id",)


def test_an_argument_of_another_resource_is_followed(plan: PlanText) -> None:
    plan.configure("aws_vpc.v")
    plan.planned("aws_vpc.v")
    plan.configure("aws_vpc_dhcp_options_association.d", expressions={"vpc_id": refs("aws_vpc.v.id")})
    plan.planned("aws_vpc_dhcp_options_association.d", unknown={"id": True, "vpc_id": True})
    plan.configure("aws_subnet.s", expressions={"vpc_id": refs("aws_vpc_dhcp_options_association.d.vpc_id")})
    plan.planned("aws_subnet.s", unknown={"id": True, "vpc_id": True})
    deployment = plan.deployment()
    assert deployment.vpc_of(only(deployment, Subnet)) is only(deployment, Vpc)


def test_a_local_is_the_one_candidate_of_its_module(plan: PlanText) -> None:
    plan.configure("aws_vpc.v")
    plan.planned("aws_vpc.v")
    plan.configure("aws_subnet.s", expressions={"vpc_id": refs("local.vpc_id")})
    plan.planned("aws_subnet.s", unknown={"id": True, "vpc_id": True})
    assert only(plan.deployment(), Subnet).vpc == token("aws_vpc.v")


@pytest.mark.parametrize("other", ["aws_vpc.w", "terraform_data.x"])
def test_a_local_with_several_candidates_is_unknown(plan: PlanText, other: str) -> None:
    for address in ("aws_vpc.v", other):
        plan.configure(address)
        plan.planned(address)
    plan.configure("aws_subnet.s", expressions={"vpc_id": refs("local.vpc_id")})
    plan.planned("aws_subnet.s", unknown={"id": True, "vpc_id": True})
    assert only(plan.deployment(), Subnet).vpc == Unknown("`local.vpc_id` is known after apply")


def test_a_list_in_a_local_is_unknown(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    assert endpoint_subnets(plan, refs("local.ids")) == Unknown("`local.ids` is known after apply")


def test_routes_of_one_argument_are_told_apart_by_type(plan: PlanText) -> None:
    for address in ("aws_nat_gateway.n", "aws_internet_gateway.i"):
        plan.configure(address)
        plan.planned(address)
    written = refs("aws_nat_gateway.n.id", "aws_internet_gateway.i.id")
    plan.configure("aws_route_table.t", expressions={"route": written})
    plan.planned(
        "aws_route_table.t",
        {
            "route": [
                {"cidr_block": "0.0.0.0/0", "nat_gateway_id": ""},
                {"cidr_block": "10.9.0.0/16", "gateway_id": ""},
            ]
        },
        {"id": True, "route": [{"gateway_id": True}, {"nat_gateway_id": True}]},
    )
    result = plan.read()
    (table,) = (c for c in result.deployments[0].components if c.address == "aws_route_table.t")
    first, second = table.inline_routes  # type: ignore[attr-defined]
    assert first.gateway == token("aws_internet_gateway.i")
    assert second.nat_gateway == token("aws_nat_gateway.n")


# -- modules ---------------------------------------------------------------------------------------


def network_module(plan: PlanText, *instances: str) -> None:
    """Declare a module with two subnets and outputs, called under the given addresses."""
    plan.configure("aws_subnet.s", "network")
    for address in instances:
        for index in (0, 1):
            plan.planned("aws_subnet.s", module=address, index=index)
    plan.configuration("network")["outputs"] = {
        "subnet_ids": {"expression": {"references": ["aws_subnet.s"]}},
        "first": {"expression": refs("aws_subnet.s[0].id")},
    }


def test_an_output_of_a_module_is_followed(plan: PlanText) -> None:
    network_module(plan, "module.network")
    found = endpoint_subnets(plan, refs("module.network.subnet_ids"))
    assert found == (token("module.network.aws_subnet.s[0]"), token("module.network.aws_subnet.s[1]"))


def test_an_item_of_an_output_is_followed(plan: PlanText) -> None:
    network_module(plan, "module.network")
    references = ["module.network.subnet_ids[1]", "module.network.subnet_ids", "module.network"]
    assert notebook_subnet(plan, {"references": references}) == token("module.network.aws_subnet.s[1]")


def test_an_instance_of_a_module_is_followed(plan: PlanText) -> None:
    network_module(plan, 'module.network["x"]', 'module.network["y"]')
    references = ['module.network["y"].first', 'module.network["y"]', "module.network"]
    assert notebook_subnet(plan, {"references": references}) == token('module.network["y"].aws_subnet.s[0]')


def test_all_instances_of_a_module_are_unknown(plan: PlanText) -> None:
    network_module(plan, 'module.network["x"]', 'module.network["y"]')
    found = endpoint_subnets(plan, {"references": ["module.network"]})
    assert found == Unknown("`module.network` is known after apply")


def test_a_variable_of_a_module_is_followed(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    plan.configure("aws_vpc_endpoint.e", "endpoints", expressions={"subnet_ids": refs("var.subnet_ids")})
    call = plan.configuration("")["module_calls"]["endpoints"]
    call["expressions"]["subnet_ids"] = {"references": ["aws_subnet.s"]}
    plan.planned("aws_vpc_endpoint.e", unknown={"subnet_ids": True}, module="module.endpoints")
    found = only(plan.deployment(), VpcEndpoint).subnets
    assert found == (token("aws_subnet.s[0]"), token("aws_subnet.s[1]"))


def test_a_variable_of_a_nested_module_is_followed_from_another_module(plan: PlanText) -> None:
    network_module(plan, "module.network")
    plan.configure(
        "aws_sagemaker_notebook_instance.n", "lab.one", expressions={"subnet_id": refs("var.subnet")}
    )
    lab = plan.configuration("")["module_calls"]["lab"]
    lab["expressions"]["subnet"] = refs("module.network.first")
    lab["module"]["module_calls"]["one"]["expressions"]["subnet"] = refs("var.subnet")
    address = "aws_sagemaker_notebook_instance.n"
    plan.planned(address, unknown={"id": True, "subnet_id": True}, module="module.lab.module.one")
    found = only(plan.deployment(), NotebookInstance).subnet
    assert found == token("module.network.aws_subnet.s[0]")


def test_modules_in_a_circle_end(plan: PlanText) -> None:
    plan.configure("aws_sagemaker_notebook_instance.n", "a", expressions={"subnet_id": refs("var.subnet")})
    call = plan.configuration("")["module_calls"]["a"]
    call["expressions"]["subnet"] = refs("module.a.subnet")
    call["module"]["outputs"] = {"subnet": {"expression": refs("var.subnet")}}
    address = "aws_sagemaker_notebook_instance.n"
    plan.planned(address, unknown={"subnet_id": True}, module="module.a")
    assert isinstance(only(plan.deployment(), NotebookInstance).subnet, Unknown)


def test_a_list_that_doubles_at_each_hop_ends(plan: PlanText) -> None:
    subnets(plan, 0, 1)
    plan.configure("aws_vpc_endpoint.e0", expressions={"subnet_ids": {"references": ["aws_subnet.s"]}})
    for hop in range(1, 60):
        again = refs(f"aws_vpc_endpoint.e{hop - 1}.subnet_ids", f"aws_vpc_endpoint.e{hop - 1}.subnet_ids")
        plan.configure(f"aws_vpc_endpoint.e{hop}", expressions={"subnet_ids": again})
    for hop in range(60):
        plan.planned(f"aws_vpc_endpoint.e{hop}", unknown={"id": True, "subnet_ids": True})
    started = time.monotonic()
    assert len(plan.deployment().components) == 62
    assert time.monotonic() - started < 5


# -- awscc -----------------------------------------------------------------------------------------


def test_awscc_types_are_read(plan: PlanText) -> None:
    plan.configure("awscc_ec2_subnet.s")
    plan.planned("awscc_ec2_subnet.s", {"vpc_id": "vpc-0a1b2c3d"}, {"id": True, "subnet_id": True})
    expressions = {"vpc_config": refs("awscc_ec2_subnet.s.subnet_id")}
    plan.configure("awscc_sagemaker_endpoint_config.e", expressions=expressions)
    plan.planned(
        "awscc_sagemaker_endpoint_config.e",
        {"vpc_config": {"security_group_ids": ["sg-0a1b2c3d"]}},
        {"enable_network_isolation": True, "vpc_config": {"subnets": True}},
    )
    config = only(plan.deployment(), EndpointConfig)
    assert config.network_isolation is None, "the provider computes all that is not written"
    assert config.security_groups == ("sg-0a1b2c3d",)
    assert config.subnets == (token("awscc_ec2_subnet.s"),)


# -- changes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actions", "action"),
    [
        (("create",), Action.CREATE),
        (("update",), Action.UPDATE),
        (("delete", "create"), Action.REPLACE),
        (("create", "delete"), Action.REPLACE),
        (("no-op",), Action.NONE),
    ],
)
def test_actions(plan: PlanText, actions: tuple[str, ...], action: Action) -> None:
    plan.planned("aws_sagemaker_domain.d", {}, {}, actions=actions, before={})
    assert only(plan.deployment(), Domain).change.action is action


def test_changed_and_forcing_fields_have_the_names_of_the_model(plan: PlanText) -> None:
    before = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1"],
        "domain_settings": [{"security_group_ids": ["sg-1"]}],
    }
    after = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-2"], "domain_settings": [{}]}
    unknown = {"id": True, "domain_settings": [{"security_group_ids": True}]}
    cause = [["domain_settings", 0, "security_group_ids"]]
    plan.planned(
        "aws_sagemaker_domain.d",
        after,
        unknown,
        actions=("delete", "create"),
        before=before,
        replace_paths=cause,
    )
    change = only(plan.deployment(), Domain).change
    assert change.changed == {"subnets", "domain_security_groups"}
    assert change.forces_replacement == {"domain_security_groups"}


def test_null_and_an_empty_list_are_no_change(plan: PlanText) -> None:
    before: Json = {"subnet_ids": None, "vpc_id": ""}
    after: Json = {"subnet_ids": [], "vpc_id": None}
    plan.planned("aws_sagemaker_domain.d", after, {}, actions=("update",), before=before)
    assert only(plan.deployment(), Domain).change.changed == frozenset()


def test_a_deposed_object_does_not_hide_its_successor(plan: PlanText) -> None:
    plan.planned("aws_sagemaker_domain.d", {}, {}, actions=("update",), before={})
    left_over = block("aws_sagemaker_domain.d") | {"deposed": "0a1b", "change": {"actions": ["delete"]}}
    plan.plan["resource_changes"].append(left_over)
    assert only(plan.deployment(), Domain).change.action is Action.UPDATE


# -- places ----------------------------------------------------------------------------------------


def test_a_component_stands_at_its_planned_values() -> None:
    path = FIXTURES / "smn407-model-network-change-not-applied/modules/tfplan.json"
    lines = path.read_text(encoding="utf-8").splitlines()
    (deployment,) = read_plan(path).deployments
    assert len(deployment.components) > 5
    for component in deployment.components:
        quoted = json.dumps(component.address)
        assert lines[component.location.line - 1].strip() == f'"address": {quoted},'
    planned = next(n for n, line in enumerate(lines, 1) if '"planned_values"' in line)
    changes = next(n for n, line in enumerate(lines, 1) if '"resource_changes"' in line)
    assert all(planned < component.location.line < changes for component in deployment.components)


def test_a_plan_on_one_line_has_line_one(plan: PlanText) -> None:
    plan.planned("aws_vpc.v")
    result = read_plan(Path("p.json"), text=json.dumps(plan.plan))
    assert [c.location.line for c in result.deployments[0].components] == [1]


# -- what is a plan --------------------------------------------------------------------------------


def test_every_stored_plan_looks_like_one_and_is_read() -> None:
    paths = sorted(FIXTURES.glob("*/*/tfplan.json"))
    assert len(paths) > 20
    for path in paths:
        assert looks_like_plan(path.read_text(encoding="utf-8")), path
        result = read_plan(path)
        assert result.problems == [], path
        assert len(result.deployments) == 1, path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"Resources": {}}',
        '[{"format_version": "1.2", "planned_values": {}}]',
        '{"values": {}, "format_version": "1.0"}',
    ],
)
def test_what_is_no_plan_does_not_look_like_one(text: str) -> None:
    assert not looks_like_plan(text)


# -- what cannot be read ---------------------------------------------------------------------------


def problem(text: str, path: Path = Path("p.json")) -> tuple[str, str, int]:
    result = read_plan(path, text=text)
    assert result.deployments == []
    (found,) = result.problems
    assert found.location.file == str(path)
    return found.message, found.fix, found.location.line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is no JSON"),
        ('{\n"format_version": "1.2",\n"planned_values": }', "it is no JSON"),
        ("[]", "it is no plan: a mapping belongs at the top"),
        ('{"Resources": {}}', "it is JSON, no plan"),
        ('{"format_version": "1.0", "values": {}}', "it is a state, no plan"),
        ('{"version": 4, "lineage": "x", "resources": []}', "it is a state, no plan"),
        ('{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}', "it is the log of"),
        ('{"format_version": "2.0", "planned_values": {}}', "its format_version '2.0' is not one"),
        ('{"format_version": 1, "planned_values": {}}', "its format_version 1 is not one"),
        ('{"format_version": "1.2", "planned_values": null}', "it has no planned_values"),
        ('{"format_version": "1.2", "resource_changes": []}', "it has no planned_values"),
        ('{"planned_values": {}}', "its format_version None is not one"),
        ('{"planned_values": ' + "[" * 100_000, "it is nested too deeply"),
        ('{"planned_values": ' + "9" * 10_000 + "}", "it is no JSON"),
    ],
    ids=range(14),
)
def test_bad_input_is_a_problem(text: str, message: str) -> None:
    assert problem(text)[0].startswith(message)


def test_broken_json_is_shown_at_its_line() -> None:
    assert problem('{\n"format_version": "1.2",\n"planned_values": }')[2] == 3


def test_deep_nesting_that_json_still_takes_ends() -> None:
    deep = "[" * 900 + "]" * 900
    values = f'{{"type": "aws_vpc", "name": "v", "address": "aws_vpc.v", "values": {{"cidr_block": {deep}}}}}'
    text = f'{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [{values}]}}}}}}'
    assert read_plan(Path("p.json"), text=text).problems != []


def test_a_binary_plan_gets_the_command(tmp_path: Path) -> None:
    (tmp_path / "tfplan").write_bytes(b"PK\x03\x04\x00\x00")
    (found,) = read_plan(tmp_path / "tfplan").problems
    assert "binary form" in found.message
    assert "terraform show -json tfplan > tfplan.json" in found.fix


def test_a_plan_that_powershell_wrote_gets_a_hint(tmp_path: Path) -> None:
    (tmp_path / "tfplan.json").write_text("{}", encoding="utf-16")
    (found,) = read_plan(tmp_path / "tfplan.json").problems
    assert "UTF-16" in found.message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    result = read_plan(tmp_path / "none.json")
    assert len(result.problems) == 1
    assert result.deployments == []


def test_the_plan_of_a_failed_run_is_judged_and_reported(plan: PlanText) -> None:
    plan.plan["errored"] = True
    plan.planned("aws_vpc.v")
    result = plan.read()
    assert "run that failed" in result.problems[0].message
    assert len(result.deployments[0].components) == 1


def test_a_change_that_is_not_planned_is_a_problem(plan: PlanText) -> None:
    for number in range(5):
        change = block(f"aws_vpc.v{number}") | {"change": {"actions": ["create"], "after": {}}}
        plan.plan["resource_changes"].append(change)
    (found,) = plan.read().problems
    assert found.message.startswith(
        "`aws_vpc.v0`, `aws_vpc.v1`, `aws_vpc.v2` and 2 more is among its changes"
    )


@pytest.mark.parametrize("actions", [["delete"], ["forget"]])
def test_what_goes_is_not_missed(plan: PlanText, actions: list[str]) -> None:
    gone = block("aws_vpc.v") | {"change": {"actions": actions, "before": {}, "after": None}}
    plan.plan["resource_changes"].append(gone)
    assert plan.read().problems == []


def test_a_plan_that_destroys_everything_is_an_empty_deployment(plan: PlanText) -> None:
    plan.plan["planned_values"] = {}
    assert plan.deployment().components == ()


def test_half_a_character_can_be_printed(plan: PlanText) -> None:
    plan.planned("aws_vpc.v", index="\ud800")
    (deployment,) = plan.read().deployments
    assert [vpc.address.encode("utf-8") for vpc in deployment.each(Vpc)]


def test_a_module_that_is_called_module(plan: PlanText) -> None:
    plan.configure("aws_subnet.s", "module.module")
    plan.planned("aws_subnet.s", module='module.module[0].module.module["x"]')
    written = refs("aws_subnet.s.id")
    plan.configure("aws_nat_gateway.n", "module.module", expressions={"subnet_id": written})
    unknown = {"id": True, "subnet_id": True}
    plan.planned("aws_nat_gateway.n", unknown=unknown, module='module.module[0].module.module["x"]')
    deployment = plan.deployment()
    gateway = only(deployment, NatGateway)
    assert deployment.find(Subnet, gateway.subnet) is only(deployment, Subnet)


def _spoiled(tree: Any) -> Any:
    """Yield every variant of a JSON tree in which one part has a wrong type."""
    yield from (None, 7, "x", [], {}, [7], {"x": [None]})
    if isinstance(tree, Mapping):
        for name, inner in tree.items():
            for variant in _spoiled(inner):
                yield {**tree, name: variant}
    elif isinstance(tree, list):
        for index, inner in enumerate(tree):
            for variant in _spoiled(inner):
                yield [*tree[:index], variant, *tree[index + 1 :]]


def test_a_wrong_type_anywhere_is_no_traceback(plan: PlanText) -> None:
    network_module(plan, 'module.network["x"]')
    references = ['module.network["x"].first', 'module.network["x"]', "module.network"]
    plan.configure("aws_sagemaker_domain.d", expressions={"subnet_ids": {"references": references}})
    plan.planned(
        "aws_sagemaker_domain.d",
        {"vpc_id": "vpc-0a1b2c3d", "default_user_settings": [{"security_groups": ["sg-1"]}]},
        {"id": True, "subnet_ids": True},
        actions=("delete", "create"),
        before={"subnet_ids": ["subnet-1"]},
        replace_paths=[["subnet_ids"]],
    )
    tried = 0
    for variant in _spoiled(plan.plan):
        result = read_plan(Path("p.json"), text=json.dumps(variant))
        assert result.deployments or result.problems
        tried += 1
    assert tried > 500


def test_a_large_plan_is_read_in_time(plan: PlanText) -> None:
    plan.configure("aws_vpc.v")
    plan.planned("aws_vpc.v")
    plan.configure("aws_subnet.s", expressions={"vpc_id": refs("aws_vpc.v.id")})
    for index in range(3000):
        plan.planned("aws_subnet.s", unknown={"id": True, "vpc_id": True}, index=index)
    text = json.dumps(plan.plan)
    started = time.monotonic()
    (deployment,) = read_plan(Path("p.json"), text=text).deployments
    assert time.monotonic() - started < 10
    assert {subnet.vpc for subnet in deployment.each(Subnet)} == {token("aws_vpc.v")}
