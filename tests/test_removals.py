"""Plans of what exists already: the provider's own lists show what is there before the plan, not after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.identities import Principal
from sagemaker_netlint.network.topology import (
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.plan import read_plan

Values = dict[str, Any]
NONE: Values = {"cidr_blocks": [], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": []}
HTTPS: Values = {"protocol": "tcp", "from_port": 443, "to_port": 443, "description": ""}
RULE: Values = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "security_group_id": "sg-0a"}


def _inline(**sources: Any) -> Values:
    """Return a rule as the provider shows it in a group: one for all sources of the same ports."""
    return {**NONE, **HTTPS, "self": False, **sources}


def _resource(address: str, values: Values) -> Values:
    kind, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}


def _read(owner: str, values: Values, *parts: tuple[str, str, Values, Values | None]) -> Deployment:
    """Read a plan that keeps an owner, and does something with parts: address, action, before and after."""
    kept = _resource(owner, values)
    planned = [kept] + [_resource(address, after) for address, _, _, after in parts if after is not None]
    unchanged = {"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}}
    changes = [{**kept, "change": unchanged}] + [
        {**_resource(address, {}), "change": {"actions": action.split(), "before": before, "after": after}}
        for address, action, before, after in parts
    ]
    configured = [
        {**_resource(address, {}), "expressions": {}} for address in (owner, *(part[0] for part in parts))
    ]
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }
    result = read_plan(Path("tfplan.json"), text=json.dumps(plan))
    assert not result.problems
    return result.deployments[0]


def _only(deployment: Deployment, kind: type[Declared]) -> Any:
    (found,) = deployment.each(kind)
    return found


def _sources(deployment: Deployment) -> list[str]:
    """Return what the rules of the group admit."""
    rules = deployment.ingress_of(_only(deployment, SecurityGroup))
    assert all(isinstance(rule, SecurityGroupRule) for rule in rules)
    known = [rule for rule in rules if isinstance(rule, SecurityGroupRule)]
    found = [str(each) for rule in known for each in (*(rule.sources or ()), *(rule.peers or ()))]
    return sorted(found + ["self" for rule in known if rule.self_reference is True])


GROUP = {
    "id": "sg-0a",
    "name": "own",
    "vpc_id": "vpc-0a",
    "ingress": [
        _inline(cidr_blocks=["0.0.0.0/0", "10.0.0.0/16"], security_groups=["111122223333/sg-0b"], self=True)
    ],
}
KIND = "aws_vpc_security_group_ingress_rule.x"


@pytest.mark.parametrize(
    ("address", "before", "left"),
    [
        (KIND, {**RULE, "cidr_ipv4": "0.0.0.0/0"}, ["10.0.0.0/16", "111122223333/sg-0b", "self"]),
        (
            KIND,
            {**RULE, "referenced_security_group_id": "sg-0b"},
            ["0.0.0.0/0", "10.0.0.0/16", "self"],
        ),
        (
            KIND,
            {**RULE, "referenced_security_group_id": "sg-0a"},
            ["0.0.0.0/0", "10.0.0.0/16", "111122223333/sg-0b"],
        ),
        (
            "aws_security_group_rule.x",
            {
                **HTTPS,
                "type": "ingress",
                "security_group_id": "sg-0a",
                "cidr_blocks": ["0.0.0.0/0", "10.0.0.0/16"],
                "source_security_group_id": None,
            },
            ["111122223333/sg-0b", "self"],
        ),
    ],
    ids=["a block", "a group", "itself", "several at once"],
)
def test_a_rule_that_the_plan_deletes_is_no_rule_of_the_group(
    address: str, before: Values, left: list[str]
) -> None:
    everything = ["0.0.0.0/0", "10.0.0.0/16", "111122223333/sg-0b", "self"]
    assert _sources(_read("aws_security_group.own", GROUP)) == everything
    assert _sources(_read("aws_security_group.own", GROUP, (address, "delete", before, None))) == left


@pytest.mark.parametrize(
    "change",
    [{"to_port": 444}, {"ip_protocol": "udp"}, {"cidr_ipv4": "0.0.0.0/1"}, {"security_group_id": "sg-0b"}],
)
def test_a_rule_of_another_kind_takes_nothing_away(change: Values) -> None:
    before = {**RULE, "cidr_ipv4": "0.0.0.0/0", **change}
    assert "0.0.0.0/0" in _sources(_read("aws_security_group.own", GROUP, (KIND, "delete", before, None)))


def test_a_rule_for_the_other_direction_takes_nothing_away() -> None:
    before = {**RULE, "cidr_ipv4": "0.0.0.0/0"}
    part = ("aws_vpc_security_group_egress_rule.x", "delete", before, None)
    assert "0.0.0.0/0" in _sources(_read("aws_security_group.own", GROUP, part))


@pytest.mark.parametrize("action", ["update", "delete create", "create delete"])
def test_a_rule_that_changes_is_as_it_will_be(action: str) -> None:
    before, after = {**RULE, "cidr_ipv4": "0.0.0.0/0"}, {**RULE, "cidr_ipv4": "10.1.0.0/16"}
    found = _sources(_read("aws_security_group.own", GROUP, (KIND, action, before, after)))
    assert found == ["10.0.0.0/16", "10.1.0.0/16", "111122223333/sg-0b", "self"]


def test_a_rule_of_which_tags_change_stays() -> None:
    before = {**RULE, "cidr_ipv4": "0.0.0.0/0", "tags": None}
    part = (KIND, "update", before, {**before, "tags": {"a": "b"}})
    assert "0.0.0.0/0" in _sources(_read("aws_security_group.own", GROUP, part))


def test_a_rule_that_is_only_forgotten_stays() -> None:
    before = {**RULE, "cidr_ipv4": "0.0.0.0/0"}
    assert "0.0.0.0/0" in _sources(_read("aws_security_group.own", GROUP, (KIND, "forget", before, None)))


def test_all_traffic_is_told_without_ports_or_with_any() -> None:
    shown = {**NONE, "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
    group = {**GROUP, "ingress": [shown]}
    before = {"ip_protocol": "-1", "security_group_id": "sg-0a", "cidr_ipv4": "0.0.0.0/0"}
    assert not _sources(_read("aws_security_group.own", group, (KIND, "delete", before, None)))


def test_a_route_that_the_plan_deletes_is_no_route_of_the_table() -> None:
    to_nat = {"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-0a", "ipv6_cidr_block": ""}
    to_corp = {"cidr_block": "10.0.0.0/8", "transit_gateway_id": "tgw-0a", "ipv6_cidr_block": ""}
    table = {"id": "rtb-0a", "vpc_id": "vpc-0a", "route": [to_nat, to_corp], "propagating_vgws": ["vgw-0a"]}
    before = {
        "route_table_id": "rtb-0a",
        "destination_cidr_block": "0.0.0.0/0",
        "destination_ipv6_cidr_block": "",
        "nat_gateway_id": "nat-0a",
    }
    gone = {"route_table_id": "rtb-0a", "vpn_gateway_id": "vgw-0a"}
    deployment = _read(
        "aws_route_table.private",
        table,
        ("aws_route.out", "delete", before, None),
        ("aws_vpn_gateway_route_propagation.x", "delete", gone, None),
    )
    (route,) = deployment.routes_of(_only(deployment, RouteTable))
    assert not isinstance(route, Unknown)
    assert str(route.destination) == "10.0.0.0/8"
    assert _only(deployment, RouteTable).propagating_gateways == ()


def test_an_acl_loses_entries_of_one_direction_and_subnets() -> None:
    item = {"rule_no": 100, "protocol": "-1", "action": "allow", "cidr_block": "0.0.0.0/0"}
    acl = {"id": "acl-0a", "ingress": [item], "egress": [item], "subnet_ids": ["subnet-0a", "subnet-0b"]}
    before = {"network_acl_id": "acl-0a", "rule_number": 100, "egress": True}
    tied = {"network_acl_id": "acl-0a", "subnet_id": "subnet-0a"}
    deployment = _read(
        "aws_network_acl.own",
        acl,
        ("aws_network_acl_rule.x", "delete", before, None),
        ("aws_network_acl_association.x", "delete", tied, None),
    )
    found = _only(deployment, NetworkAcl)
    assert (len(found.inline_ingress), found.inline_egress, found.subnets) == (1, (), ("subnet-0b",))


def test_an_endpoint_loses_what_was_added_to_it() -> None:
    values = {"id": "vpce-0a", "route_table_ids": ["rtb-0a", "rtb-0b"], "policy": "{}"}
    table = {"vpc_endpoint_id": "vpce-0a", "route_table_id": "rtb-0a"}
    policy = {"vpc_endpoint_id": "vpce-0a", "policy": "{}"}
    deployment = _read(
        "aws_vpc_endpoint.s3",
        values,
        ("aws_vpc_endpoint_route_table_association.x", "delete", table, None),
        ("aws_vpc_endpoint_policy.x", "delete", policy, None),
    )
    endpoint = _only(deployment, VpcEndpoint)
    assert endpoint.route_tables == ("rtb-0b",)
    assert isinstance(endpoint.policy, Unknown), "it becomes the one that a new endpoint gets"


def test_an_endpoints_policy_that_changes_is_as_it_will_be() -> None:
    before = {"vpc_endpoint_id": "vpce-0a", "policy": "{}"}
    after = {**before, "policy": '{"Statement": []}'}
    values = {"id": "vpce-0a", "policy": "{}"}
    part = ("aws_vpc_endpoint_policy.x", "update", before, after)
    assert _only(_read("aws_vpc_endpoint.s3", values, part), VpcEndpoint).policy == {"Statement": []}


def test_a_role_loses_policies() -> None:
    role = {
        "id": "studio",
        "name": "studio",
        "inline_policy": [{"name": "guard", "policy": "{}"}, {"name": "work", "policy": "{}"}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"],
    }
    attached = {"role": "studio", "policy_arn": "arn:aws:iam::aws:policy/A"}
    deployment = _read(
        "aws_iam_role.studio",
        role,
        ("aws_iam_role_policy.guard", "delete", {"role": "studio", "name": "guard", "policy": "{}"}, None),
        ("aws_iam_role_policy_attachment.a", "delete", attached, None),
        ("aws_iam_role_policy.other", "delete", {"role": "other", "name": "work", "policy": "{}"}, None),
    )
    principal = _only(deployment, Principal)
    assert [policy.name for policy in principal.inline_policies] == ["work"]
    assert principal.managed_policies == ("arn:aws:iam::aws:policy/B",)


def test_an_endpoint_that_is_there_already_gets_what_is_added_to_it() -> None:
    after = {"vpc_endpoint_id": "vpce-0a", "route_table_id": "rtb-0b"}
    values = {"id": "vpce-0a", "route_table_ids": ["rtb-0a"]}
    added = "aws_vpc_endpoint_route_table_association.x"
    found = _only(_read("aws_vpc_endpoint.s3", values, (added, "create", {}, after)), VpcEndpoint)
    assert found.route_tables == ("rtb-0a", "rtb-0b")
