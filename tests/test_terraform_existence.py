"""A resource that may not exist is judged, and its findings say on what it depends."""

from __future__ import annotations

from pathlib import Path

import pytest

from sagemaker_netlint.engine import judge
from sagemaker_netlint.policy import Policy, RuleSetting
from sagemaker_netlint.readers.terraform.reader import read_roots
from sagemaker_netlint.rules.catalogue import ALL_RULES

NOTEBOOK = 'resource "aws_sagemaker_notebook_instance" "n" {{\n{}  name = "x"\n}}\n'
POLICY = Policy("test", {"SMN202": RuleSetting()})


def _when(folder: Path) -> list[str]:
    result = read_roots([folder])
    assert not result.problems
    return [finding.when for finding in judge(result.deployments, POLICY, ALL_RULES).findings]


@pytest.mark.parametrize(
    ("line", "when"),
    [
        pytest.param("", [""], id="no count"),
        pytest.param("  count = 2\n", ["", ""], id="a known count"),
        pytest.param(
            "  count = length(setproduct([1], [2]))\n", [""], id="a count that only tfparse evaluates"
        ),
        pytest.param("  count = var.known ? 1 : 0\n", [""], id="a known condition"),
        pytest.param("  count = var.known ? 0 : 1\n", [], id="a known condition that is false"),
        pytest.param('  for_each = toset(["a", "b"])\n', ["", ""], id="a known set"),
        pytest.param(
            "  count = var.open ? 0 : 1 + 1\n",
            ["`var.open ? 0 : 1 + 1` is not 0"] * 2,
            id="an open count of two",
        ),
        pytest.param("  count = var.open ? 1 : 0\n", ["`var.open ? 1 : 0` is not 0"], id="an open count"),
        pytest.param("  for_each = var.names\n", ["`var.names` is not empty"], id="an open set"),
    ],
)
def test_a_finding_says_on_what_the_resource_depends(tmp_path: Path, line: str, when: list[str]) -> None:
    variables = (
        'variable "open" {\n  type = bool\n}\nvariable "names" {\n  type = set(string)\n}\n'
        'variable "known" {\n  default = true\n}\n'
    )
    (tmp_path / "main.tf").write_text(variables + NOTEBOOK.format(line), encoding="utf-8")
    assert _when(tmp_path) == when


def test_the_count_of_a_module_is_a_condition_too(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "main.tf").write_text(NOTEBOOK.format("  count = var.inner\n"), encoding="utf-8")
    (tmp_path / "inner" / "variables.tf").write_text('variable "inner" {}\n', encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        'variable "on" {\n  type = bool\n}\nvariable "n" {\n  type = number\n}\n'
        'module "m" {\n  count  = var.on ? 1 : 0\n  source = "./inner"\n  inner  = var.n\n}\n',
        encoding="utf-8",
    )
    assert _when(tmp_path) == ["`var.inner` is not 0, `var.on ? 1 : 0` is not 0"]


LOOKUPS = """\
data "aws_subnets" "all" {
  filter {
    name   = "vpc-id"
    values = ["vpc-0a"]
  }
}
data "aws_subnet" "each" {
  for_each = toset(data.aws_subnets.all.ids)
  id       = each.value
}
data "aws_subnet" "counted" {
  count = length(data.aws_subnets.all.ids)
  id    = tolist(data.aws_subnets.all.ids)[count.index]
}
locals {
  lookups = data.aws_subnet.each
}
"""


@pytest.mark.parametrize(
    "collection",
    [
        "data.aws_subnet.each",
        "local.lookups",
        "merge(data.aws_subnet.each, {})",
        "toset(keys(data.aws_subnet.each))",
        "toset(values(data.aws_subnet.each)[*].id)",
        "toset(data.aws_subnet.counted[*].id)",
        "toset([for subnet in data.aws_subnet.each : subnet.id])",
        "{ for key, s in data.aws_subnet.each : s.vpc_id => key }",
    ],
)
def test_a_resource_for_each_lookup_is_there_once_with_its_condition(tmp_path: Path, collection: str) -> None:
    text = LOOKUPS + NOTEBOOK.format(f"  for_each = {collection}\n")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    result = read_roots([tmp_path])
    (found,) = judge(result.deployments, POLICY, ALL_RULES).findings
    assert found.subject == "aws_sagemaker_notebook_instance.n", "not one for each attribute of a lookup"
    assert found.when == f"`{collection}` is not empty"
