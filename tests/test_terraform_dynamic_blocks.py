"""Dynamic blocks in HCL: no item of one gets lost, wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from sagemaker_netlint.network.topology import SecurityGroup, SecurityGroupRule
from sagemaker_netlint.readers.terraform.reader import read_roots

DYNAMIC = """
  dynamic "ingress" {
    for_each = ["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"]
    content {
      from_port   = 443
      to_port     = 443
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
"""
PLAIN = """
  timeouts {
    create = "5m"
  }
"""


def sources(folder: Path, body: str) -> set[str]:
    (folder / "main.tf").write_text(f'resource "aws_security_group" "g" {{\n{body}\n}}\n')
    (deployment,) = read_roots([folder]).deployments
    (group,) = deployment.each(SecurityGroup)
    found: set[str] = set()
    for rule in deployment.ingress_of(group):
        assert isinstance(rule, SecurityGroupRule)
        assert isinstance(rule.sources, tuple)
        found.update(map(str, rule.sources))
    return found


@pytest.mark.parametrize(
    "body",
    [
        DYNAMIC,
        DYNAMIC + PLAIN,
        PLAIN + DYNAMIC,
        DYNAMIC + PLAIN + PLAIN,
        DYNAMIC.replace("[", "toset([", 1).replace("]", "])", 1) + PLAIN,  # a set has an order of its own
    ],
    ids=["alone", "before a block", "after a block", "before two blocks", "over a set"],
)
def test_every_item_is_there(tmp_path: Path, body: str) -> None:
    assert sources(tmp_path, body) == {"10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"}


def test_the_items_of_a_variable_that_is_a_set_are_all_there(tmp_path: Path) -> None:
    default = '["9.9.0.0/16", "0.0.0.0/0", "9.9.0.0/16"]'
    ranges = f'variable "ranges" {{\n  type    = set(string)\n  default = {default}\n}}\n'
    (tmp_path / "variables.tf").write_text(ranges, encoding="utf-8")
    body = DYNAMIC.replace('["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"]', "var.ranges") + PLAIN
    assert sources(tmp_path, body) == {"9.9.0.0/16", "0.0.0.0/0"}


def test_plain_blocks_of_the_same_name_stay_beside_them(tmp_path: Path) -> None:
    body = DYNAMIC + '  ingress {\n    protocol    = "tcp"\n    cidr_blocks = ["172.16.0.0/12"]\n  }\n'
    assert sources(tmp_path, body) == {"10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0", "172.16.0.0/12"}
