"""`data.aws_iam_policy_document` is rendered as the provider does: a stored plan of the same root tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.topology import VpcEndpoint
from sagemaker_netlint.network.values import Unknown
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
        '"dynamic"]',
        '"merged"]',
        '"plain"]',
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
