"""The stored plans are those of their `main.tf`: by digest always, by a new plan where terraform is there."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def _generator() -> ModuleType:
    # tests are no package: the generator is loaded by its path
    specification = importlib.util.spec_from_file_location("make_plans", REPOSITORY / "tests/make_plans.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


GENERATOR = _generator()
SCENARIOS: list[Path] = GENERATOR.scenarios([REPOSITORY / "fixtures", REPOSITORY / "tests"])
# a new deployment, and a change of one that exists in a module
SAMPLES = (
    "smn201-notebook-direct-internet/basic",
    "smn407-model-network-change-not-applied/modules",
)


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) > 20


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_stored_plan_has_the_digest_of_its_inputs(scenario: Path) -> None:
    command = f"python tests/make_plans.py {scenario.relative_to(REPOSITORY)}"
    assert not GENERATOR.is_stale(scenario), f"its plan is missing or stale; run: {command}"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_stored_plan_holds_nothing_of_the_machine(scenario: Path) -> None:
    text = (scenario / "tfplan.json").read_text(encoding="utf-8")
    plan = json.loads(text)
    assert plan["generated"]["provider"].endswith(GENERATOR.PROVIDER_VERSION)
    assert "timestamp" not in plan
    assert "secret_key" not in text
    assert str(REPOSITORY) not in text


def test_a_plan_by_hand_says_why() -> None:
    markers = sorted((REPOSITORY / "fixtures").glob("*/*/plan.handmade"))
    assert markers
    for marker in markers:
        assert marker.read_text(encoding="utf-8").strip(), f"{marker} must say why there is no generated plan"


def test_the_digest_follows_every_input(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# a\n", encoding="utf-8")
    first = GENERATOR.digest(tmp_path)
    (tmp_path / "tfplan.json").write_text("{}", encoding="utf-8")
    (tmp_path / "template.template").write_text("{}", encoding="utf-8")
    assert GENERATOR.digest(tmp_path) == first
    (tmp_path / "main.tf").write_bytes(b"# a\r\n")
    assert GENERATOR.digest(tmp_path) == first, "a checkout with CRLF has the same plan"
    module = tmp_path / "network"
    module.mkdir()
    (module / "main.tf").write_text("# b\n", encoding="utf-8")
    second = GENERATOR.digest(tmp_path)
    assert second != first
    (tmp_path / "terraform.tfvars").write_text("a = 1\n", encoding="utf-8")
    assert GENERATOR.digest(tmp_path) != second


def test_a_folder_inside_a_scenario_is_no_scenario(tmp_path: Path) -> None:
    for folder in ("rule/one", "rule/one/network", "rule/two", "rule/by-hand"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "main.tf").touch()
    (tmp_path / "rule/by-hand/plan.handmade").touch()
    assert GENERATOR.scenarios([tmp_path]) == [tmp_path / "rule/one", tmp_path / "rule/two"]


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_a_new_plan_is_the_stored_one(name: str) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("NO PLAN WAS MADE ANEW: terraform is not on the PATH")
    if not os.environ.get(GENERATOR.MIRROR_VARIABLE):
        pytest.skip(f"NO PLAN WAS MADE ANEW: {GENERATOR.MIRROR_VARIABLE} names no provider mirror")
    scenario = REPOSITORY / "fixtures" / name
    assert GENERATOR.make_plan(scenario) == (scenario / "tfplan.json").read_text(encoding="utf-8")
