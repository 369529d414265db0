"""`doctor`: the real doors are tried out, and whatever is broken is a line and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.cli import doctor_doors, doctor_versions
from sagemaker_netlint.cli.doctor_places import place_probes
from sagemaker_netlint.cli.doctor_versions import version_probes
from sagemaker_netlint.cli.probe import Answer, Probe, Status

BIN = Path(sys.executable).parent
COMMAND = str(BIN / "sagemaker-netlint")
DOORS = {"door: ours", "door: checkov", "door: cfn-lint"}
HOOKS = """\
repos:
  - repo: https://github.com/sagemaker-netlint/sagemaker-netlint
    rev: v0.1.0
    hooks:
      - id: sagemaker-netlint
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)
    subprocess.run(["git", "init", "-q", "."], check=True)
    return tmp_path


def run(*arguments: str, path: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join([*([str(path)] if path else []), str(BIN), os.environ["PATH"]])
    done = subprocess.run(
        [COMMAND, "doctor", *arguments],
        env={**os.environ, "PATH": search, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def seen(*arguments: str, path: Path | None = None, **environment: str) -> dict[str, Any]:
    done = run(*arguments, "--format", "json", path=path, **environment)
    told = json.loads(done.stdout)
    failed = any(check["status"] == "fail" for check in told["checks"])
    assert (told["ok"], done.returncode) == (not failed, int(failed))
    return {check["name"]: check for check in told["checks"]}


def fake(folder: Path, name: str, script: str) -> Path:
    """Put a program before the real one on the PATH."""
    if os.name == "nt":
        pytest.skip("NOT TESTED: the program is a shell script")
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_real_doors_see_the_rules() -> None:
    done = run()
    assert done.returncode == 0, done.stdout
    fine = [line for line in done.stdout.splitlines() if line.startswith("ok ")]
    assert {door for door in DOORS if any(door in line for line in fine)} == DOORS
    assert "finds CKV_SMN_201 in template.yaml and main.tf" in done.stdout
    assert "finds ESMN201 in template.yaml" in done.stdout
    assert "sagemaker-netlint check finds SMN201 in template.yaml and main.tf" in done.stdout
    assert "no failures, " in done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_a_broken_host_is_a_failure_with_what_to_type(here: Path) -> None:
    path = fake(here / "bin", "checkov", "echo 'ModuleNotFoundError: no aiohttp' >&2; exit 1")
    fake(path, "cfn-lint", "sleep 60")
    checks = seen("--timeout", "5", path=path)
    assert checks["door: checkov"]["status"] == "fail"
    assert "does not find CKV_SMN_201" in checks["door: checkov"]["text"]
    assert "no aiohttp" in checks["door: checkov"]["text"]
    assert checks["door: checkov"]["fix"] == (
        f"put {BIN} first on the PATH, or install sagemaker-netlint beside {path / 'checkov'}"
    )
    assert checks["door: cfn-lint"]["text"].endswith("has not ended after 5 seconds")


@pytest.mark.slow
def test_a_checkov_that_passes_over_the_pack_is_found_out(here: Path) -> None:
    """Checkov ends with 0 where it could not load external checks: the exit code alone says nothing."""
    path = fake(here / "bin", "checkov", 'echo \'{"passed": 0, "failed": 0}\'; exit 0')
    checks = seen(path=path)
    assert checks["door: checkov"]["status"] == "fail"
    assert "in template.yaml and main.tf" in checks["door: checkov"]["text"]
    assert checks["door: cfn-lint"]["status"] == "ok"


def judged(*records: dict[str, Any], program: str = "checkov") -> Answer:
    done = subprocess.CompletedProcess([], 0, json.dumps({"results": {"failed_checks": list(records)}}), "")
    return doctor_doors.judged(done, program, "CKV_SMN_201", ["main.tf"])


def test_a_check_that_fails_because_nothing_was_read_is_not_taken_for_a_finding() -> None:
    """The pack fails closed: Checkov of an environment without our dependencies still says FAILED."""
    record = {"check_id": "CKV_SMN_201", "file_path": "/main.tf"}
    unread = {"check_result": {"details": ["not read:", "tfparse cannot be loaded"]}}
    status, text, _ = judged(record | unread)
    assert (status, text.rpartition(": ")[2]) == (Status.FAIL, "tfparse cannot be loaded")
    found = {"check_result": {"details": ["DirectInternetAccess is `Enabled`, not `Disabled`"]}}
    assert judged(record | found)[0] is Status.OK
    assert judged(record | found | {"file_path": "/other.tf"})[0] is Status.FAIL
    assert judged(record | found | {"check_id": "CKV_AWS_122"})[0] is Status.FAIL
    _, _, fix = judged(program=str(BIN / "checkov"))
    assert fix.endswith("pip install --upgrade sagemaker-netlint checkov")


def test_quick_tries_no_door(here: Path) -> None:
    path = fake(here / "bin", "checkov", "sleep 60")
    checks = seen("--quick", path=path)
    assert not DOORS & set(checks)
    assert {"python", "netlint", "checkov", "cfn-lint", "policy", "pre-commit", "inventory"} <= set(checks)


def look(probes: Any, name: str) -> Answer:
    found: Probe = next(probe for probe in probes if probe.name == name)
    return found.look()


@pytest.mark.parametrize(
    ("version", "status", "text"),
    [
        ("1.36.9", Status.FAIL, "1.36.9 is older than 1.37.0, the oldest that works"),
        ("1.37.0", Status.OK, "1.37.0"),
        ("2.0", Status.OK, "2.0"),
        (None, Status.FAIL, "is not installed beside sagemaker-netlint"),
    ],
)
def test_a_host_that_is_old_or_missing_fails(
    monkeypatch: pytest.MonkeyPatch, version: str | None, status: Status, text: str
) -> None:
    def told(name: str) -> str:
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(metadata, "version", told)
    monkeypatch.setattr(metadata, "requires", lambda _: ["click>=8.1", "cfn-lint>=1.37.0"])
    answer = look(version_probes(), "cfn-lint")
    assert answer[:2] == (status, text)
    assert answer[2].endswith("'cfn-lint>=1.37.0'") is (status is Status.FAIL)


def test_an_extra_that_is_not_there_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_versions, "find_spec", lambda _: None)
    status, text, fix = look(version_probes(), "extra chart")
    assert (status, text) == (Status.OK, "is not installed; only `--chart` needs it")
    assert fix.endswith("pip install 'sagemaker-netlint[chart]'")


def test_programs_that_are_not_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert look(version_probes(), "git")[0] is Status.WARNING
    assert look(version_probes(), "terraform")[0] is Status.OK


def test_a_policy_that_is_not_valid_fails_with_its_line(here: Path) -> None:
    (here / ".sagemaker-netlint.yaml").write_text("extends: vpc-only\nsubnets: {longest_prefx: 26}\n")
    done = run("--quick")
    assert done.returncode == 1
    assert ".sagemaker-netlint.yaml:2: subnets.longest_prefx: unknown key" in done.stdout
    assert "-> mend the line that is named" in done.stdout
    assert "1 failure, " in done.stdout


def test_the_policy_tells_how_it_was_found(here: Path) -> None:
    (here / "team").mkdir()
    (here / "team" / ".sagemaker-netlint.yaml").write_text("inventory: [subnets.json]\n")
    assert "there is no file" in look(place_probes(here / "team"), "policy")[1]
    assert look(place_probes(here / "team"), "inventory")[0] is Status.WARNING
    assert "vpc-only (the default, as there is no policy file)" in look(place_probes(here), "policy")[1]
    checks = seen("--quick", SAGEMAKER_NETLINT_POLICY="regulated")
    assert "regulated (named by SAGEMAKER_NETLINT_POLICY)" in checks["policy"]["text"]


def test_inventory_files_are_counted(here: Path) -> None:
    (here / "subnets.json").write_text('{"Subnets": []}')
    (here / ".sagemaker-netlint.yaml").write_text("inventory: [subnets.json]\n")
    assert look(place_probes(here), "inventory")[:2] == (Status.OK, "1 read: subnets.json")


@pytest.mark.parametrize(
    ("config", "status", "text"),
    [
        (None, Status.OK, "there is no .pre-commit-config.yaml"),
        ("repos: []\n", Status.WARNING, "names no hook of ours"),
        (HOOKS, Status.WARNING, "names sagemaker-netlint, and git doesn't call pre-commit"),
        ("repos: [1, {hooks: 2}, {hooks: [3]}]\n", Status.WARNING, "names no hook of ours"),
        ("a: [\n", Status.WARNING, "can't be read"),
        ("\x00", Status.WARNING, "can't be read"),
        ("just text\n", Status.WARNING, "names no hook of ours"),
    ],
)
def test_the_hook_is_looked_for_in_whatever_is_written(
    here: Path, config: str | None, status: Status, text: str
) -> None:
    if config is not None:
        (here / ".pre-commit-config.yaml").write_text(config)
    answer = look(place_probes(here), "pre-commit")
    assert answer[0] is status
    assert text in answer[1]


def test_a_hook_that_git_calls_is_ok_from_a_folder_below(here: Path) -> None:
    (here / ".pre-commit-config.yaml").write_text(HOOKS)
    (here / ".git" / "hooks" / "pre-commit").write_text("#!/bin/sh\n")
    (here / "infra").mkdir()
    status, text, _ = look(place_probes(here / "infra"), "pre-commit")
    assert (status, text) == (Status.OK, ".pre-commit-config.yaml names sagemaker-netlint; git calls it")
