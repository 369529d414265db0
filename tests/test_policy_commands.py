"""`policy init`, `policy show` and `policy check`: what is written is valid, what is shown is what holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from sagemaker_netlint.cli.main import cli
from sagemaker_netlint.data_files import POLICY_FILE_NAMES
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import PROFILES, load_policy
from sagemaker_netlint.policy_schema import address_of

COMMAND = str(Path(sys.executable).with_name("sagemaker-netlint"))
FILE = POLICY_FILE_NAMES[0]
POLICY_PAGE = Path(__file__).parent.parent / "docs" / "policy.md"
COMPANY = """\
extends: regulated
undecided: fail
rules:
  SMN503: {severity: critical}
  job-traffic-unencrypted: false
parameters:
  Account: 0123
  Zones: [a, b]
workload:
  default: {users: 40}
  domains:
    "prod-*": {users: 100}
inventory: [subnets.json]
"""
TEAM = """\
extends: ../company.yaml
rules:
  SMN503: true
  SMN303: {severity: low}
subnets: {longest_prefix: 26}
endpoints:
  by_feature: {job: [s3, "ecr.api"]}
jobs: {approved_subnets: ["subnet-0abc", "aws_subnet.training[*"]}
workload:
  domains:
    "prod-*": {efa: true}
    research: {users: 5}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / "company.yaml").write_text(COMPANY)
    (tmp_path / "subnets.json").write_text('{"Subnets": []}')
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / FILE).write_text(TEAM)
    return tmp_path


def policy(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    result = CliRunner().invoke(cli, ["policy", *arguments], env=environment)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str, **environment: str) -> str:
    result = CliRunner().invoke(cli, ["policy", *arguments], env=environment)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


def same(one: Policy, other: Policy) -> bool:
    """Compare what is in force, not where it comes from."""
    return _plain(one) == _plain(other)


def _plain(policy: Policy) -> dict[str, Any]:
    plain = {
        name: getattr(policy, name) for name in Policy.__slots__ if name not in {"name", "rules", "workload"}
    }
    plain["rules"] = {rule: setting for rule, setting in policy.rules.items() if setting.enabled}
    plain["inventory"] = [os.path.realpath(file) for file in policy.inventory]
    for name in ("prod-eu", "research", "sandbox"):
        plain[name] = replace(policy.workload.for_domain(name, "aws_sagemaker_domain.this"), origins={})
    return plain


# -- show ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PROFILES, "company.yaml", f"team/{FILE}"])
def test_what_is_shown_loads_as_an_equal_policy(here: Path, name: str) -> None:
    whole = here / "whole.yaml"
    whole.write_text(policy("show", "--effective", "--policy", name).stdout)
    assert same(load_policy(str(whole)), load_policy(name))
    assert not same(load_policy(str(whole)), load_policy("vpc-only" if name != "vpc-only" else "baseline"))


@pytest.mark.usefixtures("here")
def test_each_setting_tells_where_it_comes_from() -> None:
    lines = policy("show", "--effective", "team").stdout.splitlines()
    for line in (
        f"# team/{FILE}: the nearest policy file upward",
        f"# extends: team/{FILE} -> team/../company.yaml -> regulated -> vpc-only -> baseline",
        "extends: none",
        "undecided: fail # team/../company.yaml:2",
        f"  longest_prefix: 26 # team/{FILE}:5",
        "  minimum_zones: 2 # profile baseline",
        "  internet: forbid # profile regulated",
        f"  SMN503: {{severity: critical}} # subnet-below-minimum-prefix; team/{FILE}:3",
        f"  SMN303: {{severity: low}} # job-traffic-unencrypted; team/{FILE}:4",
        "    users: 40 # team/../company.yaml:10",
        "    concurrency_percent: 100 # profile baseline",
    ):
        assert line in lines, line


@pytest.mark.usefixtures("here")
def test_a_pattern_of_two_files_keeps_the_keys_of_both() -> None:
    shown = yaml.safe_load(policy("show", "--effective", "team").stdout)
    assert shown["workload"]["domains"] == {"prod-*": {"users": 100, "efa": True}, "research": {"users": 5}}


@pytest.mark.usefixtures("here")
def test_without_effective_the_file_is_shown_as_it_is_written() -> None:
    text = policy("show", "team").stdout
    assert text.endswith(TEAM)


@pytest.mark.usefixtures("here")
def test_json_lists_settings_with_their_origins() -> None:
    shown = json.loads(policy("show", "--effective", "--format", "json", "team").stdout)
    assert shown["policy"] == f"team/{FILE}"
    assert shown["layers"][:2] == ["baseline", "vpc-only"]
    assert {"key": ["subnets", "longest_prefix"], "value": 26, "origin": f"team/{FILE}:5"} in shown[
        "settings"
    ]


@pytest.mark.parametrize(
    ("environment", "arguments", "head"),
    [
        ({}, (), "# vpc-only: the default, as there is no policy file"),
        (
            {"SAGEMAKER_NETLINT_POLICY": "regulated"},
            ("team",),
            "# regulated: named by SAGEMAKER_NETLINT_POLICY",
        ),
        ({}, ("--policy", "baseline", "team"), "# baseline: named by --policy"),
    ],
)
@pytest.mark.usefixtures("here")
def test_it_says_how_the_policy_was_found(
    environment: dict[str, str], arguments: tuple[str, ...], head: str
) -> None:
    assert policy("show", *arguments, environment=environment).stdout.splitlines()[0] == head


def test_a_policy_that_is_not_valid_names_file_line_and_key(here: Path) -> None:
    (here / "team" / FILE).write_text("extends: vpc-only\nsubnets: {longest_prefx: 26}\n")
    for arguments in (("show", "team"), ("show", "--effective", "team"), ("check", f"team/{FILE}")):
        assert f"team/{FILE}:2: subnets.longest_prefx: unknown key; did you mean longest_prefix?" in refused(
            *arguments
        )
    assert "--format json goes with --effective" in refused("show", "--format", "json")


@pytest.mark.usefixtures("here")
def test_check_says_what_a_valid_policy_extends() -> None:
    text = policy("check", "company.yaml").stdout
    assert text.startswith("company.yaml is valid: extends regulated, ")
    assert "does not exist" in refused("check", "nowhere.yaml")
    assert "vpc-only (the default, as there is no policy file) is valid" in policy("check").stdout


# -- init ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_a_new_policy_is_the_profile_until_something_is_said(here: Path, profile: str) -> None:
    policy("init", "--yes", "--profile", profile)
    text = (here / FILE).read_text()
    first = text.splitlines()[0]
    assert first == f"# yaml-language-server: $schema={address_of('policy')}"
    assert first in POLICY_PAGE.read_text(encoding="utf-8").splitlines()
    assert yaml.safe_load(text) == {"extends": profile}
    assert same(load_policy(FILE), load_policy(profile))


def test_its_comments_are_settings_that_are_valid(here: Path) -> None:
    """Whoever takes a comment sign away gets a policy that loads."""
    (here / "inventory").mkdir()
    (here / "inventory" / "subnets.json").write_text('{"Subnets": []}')
    lines = policy("init", "--yes", "--output", "-").stdout.splitlines()
    code = [
        line.removeprefix("# ") for line in lines if ":" in line and not line.startswith(("# yaml-", "# All"))
    ]
    settings = [line for line in code if not line[0].isupper() and not line.startswith("baseline,")]
    (here / "open.yaml").write_text("\n".join(settings) + "\n")
    opened = load_policy("open.yaml")
    assert "inventory/subnets.json" in opened.inventory[0]
    assert not opened.setting("SMN303").enabled


def test_options_are_written(here: Path) -> None:
    policy(
        *("init", "--profile", "baseline", "--undecided", "fail", "--internet", "forbid", "--users", "40"),
        *("--approved-subnet", "subnet-0abc", "--approved-subnet", "aws_subnet.training[*"),
        *("--endpoint", "sagemaker.api", "--endpoint", "sts", "--output", "own.yaml"),
    )
    made = load_policy(str(here / "own.yaml"))
    assert made.fail_undecided
    assert not made.egress.internet_allowed
    assert made.workload.default.users == 40
    assert made.jobs.approved_subnets == ("subnet-0abc", "aws_subnet.training[*")
    assert made.endpoints.required == ("sagemaker.api", "sts")


def test_a_file_that_is_there_stays_unless_force(here: Path) -> None:
    (here / FILE).write_text("extends: baseline\n")
    assert f"{FILE} is there already; --force replaces it" in refused("init", "--yes")
    assert (here / FILE).read_text() == "extends: baseline\n"
    policy("init", "--yes", "--force", "--profile", "regulated")
    assert load_policy(FILE).setting("SMN302").enabled


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--endpoint", "not a service"), "endpoints.required.0"),
        (("--endpoint", "s3", "--endpoint", "s3"), "endpoints.required"),
        (("--output", "no/folder/policy.yaml"), "can't be written"),
        (("--users", "-1"), "--users"),
        (("--profile", "vpconly"), "--profile"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    here: Path, arguments: tuple[str, ...], message: str
) -> None:
    assert message in refused("init", "--yes", *arguments)
    assert not (here / FILE).exists()


def on_a_terminal(folder: Path, answers: str, *arguments: str) -> str:
    pty = pytest.importorskip("pty", reason="NOT TESTED: no pseudo terminals here")
    leader, follower = pty.openpty()
    os.write(leader, answers.encode())
    done = subprocess.run(
        [COMMAND, "policy", "init", *arguments],
        cwd=folder,
        stdin=follower,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(leader)
    os.close(follower)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_on_a_terminal_it_asks(here: Path) -> None:
    asked = on_a_terminal(here, "regulated\ny\n\n25\nsubnet-0abc, subnet-0def\n\n")
    assert "regulated  and the workloads are isolated" in asked
    made = load_policy(str(here / FILE))
    assert made.fail_undecided
    assert not made.egress.internet_allowed
    assert made.workload.default.users == 25
    assert made.jobs.approved_subnets == ("subnet-0abc", "subnet-0def")
    assert made.endpoints == load_policy("regulated").endpoints


def test_on_a_terminal_a_wrong_answer_is_asked_again_and_options_are_not_asked(here: Path) -> None:
    asked = on_a_terminal(here, "maybe\n\n\nmany\n\n\n\n", "--profile", "baseline")
    assert "Error: invalid input" in asked
    assert "Profile" not in asked
    assert yaml.safe_load((here / FILE).read_text()) == {"extends": "baseline"}


def test_on_a_terminal_return_takes_everything_from_the_profile(here: Path) -> None:
    on_a_terminal(here, "\n" * 6)
    assert same(load_policy(str(here / FILE)), load_policy("vpc-only"))
