"""What is released: the wheel and the sdist, and whether they work for somebody who has no clone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from sagemaker_netlint import __version__

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distribution")]

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "checks" / "sagemaker_netlint"
BUILD = ROOT / "tools" / "build_distribution.py"
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Open:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/x
      DirectInternetAccess: Enabled
"""
COMMAND_LINE = "sagemaker-netlint check template.yaml"
CHECKOV_LINE = 'checkov -d . --external-checks-dir "$(sagemaker-netlint checkov-dir)"'
CFN_LINT_LINE = "cfn-lint --append-rules=sagemaker_netlint.cfn_lint_rules -- template.yaml"


@dataclass(frozen=True)
class Built:
    """The two files of a release."""

    sdist: Path
    wheel: Path


def _build(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(BUILD), *arguments)
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    done = _build(str(folder), f"v{__version__}")
    assert done.returncode == 0, done.stderr
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return Built(sdist, wheel)


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(built: Built) -> None:
    with ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
    metadata = f"sagemaker_netlint-{__version__}.dist-info"
    own = {f"sagemaker_netlint/{p.relative_to(PACKAGE).as_posix()}" for p in PACKAGE.rglob("*.py")}
    data = {
        f"sagemaker_netlint/{p.relative_to(PACKAGE).as_posix()}"
        for kind in ("*.json", "*.hcl")
        for p in PACKAGE.rglob(kind)
    }
    policies = {f"sagemaker_netlint/_policies/{p.name}" for p in (ROOT / "policies").glob("*.yaml")}
    schemas = {f"sagemaker_netlint/_schemas/{p.name}" for p in (ROOT / "schemas").glob("*.json")}
    pages = {f"sagemaker_netlint/_rules/{p.name}" for p in (ROOT / "docs" / "rules").glob("*.md")}
    known = own | data | policies | schemas | pages | {"sagemaker_netlint/py.typed"}
    assert min(map(len, (own, data, policies, schemas, pages))) > 1
    assert known <= names
    others = {name for name in names - known if not name.startswith("sagemaker_netlint/")}
    assert others == {
        f"{metadata}/{name}"
        for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    inside = {Path(name).suffix for name in names - known - others}
    assert inside == set(), "nothing else"


def test_the_sdist_holds_what_the_wheel_is_made_of_and_no_tests(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        tops = {name.split("/")[1] for name in sdist.getnames() if "/" in name}
    assert tops == {
        *("CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore"),
        *("checks", "docs", "policies", "schemas"),
    }


def test_the_wheel_from_the_sdist_is_that_of_the_tree_to_the_byte(built: Built, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    (of_tree,) = tmp_path.glob("*.whl")
    assert of_tree.name == built.wheel.name
    assert of_tree.read_bytes() == built.wheel.read_bytes()


def test_the_date_in_the_files_is_the_one_that_is_asked_for(built: Built, tmp_path: Path) -> None:
    again = _build(str(tmp_path / "a"), SOURCE_DATE_EPOCH="1700000000")
    assert again.returncode == 0, again.stderr
    (wheel,) = (tmp_path / "a").glob("*.whl")
    with ZipFile(wheel) as archive:
        assert {info.date_time[:3] for info in archive.infolist()} == {(2023, 11, 14)}
    assert wheel.read_bytes() != built.wheel.read_bytes()


@pytest.mark.parametrize("tag", ["v0.0.0", __version__, f"v{__version__}rc1"])
def test_a_tag_of_another_version_is_refused(tag: str, tmp_path: Path) -> None:
    done = _build(str(tmp_path / "dist"), tag)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"the tag {tag} is not v{__version__}" in done.stderr


def test_the_version_stands_in_one_place(built: Built) -> None:
    with ZipFile(built.wheel) as wheel:
        metadata = wheel.read(f"sagemaker_netlint-{__version__}.dist-info/METADATA").decode()
    assert f"\nVersion: {__version__}\n" in metadata
    assert not re.search(r"^version\s*=", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)


# -- as a user, outside of the clone ------------------------------------------------------------------


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a folder with a template to check."""

    bin: Path
    project: Path

    def sh(self, line: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "SAGEMAKER_NETLINT_POLICY")}
        environment = kept | {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "LOG_LEVEL": "ERROR"}
        return subprocess.run(
            ("sh", "-c", line),
            cwd=self.project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel into an environment of its own; the dependencies are those of the present one."""
    folder = tmp_path_factory.mktemp("user")
    venv.create(folder / "venv", with_pip=True)
    home = folder / "venv" / "bin"
    python = home / "python"
    pip = (str(python), "-m", "pip", "install", "-qq", "--no-deps", "--no-index", str(built.wheel))
    subprocess.run(pip, check=True, timeout=300)
    site = subprocess.run(
        (str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # A path in a .pth file is searched last, and .pth files there aren't read: an editable install stays out.
    Path(site, "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    for host in ("checkov", "cfn-lint"):
        script = Path(sys.executable).with_name(host)
        start = home / host
        start.write_text(f'#!/bin/sh\nexec "{python}" "{script}" "$@"\n', encoding="utf-8")
        start.chmod(0o755)
    project = folder / "project"
    project.mkdir()
    (project / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    return Installed(home, project)


def test_the_lines_of_the_readme_are_those_that_are_tried() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert CHECKOV_LINE in readme
    assert CFN_LINT_LINE in readme


def test_the_installed_command_finds_the_violation(installed: Installed) -> None:
    where = installed.sh("python -c 'import sagemaker_netlint; print(sagemaker_netlint.__file__)'").stdout
    assert where.startswith(str(installed.bin.parent)), "not the clone's"
    assert installed.sh("sagemaker-netlint --version").stdout == f"sagemaker-netlint {__version__}\n"
    done = installed.sh(COMMAND_LINE)
    assert (done.returncode, "SMN201" in done.stdout) == (1, True), done.stderr
    regulated = installed.sh(f"{COMMAND_LINE} --policy regulated")
    assert "policy regulated" in regulated.stdout, "the profiles came along"
    assert "How to fix" in installed.sh("sagemaker-netlint explain SMN204").stdout, "the pages, too"


def test_checkov_finds_it_by_the_readmes_line(installed: Installed) -> None:
    done = installed.sh(f"{CHECKOV_LINE} --quiet --compact")
    assert (done.returncode, "CKV_SMN_201" in done.stdout) == (1, True), done.stderr
    folder = installed.sh("sagemaker-netlint checkov-dir").stdout.strip()
    assert folder.startswith(str(installed.bin.parent))


def test_cfn_lint_finds_it_by_the_readmes_line(installed: Installed) -> None:
    done = installed.sh(CFN_LINT_LINE)
    assert (done.returncode & 2, "ESMN201" in done.stdout) == (2, True), done.stderr


# -- the workflows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda p: p.name)
def test_workflows_pin_what_they_use_and_ask_for_rights_job_by_job(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())
    used = re.findall(r"uses: (?!\./)(\S+)(.*)", text)
    assert used
    for action, comment in used:
        assert re.search(r"@[0-9a-f]{40}$", action), f"{action} is not pinned to a commit"
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), f"{action} does not say its version"


def test_the_release_builds_by_the_tool_that_is_tested_here_and_stores_no_token() -> None:
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert 'tools/build_distribution.py dist "$GITHUB_REF_NAME"' in text
    assert "secrets." not in text
    writing = {name for name, job in jobs.items() if job["permissions"].get("contents") == "write"}
    assert writing == {"github-release"}
    assert [name for name, job in jobs.items() if "needs" not in job] == ["test"]
