"""What a plan takes away of networks that exist already: an inventory was made before, and still has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_netlint.network.deployment import Removals

# What belongs to something else: the argument that names it. Where it goes or changes, the rest is left.
_PARTS: Mapping[str, str] = {
    "aws_route": "route_table_id",
    "aws_route_table_association": "subnet_id",
    "aws_security_group_rule": "security_group_id",
    "aws_vpc_security_group_ingress_rule": "security_group_id",
    "aws_vpc_security_group_egress_rule": "security_group_id",
    "aws_network_acl_rule": "network_acl_id",
    "aws_vpc_endpoint_subnet_association": "vpc_endpoint_id",
    "aws_vpc_endpoint_security_group_association": "vpc_endpoint_id",
    "aws_vpc_endpoint_route_table_association": "vpc_endpoint_id",
    "aws_vpc_endpoint_policy": "vpc_endpoint_id",
    "aws_vpc_endpoint_private_dns": "vpc_endpoint_id",
}


def removals(plan: Mapping[str, Any]) -> Removals:
    """Return the ids of what the plan deletes or replaces, and of what it takes or changes a part of."""
    gone, changed = set[str](), set[str]()
    for kind, actions, before in _changes(plan):
        owner = before.get(_PARTS.get(kind, ""))
        if isinstance(owner, str):
            changed.add(owner)
        elif "delete" in actions and isinstance(before.get("id"), str):
            gone.add(before["id"])
    return Removals(frozenset(gone), frozenset(changed))


def _changes(plan: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], Mapping[str, Any]]]:
    """Yield type, actions and former values of each resource that is deleted, replaced or updated."""
    listed = plan.get("resource_changes")
    for change in listed if isinstance(listed, list) else ():
        detail = change.get("change") if isinstance(change, dict) else None
        if not isinstance(detail, dict) or change.get("mode") == "data":
            continue
        actions, before = detail.get("actions"), detail.get("before")
        if (
            isinstance(actions, list)
            and isinstance(before, dict)
            and {"delete", "update"} & {*map(str, actions)}
        ):
            yield str(change.get("type")), actions, before
