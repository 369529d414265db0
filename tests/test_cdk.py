"""A CDK app, synthesised for real and offline: what CDK writes is read as it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

APP = Path(__file__).parent / "cdk_app"


@pytest.fixture(scope="module")
def cloud_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesise the app and return its `cdk.out`."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("NOT TESTED: CDK output, since node and npm are not installed")
    app = tmp_path_factory.mktemp("cdk") / "app"
    shutil.copytree(APP, app, ignore=shutil.ignore_patterns("node_modules"))
    install = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"]
    installed = subprocess.run(install, cwd=app, capture_output=True, text=True, timeout=300, check=False)
    if installed.returncode != 0:
        error = installed.stderr[-300:]
        pytest.skip(f"NOT TESTED: CDK output, since npm cannot install aws-cdk-lib: {error}")
    out = app.parent / "cdk.out"
    subprocess.run([node, "app.js", str(out)], cwd=app, check=True, capture_output=True, timeout=120)
    return out


@pytest.fixture(scope="module")
def report(cloud_assembly: Path) -> dict[str, Any]:
    """Check the whole folder as a user would."""
    run = subprocess.run(
        ["sagemaker-netlint", "check", str(cloud_assembly), "--format", "json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    parsed: dict[str, Any] = json.loads(run.stdout)
    return parsed


def _pairs(report: dict[str, Any], outcome: str) -> set[tuple[str, str]]:
    return {(f["rule"], f["subject"]) for f in report["findings"] if f["outcome"] == outcome}


def test_the_violations_of_the_app_are_found_and_no_other(report: dict[str, Any]) -> None:
    assert _pairs(report, "violation") == {
        ("SMN101", "FailDomain"),  # the access type is not set
        ("SMN201", "FailNotebook"),
        ("SMN202", "FailNotebook"),
        ("SMN601", "FailIsolatedDomain"),  # in the nested stack: neither endpoints nor NAT
        ("SMN701", "FailIsolatedDomain"),  # ... and so nothing that the domain needs is reachable
    }


def test_what_a_parameter_decides_is_undecided(report: dict[str, Any]) -> None:
    assert ("SMN201", "UnknownNotebook") in _pairs(report, "undecided")
    assert not {pair for pair in _pairs(report, "undecided") if pair[1].startswith(("Pass", "Fail"))}


def test_the_files_beside_the_templates_are_skipped_with_a_reason(report: dict[str, Any]) -> None:
    read = {Path(file).name for file in report["files_read"]}
    assert {name for name in read if name.endswith(".template.json")} == read
    assert len(read) == 3
    skipped = {Path(entry["path"]).name for entry in report["skipped"]}
    assert {"manifest.json", "tree.json"} <= skipped
