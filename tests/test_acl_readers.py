"""What questions of reach ask of the input, as each language writes it: ACLs, default parts, workforces."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.acls import acl_of, passes
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import ANYWHERE, HTTPS, NFS, Traffic
from sagemaker_netlint.network.topology import (
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    SecurityGroup,
    Subnet,
    Vpc,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Workforce
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.mapping import snake_case
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.readers.terraform.reader import read_roots

FOLDER = Path(__file__).with_name("acl_shapes")
READINGS: Mapping[str, ReadResult] = {
    "cloudformation": read_template(FOLDER / "template.template"),
    "terraform": read_roots([FOLDER]),
    "plan": read_plan(FOLDER / "tfplan.json"),
}
TERRAFORM = ("terraform", "plan")


def deployment(language: str) -> Deployment:
    result = READINGS[language]
    assert result.problems == []
    (only,) = result.deployments
    return only


def named(language: str, name: str, kind: type[Declared] = Declared) -> Any:
    """Return the component whose name is like this, whatever the language's spelling."""
    found = [c for c in deployment(language).components if snake_case(c.address.rpartition(".")[2]) == name]
    (component,) = (c for c in found if isinstance(c, kind))
    return component


@pytest.fixture(params=READINGS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def entry(one: NetworkAclEntry) -> tuple[Any, ...]:
    return one.number, one.action, one.protocol, one.cidr or one.ipv6_cidr, one.from_port, one.to_port


def test_entries_and_their_acl(language: str) -> None:
    inbound, outbound, six = (named(language, name) for name in ("inbound", "outbound", "other_version"))
    assert entry(inbound) == (100, "allow", "tcp", ip_network("10.0.0.0/16"), 443, 443)
    assert entry(outbound)[:4] == (110, "deny", "-1", ANYWHERE)
    assert entry(six) == (120, "allow", "udp", ip_network("::/0"), 53, 53)
    assert six.cidr is None
    assert [bool(one.egress) for one in (inbound, outbound, six)] == [False, True, True]
    acl = named(language, "acl")
    assert isinstance(acl, NetworkAcl)
    assert not acl.is_default
    assert set(deployment(language).acl_entries_of(acl)) == {inbound, outbound, six}


def test_an_association(language: str) -> None:
    assert isinstance(named(language, "association"), NetworkAclAssociation)
    assert acl_of(deployment(language), named(language, "subnet_a")) is named(language, "acl")


def test_what_the_acl_lets_through(language: str) -> None:
    subnet = named(language, "subnet_a", Subnet)

    def lets(traffic: Traffic) -> bool | Unknown:
        return passes(deployment(language), subnet, "ingress", traffic, (subnet.cidr,)).exists

    assert lets(HTTPS) is True
    assert lets(NFS) is False


def test_a_workforce(language: str) -> None:
    workforce = named(language, "workforce")
    assert isinstance(workforce, Workforce)
    here = deployment(language)
    assert here.find(Vpc, workforce.vpc) is named(language, "vpc")
    subnets = (named(language, "subnet_a"), named(language, "subnet_b"))
    assert here.find_all(Subnet, workforce.subnets) == subnets
    assert here.find_all(SecurityGroup, workforce.security_groups) == (named(language, "group"),)


def test_who_keeps_the_egress_that_a_new_group_has(language: str) -> None:
    group = named(language, "group")
    assert group.keeps_default_egress is (language == "cloudformation")
    assert len(deployment(language).egress_of(group)) == (1 if language == "cloudformation" else 0)


def test_the_cloud_control_provider_does_as_cloudformation(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("""
resource "awscc_ec2_security_group" "group" {
  group_description = "labelers"
}
""")
    (only,) = read_roots([tmp_path]).deployments
    (group,) = only.each(SecurityGroup)
    assert group.keeps_default_egress


@pytest.mark.parametrize("terraform", TERRAFORM)
def test_entries_and_subnets_inside_of_the_acl(terraform: str) -> None:
    acl = named(terraform, "inline")
    ((first,), (last,)) = acl.inline_ingress, acl.inline_egress
    assert entry(first) == (100, "allow", "tcp", ip_network("10.0.0.0/16"), 443, 443)
    assert entry(last)[:4] == (110, "deny", "-1", ANYWHERE)
    assert acl_of(deployment(terraform), named(terraform, "subnet_b")) is acl


@pytest.mark.parametrize("terraform", TERRAFORM)
def test_what_a_vpc_has_from_the_start(terraform: str) -> None:
    here = deployment(terraform)
    acl = named(terraform, "default", NetworkAcl)
    assert acl.is_default
    assert here.find(Vpc, acl.vpc) is named(terraform, "vpc")
    (only,) = acl.inline_ingress
    assert entry(only)[:4] == (100, "allow", "-1", ANYWHERE)
    assert named(terraform, "default", Vpc).is_default
    assert named(terraform, "default", Subnet).is_default
    assert not named(terraform, "vpc").is_default
    assert not named(terraform, "subnet_a").is_default


ONE = """
Parameters:
  Any: {Type: String}
Resources:
  Entry:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: acl-0a, %s}
"""


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("number", "RuleNumber: !Ref Any"),
        ("action", "RuleAction: !Ref Any"),
        ("protocol", "Protocol: !Ref Any"),
        ("cidr", "CidrBlock: !Ref Any"),
        ("egress", "Egress: !Ref Any"),
        ("from_port", "PortRange: {From: !Ref Any, To: 443}"),
    ],
)
def test_what_is_not_known_of_an_entry(field: str, written: str) -> None:
    (only,) = read_template(Path("t.template"), text=ONE % written).deployments
    (one,) = only.each(NetworkAclEntry)
    assert getattr(one, field) == Unknown("parameter Any has no default", "${Any}")
