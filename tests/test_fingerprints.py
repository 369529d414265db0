"""What a fingerprint holds on to, and what it lets go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.fingerprints import fingerprint, from_top
from sagemaker_netlint.network.declared import Location

FINDING = Finding(
    rule_id="SMN604",
    rule_name="endpoint-group-closed",
    outcome=Outcome.VIOLATION,
    severity=Severity.HIGH,
    subject="Endpoint",
    subject_type="AWS::EC2::VPCEndpoint",
    source="vpc.yaml",
    location=Location("vpc.yaml", 40, 44),
    message="`Group` (vpc.yaml:40) admits no TCP 443 from `Studio` (studio.yaml:12)",
)


def test_lines_and_severity_do_not_count() -> None:
    moved = replace(
        FINDING,
        location=Location("vpc.yaml", 50, 54),
        severity=Severity.LOW,
        message="`Group` (infra/vpc.yaml:50) admits no TCP 443 from `Studio` (studio.yaml:15)",
    )
    assert fingerprint(moved) == fingerprint(FINDING)


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, rule_id="SMN605"),
        replace(FINDING, source="other.yaml"),
        replace(FINDING, subject="OtherEndpoint"),
        replace(FINDING, outcome=Outcome.UNDECIDED),
        replace(FINDING, message="`Group` (vpc.yaml:40) admits no TCP 443 from `Jobs` (studio.yaml:12)"),
    ],
)
def test_what_counts(other: Finding) -> None:
    assert fingerprint(other) != fingerprint(FINDING)


def test_the_folder_one_looks_from_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    infra = tmp_path / "infra"
    infra.mkdir()
    monkeypatch.chdir(tmp_path)
    seen = from_top("infra/vpc.yaml")
    monkeypatch.chdir(infra)
    assert from_top("vpc.yaml") == seen == "infra/vpc.yaml"
    assert from_top(str(infra / "vpc.yaml")) == seen


def test_without_a_repository_the_working_folder_is_the_top(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_top("vpc.yaml") == "vpc.yaml"
