"""Step 1 of "Add a rule" in CONTRIBUTING.md, in a copy of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import new_rule
from page_text import ROOT
from sagemaker_netlint.rules.catalogue import ALL_RULES

ID, NAME = "SMN999", "thing-gone-wrong"
TOP_FILES = ("pyproject.toml", "LICENSE", "action.yml")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which a rule was started."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("checks", "docs", "examples", "policies", "schemas", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    (copy / "fixtures").mkdir()
    for file in (*ROOT.glob("*.md"), *(ROOT / name for name in TOP_FILES)):
        shutil.copy(file, copy)
    done = run(copy, "docs/new_rule.py", ID, NAME)
    assert done.returncode == 0, done.stderr
    return copy


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with the copy's package."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "checks"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        (sys.executable, *arguments), cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_it_writes_the_rule_under_one_name(copy: Path) -> None:
    for path in (
        "checks/sagemaker_netlint/rules/smn999_thing_gone_wrong.py",
        "docs/rules/SMN999-thing-gone-wrong.md",
        "fixtures/smn999-thing-gone-wrong/basic/main.tf",
        "fixtures/smn999-thing-gone-wrong/basic/template.template",
    ):
        assert (copy / path).is_file(), path


def test_the_catalogue_has_it_in_its_place(copy: Path) -> None:
    code = "from sagemaker_netlint.rules.catalogue import ALL_RULES; print(*[r.id for r in ALL_RULES])"
    done = run(copy, "-c", code)
    assert done.stderr == ""
    assert done.stdout.split() == sorted([*(rule.id for rule in ALL_RULES), ID])


def test_the_new_code_is_clean(copy: Path) -> None:
    module = "checks/sagemaker_netlint/rules/smn999_thing_gone_wrong.py"
    catalogue = "checks/sagemaker_netlint/rules/catalogue.py"
    for command in (("check",), ("format", "--check")):
        ruff = shutil.which("ruff")
        if ruff is None:
            pytest.skip("ruff is not installed: `make lint` brings it")
        done = subprocess.run(
            (ruff, *command, module, catalogue), cwd=copy, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_the_documentation_can_be_generated(copy: Path) -> None:
    done = run(copy, "docs/generate.py")
    assert done.stderr == ""
    assert done.returncode == 0
    page = (copy / "docs/rules/SMN999-thing-gone-wrong.md").read_text()
    assert "| SMN999 | `thing-gone-wrong` |" in page
    assert 'resource "aws_iam_role" "fail_todo" {' in page
    assert "[SMN999](docs/rules/SMN999-thing-gone-wrong.md)" in (copy / "README.md").read_text()


def test_the_tests_say_what_is_still_to_do(copy: Path) -> None:
    options = ("-q", "-n", "0", "-p", "no:cacheprovider")
    done = run(copy, "-m", "pytest", *options, "tests/test_docs.py", "-k", ID)
    assert done.returncode == 1
    assert "What it requires is not finished" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param((), "usage: make new-rule ID=SMN209", id="nothing"),
        pytest.param(("", ""), "usage: make new-rule ID=SMN209", id="empty"),
        pytest.param((ID,), "`` is no rule name", id="no name"),
        pytest.param(("SMN9", NAME), "`SMN9` is no rule id", id="short id"),
        pytest.param((ID, "Thing Gone"), "`Thing Gone` is no rule name", id="spaces in the name"),
        pytest.param(("SMN202", NAME), "there is SMN202 notebook-outside-vpc already", id="id is taken"),
        pytest.param((ID, "notebook-outside-vpc"), "there is SMN202", id="name is taken"),
    ],
)
def test_a_bad_request_is_refused(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_rule.main(arguments) == 2
    assert capsys.readouterr().err.startswith(message)


def test_a_first_rule_of_the_list_goes_to_the_front() -> None:
    imported = "from sagemaker_netlint.rules.smn{} import RULE as {}\n"
    first, second = imported.format("002_c_d", "SMN002"), imported.format("101_a_b", "SMN101")
    before = f"{second}\nALL = (\n    SMN101,\n)\n"
    after = f"{first}{second}\nALL = (\n    SMN002,\n    SMN101,\n)\n"
    assert new_rule.with_rule(before, new_rule.NewRule("SMN002", "c-d")) == after
