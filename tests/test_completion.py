"""`completion`: the scripts, in the real shells that are there, and what is completed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sagemaker_netlint.cli.main import cli

COMMAND = Path(sys.executable).with_name("sagemaker-netlint")
CASES = [
    ("pol", {"policy"}),
    ("policy sh", {"show"}),
    ("check --rule SMN20", {f"SMN20{digit}" for digit in range(1, 10)}),
    ("check --rule notebook-o", {"notebook-outside-vpc", "notebook-on-premises-route-missing"}),
    ("check --skip-rule SMN60", {f"SMN60{digit}" for digit in range(1, 9)}),
    ("check --policy re", {"regulated"}),
    ("check --fail-on cr", {"critical"}),
    ("explain notebook-w", {"notebook-without-way-out"}),
    ("capacity --us", {"--users"}),
    ("capacity pl", {"plan"}),
    ("capacity plan --zo", {"--zones"}),
    ("rules --family no", {"notebooks"}),
    ("completion f", {"fish"}),
]


def script(shell: str) -> str:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    return result.stdout


def run(*command: str, text: str, cwd: Path) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"NOT TESTED: there is no {command[0]} here")
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        input=text,
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout


def in_bash(line: str, cwd: Path) -> set[str]:
    words = ["sagemaker-netlint", *line.split(" ")]
    text = (
        f"{script('bash')}\n"
        "compopt() { :; }\n"  # it works only while a line is edited
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}\n"
        "_sagemaker_netlint_completion sagemaker-netlint\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    return set(run("bash", "--norc", text=text, cwd=cwd).split())


@pytest.mark.slow
@pytest.mark.parametrize(("line", "expected"), CASES, ids=[line for line, _ in CASES])
def test_bash_completes(line: str, expected: set[str], tmp_path: Path) -> None:
    assert in_bash(line, tmp_path) == expected


def test_bash_knows_that_the_command_is_completed(tmp_path: Path) -> None:
    text = f"{script('bash')}\ncomplete -p sagemaker-netlint\n"
    assert "-F _sagemaker_netlint_completion" in run("bash", "--norc", text=text, cwd=tmp_path)


@pytest.mark.slow
def test_fish_completes(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    text = f"{script('fish')}\ncomplete -C 'sagemaker-netlint check --rule SMN20'\n"
    told = run("env", f"HOME={tmp_path / 'home'}", "fish", "--no-config", text=text, cwd=tmp_path)
    assert {line.split("\t")[0] for line in told.splitlines()} == {f"SMN20{digit}" for digit in range(1, 10)}


@pytest.mark.slow
def test_zsh_completes(tmp_path: Path) -> None:
    # compadd and _describe work only while a line is edited: they say here what they are given
    text = (
        "compdef() { :; }\n"
        f"{script('zsh')}\n"
        'compadd() { print -l -- "${completions[@]}"; }\n'
        '_describe() { print -l -- "${completions_with_descriptions[@]}"; }\n'
        "words=(sagemaker-netlint check --rule SMN20); CURRENT=4\n"
        "_sagemaker_netlint_completion\n"
    )
    told = run("zsh", "-f", text=text, cwd=tmp_path)
    assert {line.split(":")[0] for line in told.split("\n") if line} == {f"SMN20{d}" for d in range(1, 10)}


def test_another_shell_is_wrong_usage() -> None:
    result = CliRunner().invoke(cli, ["completion", "tcsh"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish'" in result.stderr
