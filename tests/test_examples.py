"""What `make demo` shows: each example has its mistakes found, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from page_text import ROOT

BIN = Path(sys.executable).parent

VIOLATIONS = {
    "examples/cloudformation": {
        ("SMN101", "Domain"),
        ("SMN201", "FeatureNotebook"),
        ("SMN301", "ChurnDataQuality"),
        ("SMN301", "ChurnTraining"),
        ("SMN303", "ChurnModelQuality"),
        ("SMN305", "ChurnModelQuality"),
        ("SMN503", "NotebookSubnet"),
        ("SMN602", "SageMakerRuntimeEndpoint"),
        ("SMN801", "NotebookSecurityGroup"),
        ("SMN905", "ExecutionRole"),
    },
    "examples/terraform": {
        ("SMN106", "aws_sagemaker_domain.studio"),
        ("SMN201", 'module.notebook["vision"].aws_sagemaker_notebook_instance.this'),
        ("SMN303", "aws_sagemaker_data_quality_job_definition.churn"),
        ("SMN401", 'aws_sagemaker_model.this["forecast"]'),
        ("SMN601", "aws_sagemaker_domain.studio"),
        ("SMN601", 'module.notebook["forecasting"].aws_sagemaker_notebook_instance.this'),
        ("SMN602", 'module.network.aws_vpc_endpoint.interface["sts"]'),
        ("SMN801", "aws_security_group.notebooks"),
    },
    "examples/plan/tfplan.json": {
        ("SMN101", "aws_sagemaker_domain.studio"),
        ("SMN107", "aws_sagemaker_domain.studio"),
        ("SMN201", "aws_sagemaker_notebook_instance.research[1]"),
        ("SMN202", "aws_sagemaker_notebook_instance.research[1]"),
        ("SMN204", "aws_sagemaker_notebook_instance.research[0]"),
        ("SMN307", "aws_sagemaker_model.churn"),
        ("SMN407", "aws_sagemaker_model.churn"),
        ("SMN503", "aws_subnet.notebooks"),
        ("SMN801", "aws_security_group.studio"),
    },
}
UNDECIDED = {
    "examples/cloudformation": {
        ("SMN202", "LabelingNotebook"),
        ("SMN203", "LabelingNotebook"),
        ("SMN204", "LabelingNotebook"),
        ("SMN208", "LabelingNotebook"),
        ("SMN406", "LabelingNotebook"),
    },
    "examples/terraform": {
        ("SMN202", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN203", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN204", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN208", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN305", "aws_sagemaker_data_quality_job_definition.churn"),
        ("SMN406", "aws_sagemaker_notebook_instance.labeling"),
    },
    "examples/plan/tfplan.json": {
        ("SMN202", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN203", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN204", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN208", "aws_sagemaker_notebook_instance.labeling"),
        ("SMN406", "aws_sagemaker_notebook_instance.labeling"),
    },
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SAGEMAKER_NETLINT_POLICY"}
    environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("example", VIOLATIONS)
def test_an_example_has_exactly_its_mistakes(example: str) -> None:
    done = run("sagemaker-netlint", "check", "--format", "json", example)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["findings"]
    by_outcome = {
        outcome: {(f["rule"], f["subject"]) for f in found if f["outcome"] == outcome}
        for outcome in ("violation", "undecided")
    }
    assert by_outcome == {"violation": VIOLATIONS[example], "undecided": UNDECIDED[example]}


def test_the_demo_shows_all_of_them_and_succeeds() -> None:
    done = run("sh", "examples/demo.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("(exit code 1: there are violations") == len(VIOLATIONS)
    for example in VIOLATIONS.values():
        for rule, subject in example:
            assert rule in done.stdout
            assert f"`{subject}`" in done.stdout


def test_the_demo_fails_where_a_check_does_not_work() -> None:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment["SAGEMAKER_NETLINT_POLICY"] = "no-such-policy.yaml"
    done = subprocess.run(
        ("sh", "examples/demo.sh"), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "(exit code 2: the check itself did not work)" in done.stdout
