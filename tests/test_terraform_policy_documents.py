"""`data.aws_iam_policy_document` is rendered as the provider does: a stored plan of the same root tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.parsers import json_document
from sagemaker_netlint.readers.terraform.policy_documents import rendered
from sagemaker_netlint.readers.terraform.reader import read_roots

FOLDER = Path(__file__).parent / "policy_documents"


def _normal(value: Any) -> Any:
    """Return a document in which order and single-item lists make no difference."""
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items() if key != "Sid" or item}
    if isinstance(value, list):
        items = sorted((_normal(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value


@pytest.fixture(scope="module")
def policies() -> dict[str, Any]:
    result = read_roots([FOLDER])
    assert not result.problems
    (deployment,) = result.deployments
    return {endpoint.address: endpoint.policy for endpoint in deployment.each(VpcEndpoint)}


def _planned() -> dict[str, str]:
    plan = json.loads((FOLDER / "tfplan.json").read_text(encoding="utf-8"))
    resources = plan["planned_values"]["root_module"]["resources"]
    return {r["address"]: r["values"]["policy"] for r in resources if r["values"].get("policy")}


def test_the_plan_has_every_document() -> None:
    assert [address.partition("[")[2] for address in sorted(_planned())] == [
        '"conditions"]',
        '"counted"]',
        '"dynamic"]',
        '"each"]',
        '"merged"]',
        '"plain"]',
        '"repeated"]',
    ]


@pytest.mark.parametrize("address", sorted(_planned()))
def test_a_document_is_the_provider_s(policies: dict[str, Any], address: str) -> None:
    assert _normal(policies[address]) == _normal(json.loads(_planned()[address]))


def test_an_unknown_part_is_unknown_in_its_place_and_says_why(policies: dict[str, Any]) -> None:
    (statement,) = policies["aws_vpc_endpoint.unknown"]["Statement"]
    assert statement["Action"] == "s3:*"
    assert isinstance(statement["Resource"], Unknown)
    assert "terraform_data.bucket.output" in statement["Resource"].reason


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", '{"Version": "2012-10-17"}', "null", '{"Statement": {}}']
)
def test_a_source_that_is_no_document_makes_the_whole_unknown(text: str) -> None:
    assert isinstance(rendered({"source_policy_documents": [text]}), Unknown)


# -- what is known beside what is not -----------------------------------------------------------------

GAP = Unknown("variable arn has no default")
ALLOW = {"sid": "Jobs", "actions": ["sagemaker:*"], "resources": ["*"]}


def read(written: dict[str, Any]) -> list[Any]:
    """Return the statements of a rendered document, as a component would have them."""
    document: Any = json_document([rendered(written)])
    return list(document["Statement"])


def test_an_unknown_item_leaves_the_others() -> None:
    (statement,) = read({"statement": [{**ALLOW, "resources": ["arn:aws:s3:::models", GAP]}]})
    known, gap = statement["Resource"]
    assert known == "arn:aws:s3:::models"
    assert isinstance(gap, Unknown)
    assert "variable arn has no default" in gap.reason


@pytest.mark.parametrize("name", ["actions", "not_actions", "resources", "not_resources"])
def test_an_unknown_list_is_unknown_and_written(name: str) -> None:
    (statement,) = read({"statement": [{"effect": "Deny", name: GAP}]})
    assert statement["Effect"] == "Deny"
    assert isinstance(statement["".join(word.title() for word in name.split("_"))[:-1]], Unknown)


def test_a_dynamic_block_that_nobody_can_count_is_one_unknown_statement() -> None:
    first, second = read({"statement": [ALLOW, GAP]})
    assert first["Action"] == "sagemaker:*"
    assert isinstance(second, Unknown)


@pytest.mark.parametrize(
    "condition",
    [[GAP], [{"test": GAP, "variable": "aws:SourceIp", "values": []}], [{"test": "Null", "variable": GAP}]],
)
def test_a_condition_that_is_not_known_is_not_left_out(condition: list[Any]) -> None:
    (statement,) = read({"statement": [{**ALLOW, "condition": condition}]})
    assert isinstance(statement["Condition"], Unknown)


def test_an_unknown_value_of_a_condition() -> None:
    condition = [{"test": "StringEquals", "variable": "aws:SourceVpce", "values": ["vpce-0a", GAP]}]
    (statement,) = read({"statement": [{**ALLOW, "condition": condition}]})
    known, gap = statement["Condition"]["StringEquals"]["aws:SourceVpce"]
    assert known == "vpce-0a"
    assert isinstance(gap, Unknown)


def test_principals_of_a_kind_that_is_not_known() -> None:
    (statement,) = read({"statement": [{**ALLOW, "principals": [{"type": GAP, "identifiers": ["*"]}]}]})
    assert isinstance(statement["Principal"], Unknown)


def test_a_source_with_gaps_is_merged_by_sid() -> None:
    source = rendered({"statement": [{**ALLOW, "resources": [GAP]}, {"sid": "Other", "actions": ["s3:*"]}]})
    jobs, other = read({"source_policy_documents": [source], "statement": [ALLOW]})
    assert jobs["Resource"] == "*"
    assert other["Sid"] == "Other"


def test_a_source_that_is_not_known_stands_beside_the_rest() -> None:
    source, jobs = read({"source_policy_documents": [GAP], "statement": [ALLOW]})
    assert isinstance(source, Unknown)
    assert jobs["Action"] == "sagemaker:*"


def test_an_override_that_is_not_known_may_replace_what_has_a_sid() -> None:
    statements = [ALLOW, {"actions": ["s3:*"], "resources": ["*"]}]
    jobs, rest, override = read({"statement": statements, "override_policy_documents": [GAP]})
    assert isinstance(jobs, Unknown)
    assert rest["Action"] == "s3:*"
    assert isinstance(override, Unknown)


def test_an_override_with_gaps_replaces_its_namesake_alone() -> None:
    override = rendered({"statement": [{**ALLOW, "effect": "Deny", "resources": [GAP]}]})
    statements = [ALLOW, {"sid": "Other", "actions": ["s3:*"]}]
    jobs, other = read({"statement": statements, "override_policy_documents": [override]})
    assert jobs["Effect"] == "Deny"
    assert other["Sid"] == "Other"


def test_a_variable_of_iam_s_is_no_gap() -> None:
    resources = ["arn:aws:s3:::home/&{aws:username}", GAP]
    (statement,) = read({"statement": [{**ALLOW, "resources": resources}]})
    assert statement["Resource"][0] == "arn:aws:s3:::home/${aws:username}"


def test_what_the_provider_refuses_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("""
data "aws_iam_policy_document" "wrong" {
  statement {
    principals {
      type = "AWS"
    }
  }
}

resource "aws_vpc_endpoint" "this" {
  policy = data.aws_iam_policy_document.wrong.json
}
""")
    (deployment,) = read_roots([tmp_path]).deployments
    (endpoint,) = deployment.each(VpcEndpoint)
    assert isinstance(endpoint.policy, Unknown)
    assert endpoint.policy.reason == "the policy document has arguments that the provider refuses"
