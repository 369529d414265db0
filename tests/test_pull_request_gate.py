"""The gate in GitHub, GitLab and elsewhere: valid files, steps that are run as the runner runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from action_runner import ActionRun, Runner

from page_text import ROOT

pytestmark = pytest.mark.slow

ACTION = ROOT / "action.yml"
TEMPLATE = ROOT / "ci" / "gitlab" / "sagemaker-netlint.gitlab-ci.yml"
PAGES = (ROOT / "docs" / "pull-request-gate.md", ROOT / "docs" / "reports.md")
BIN = Path(sys.executable).parent
COMMAND = str(BIN / "sagemaker-netlint")
BAD = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      DirectInternetAccess: Enabled
      SubnetId: subnet-0123456789abcdef0
      SecurityGroupIds: [sg-0123456789abcdef0]
"""
GOOD = BAD.replace("Enabled", "Disabled")
IGNORED = BAD.replace("    Properties", "    # sagemaker-netlint: ignore[SMN201] a sandbox\n    Properties")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a checkout with a bad template in `infra` and a good one in `good stacks`."""
    folder = tmp_path / "work space"
    for name, text in (("infra/bad.yaml", BAD), ("good stacks/good.yaml", GOOD), ("ignored/i.yaml", IGNORED)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / ".git").mkdir()
    (tmp_path / "temp").mkdir()
    return folder


def gate(workspace: Path, **inputs: str) -> ActionRun:
    """Run the action with the command of this environment."""
    runner = Runner(workspace, workspace.parent / "temp", {"SAGEMAKER_NETLINT_POLICY": ""})
    given = {"command": COMMAND, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    return runner.run(ACTION, given)


def check_schema(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


# -- the files are valid ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", [ACTION]),
        ("vendor.github-workflows", sorted((ROOT / ".github" / "workflows").glob("*.yml"))),
        ("vendor.gitlab-ci", [TEMPLATE]),
    ],
)
def test_the_files_of_the_gate_are_valid(schema: str, files: list[Path]) -> None:
    result = check_schema(schema, *files)
    assert result.returncode == 0, result.stdout + result.stderr


def snippets(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_workflow_of_the_page_is_valid_and_names_only_what_the_action_has(tmp_path: Path) -> None:
    workflow, include = snippets(PAGES[0], "yaml")
    for name, text, schema in (("w.yml", workflow, "github-workflows"), ("g.yml", include, "gitlab-ci")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        result = check_schema(f"vendor.{schema}", tmp_path / name)
        assert result.returncode == 0, result.stdout + result.stderr
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    (step,) = [s for s in yaml.safe_load(workflow)["jobs"]["sagemaker-netlint"]["steps"] if s.get("id")]
    assert step["with"].keys() <= action["inputs"].keys()
    told = "".join(page.read_text(encoding="utf-8") for page in (PAGES[0], ROOT / "README.md"))
    used = set(re.findall(r"steps\.netlint\.outputs\.([\w-]+)", told))
    assert used <= action["outputs"].keys()
    variables = yaml.safe_load(include)["sagemaker-netlint"]["variables"]
    template = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["sagemaker-netlint"]
    assert variables.keys() <= template["variables"].keys()


@pytest.mark.parametrize("file", [ACTION, *sorted((ROOT / ".github" / "workflows").glob("*.yml"))], ids=str)
def test_other_actions_are_pinned_by_their_commit(file: Path) -> None:
    uses = re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8"))
    assert uses
    for name, comment in uses:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}|\./", name)
        assert name == "./" or re.fullmatch(r" # v[\d.]+", comment)


def test_no_input_is_part_of_a_script() -> None:
    """A pull request could then run what it likes: https://docs.github.com/en/actions/concepts/security/script-injections."""
    for step in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


# -- the action, run -------------------------------------------------------------------------------


def test_a_bad_pull_request_fails_with_annotations_summary_outputs_and_sarif(workspace: Path) -> None:
    run = gate(workspace, paths="infra\ngood stacks\n")
    assert run.code == 1
    assert (
        "::error file=infra/bad.yaml,line=5,endLine=5,title=SMN201 notebook-direct-internet (high)::"
        in run.log
    )
    assert run.summary.startswith("## sagemaker-netlint: failed\n")
    assert "SMN201 notebook-direct-internet" in run.summary
    assert run.outputs["violations"] == "1"
    assert run.outputs["outcome"] == "violations"
    assert run.outputs["exit-code"] == "1"
    assert int(run.outputs["undecided"]) > 0
    assert run.outputs["sarif-file"] == "sagemaker-netlint.sarif"
    sarif = json.loads((workspace / "sagemaker-netlint.sarif").read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["SMN201"]
    assert run.used == [], "with a command of one's own nothing is set up"


def test_a_good_one_passes(workspace: Path) -> None:
    run = gate(workspace, paths="good stacks", sarif="", summary="false")
    assert run.code == 0, run.log
    assert (run.outputs["outcome"], run.outputs["exit-code"], run.outputs["violations"]) == (
        "clean",
        "0",
        "0",
    )
    assert (run.outputs["sarif-file"], run.summary) == ("", "")
    assert not list(workspace.glob("*.sarif"))


def test_suppressed_findings_are_counted_and_shown_and_pass(workspace: Path) -> None:
    run = gate(workspace, paths="ignored")
    assert run.code == 0
    assert (run.outputs["suppressed"], run.outputs["violations"]) == ("1", "0")
    assert "a sandbox" in run.summary
    assert "SMN201" not in run.log


@pytest.mark.parametrize(
    ("inputs", "code", "outcome"),
    [
        ({"paths": "infra", "fail_on": "critical"}, 0, "clean"),
        ({"paths": "infra", "policy": "baseline"}, 0, "clean"),
        ({"paths": ".git"}, 4, "nothing-to-check"),
        ({"paths": "nowhere"}, 2, "not-run"),
        ({"paths": "infra", "policy": "no-such-policy"}, 2, "not-run"),
        ({"paths": "infra", "fail_on": "sometimes"}, 2, "not-run"),
        ({"paths": "infra", "baseline": "nowhere.json"}, 2, "not-run"),
        ({"paths": "infra", "command": "no-such-command"}, 127, "not-run"),
        ({"paths": "infra", "command": "true"}, 3, "not-run"),  # ends with 0 and has judged nothing
        ({}, 1, "violations"),
    ],
    ids=str,
)
def test_the_gate_fails_closed(workspace: Path, inputs: Mapping[str, str], code: int, outcome: str) -> None:
    run = gate(workspace, **inputs)
    assert (run.code, run.outputs["exit-code"] if code != 3 else "3") == (code, str(code)), run.log
    assert run.outputs["outcome"] == outcome
    assert ("could not run" in run.summary) == (outcome == "not-run")
    assert run.outputs["violations"] or outcome == "not-run"


def test_nothing_to_check_passes_where_that_is_allowed(workspace: Path) -> None:
    assert gate(workspace, paths=".git", allow_nothing="true").code == 0


def test_an_unreadable_template_fails(workspace: Path) -> None:
    (workspace / "infra" / "bad.yaml").write_text("Resources: [\n", encoding="utf-8")
    run = gate(workspace, paths="infra", sarif="reports/all of it.sarif")
    assert run.code == 1
    assert "SMN001" in run.log
    assert "SMN001" in (workspace / run.outputs["sarif-file"]).read_text(encoding="utf-8")
    assert "SMN001" in run.summary


def test_a_plan_alone_is_checked_or_beside_paths(workspace: Path) -> None:
    plan = ROOT / "fixtures" / "smn201-notebook-direct-internet" / "basic" / "tfplan.json"
    shutil.copy(plan, workspace / "plan.json")
    alone = gate(workspace, plan_file="plan.json")
    assert "infra/bad.yaml" not in alone.log
    assert "plan.json" in alone.log
    both = gate(workspace, plan_file="plan.json", paths="infra")
    assert "infra/bad.yaml" in both.log
    assert "plan.json" in both.log


@pytest.mark.parametrize(
    "name", ["paths", "policy", "fail_on", "sarif", "plan_file", "parameters", "var_files", "baseline"]
)
def test_no_input_runs_anything_or_makes_outputs_of_its_own(workspace: Path, name: str) -> None:
    hostile = '$(touch injected)`touch injected`"; touch injected; #\nviolations=0'
    run = gate(workspace, **{"paths": "infra", name: hostile})
    assert run.code != 0
    assert not list(workspace.rglob("injected"))
    assert run.outputs["violations"] in {"", "1"}


def test_a_path_that_looks_like_an_option_is_a_path(workspace: Path) -> None:
    run = gate(workspace, paths="--allow-nothing")
    assert run.code == 2
    assert "'--allow-nothing' does not exist" in run.log


def test_without_a_command_python_is_set_up_and_the_action_installs_itself(workspace: Path) -> None:
    """Its own code or a release, into an environment of its own: `python3` and `pip` are looked on."""
    fake = workspace.parent / "fake"
    fake.mkdir()
    (fake / "python3").write_text(FAKE_PYTHON, encoding="utf-8")
    (fake / "python3").chmod(0o755)
    path = {
        "PATH": f"{fake}{os.pathsep}{os.environ['PATH']}",
        "REAL": sys.executable,
        "COMMAND_HERE": COMMAND,
    }
    runner = Runner(workspace, workspace.parent / "temp", path)
    for version, expected in (("", str(ROOT)), ("0.1.0", "sagemaker-netlint==0.1.0")):
        run = runner.run(ACTION, {"paths": "infra", "version": version})
        assert run.code == 1, run.log
        assert run.outputs["violations"] == "1"
        assert [name.split("@")[0] for name in run.used] == ["actions/setup-python"]
        told = (workspace.parent / "temp" / "sagemaker-netlint" / "asked").read_text(encoding="utf-8")
        assert told.splitlines()[-1] == f"-m pip install --quiet --disable-pip-version-check {expected}"


# `python3 -m venv --clear FOLDER` makes an environment whose `pip install` puts our command there
FAKE_PYTHON = """\
#!/usr/bin/env bash
set -eu
if [[ ${1-} != -m || ${2-} != venv ]]; then exec "$REAL" "$@"; fi
mkdir -p "${@: -1}/bin"
cat > "${@: -1}/bin/python" <<'INNER'
#!/usr/bin/env bash
echo "$@" >> "$(dirname "$0")/../asked"
ln -sf "$COMMAND_HERE" "$(dirname "$0")/sagemaker-netlint"
INNER
chmod +x "${@: -1}/bin/python"
"""


# -- GitLab and others -----------------------------------------------------------------------------


def shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as `sh -e`, which is what GitLab and Jenkins do, with our command on the PATH."""
    environment = {**os.environ, **variables, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("SAGEMAKER_NETLINT_POLICY", None)
    command = ["sh", "-e", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("paths", "code"), [("infra\ngood stacks", 1), ("good stacks", 0), (".git", 4), ("$(touch x)", 2)]
)
def test_the_job_of_gitlab_fails_as_the_command_does_and_leaves_its_reports(
    workspace: Path, paths: str, code: int
) -> None:
    job: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["sagemaker-netlint"]
    variables = {**job["variables"], "SAGEMAKER_NETLINT_PATHS": paths}
    result = shell("\n".join(job["script"]), workspace, **variables)
    assert result.returncode == code, result.stdout + result.stderr
    reports = [*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()]
    assert all((workspace / name).is_file() for name in reports) == (code != 2)
    assert not (workspace / "x").exists()
    assert job["artifacts"]["when"] == "always"
    if code == 1:
        issues = json.loads((workspace / "gl-code-quality-report.json").read_text(encoding="utf-8"))
        (issue,) = [issue for issue in issues if issue["severity"] == "critical"]
        assert issue["location"]["path"] == "infra/bad.yaml"


def test_the_shell_lines_of_the_pages_run(workspace: Path) -> None:
    lines = [line for page in PAGES for text in snippets(page, "sh") for line in text.splitlines()]
    ours = [line for line in lines if line.startswith("sagemaker-netlint ")]
    assert len(ours) == 2
    for line in ours:
        result = shell(line, workspace)
        assert result.returncode == 1, result.stderr
        for file in re.findall(r"--output [\w-]+=(\S+)", line):
            assert (workspace / file).stat().st_size > 0
            (workspace / file).unlink()


def test_the_lines_of_jenkins_run(workspace: Path) -> None:
    (pipeline,) = snippets(PAGES[0], "groovy")
    (workspace / ".netlint").mkdir()
    (workspace / ".netlint" / "bin").symlink_to(BIN)
    check = re.findall(r"sh '(.*)'", pipeline)[1]
    assert shell(check, workspace).returncode == 1
    report = re.search(r"junit '(.*)'", pipeline)
    assert report
    assert "<failure" in (workspace / report[1]).read_text(encoding="utf-8")
