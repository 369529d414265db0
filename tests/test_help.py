"""What every command has in common: help with examples and exit codes, hints, no slow start."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sagemaker_netlint.cli.default_command import DefaultCommandGroup
from sagemaker_netlint.cli.main import COMMANDS, cli

Named = tuple[tuple[str, ...], click.Command]


def commands(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[Named]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))


ALL = [((), cli), *commands(cli)]
RUN = [
    (words, command)
    for words, command in ALL
    if isinstance(command, DefaultCommandGroup) or not isinstance(command, click.Group)
]


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments, env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.output


def name(case: Named) -> str:
    return " ".join(case[0]) or "the group"


def test_every_command_is_there() -> None:
    assert {words[0] for words, _ in ALL if words} == set(COMMANDS)


@pytest.mark.parametrize("case", ALL, ids=name)
def test_help_tells_what_it_does_and_shows_examples(case: Named) -> None:
    words, command = case
    text = invoke(*words, "--help")
    assert text == invoke(*words, "-h")
    assert (command.help or "").split("\n\n")[0].endswith(".")
    examples = text.partition("Examples:\n")[2]
    lines = [line.strip() for line in examples.split("Exit codes:")[0].splitlines() if line.strip()]
    assert any(line.startswith(" ".join(("sagemaker-netlint", *words))) for line in lines)
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("case", RUN, ids=name)
def test_help_tells_the_exit_codes(case: Named) -> None:
    words, _ = case
    codes = re.findall(r"^ +(\d+)  \S", invoke(*words, "--help").split("Exit codes:\n")[1], re.MULTILINE)
    assert codes[0] == "0"
    assert codes == sorted(codes, key=int)


@pytest.mark.parametrize("case", RUN, ids=name)
def test_examples_use_options_that_there_are(case: Named) -> None:
    words, _ = case
    for line in invoke(*words, "--help").split("Examples:\n")[1].split("Exit codes:")[0].splitlines():
        used = re.match(r" *sagemaker-netlint ([a-z-]+)(.*)", line.split(" | ")[0].split("    (")[0])
        if used is None:
            continue
        help_of = [used[1], "plan"] if used[1] == "capacity" and " plan" in used[2] else [used[1]]
        group = cli.get_command(click.Context(cli), used[1])
        if isinstance(group, click.Group) and not isinstance(group, DefaultCommandGroup):
            help_of = [used[1], used[2].split()[0]]
        known = invoke(*help_of, "--help")
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", used[2]):
            assert option in known, line


@pytest.mark.parametrize("case", RUN, ids=name)
def test_every_option_says_what_it_is_for(case: Named) -> None:
    command = case[1].default if isinstance(case[1], DefaultCommandGroup) else case[1]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.opts
            assert parameter.help.endswith((".", ")", "]")), parameter.opts


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chekc", "."], "Did you mean 'check'?"),
        (["rule"], "Did you mean 'rules'?"),
        (["policy", "shwo"], "'show'"),
        (["check", "--polcy", "x"], "'--policy'"),
        (["explain", "--formt", "x"], "'--format'"),
    ],
)
def test_what_is_mistyped_is_told_with_the_nearest(arguments: list[str], hint: str) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert hint in result.stderr


def test_nothing_near_gets_no_hint() -> None:
    result = CliRunner().invoke(cli, ["zzzzzz"])
    assert result.exit_code == 2
    assert "No such command 'zzzzzz'." in result.stderr
    assert "mean" not in result.stderr


def test_help_imports_neither_the_rules_nor_the_readers() -> None:
    code = (
        "import sys\nfrom sagemaker_netlint.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "own = tuple('sagemaker_netlint.' + name for name in ('rules', 'readers', 'policy', 'engine'))\n"
        "others = ('yaml', 'jsonschema', 'checkov', 'cfnlint', 'boto3')\n"
        "print([module for module in sys.modules if module.startswith(own + others)])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_imports_no_other_one(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom sagemaker_netlint.cli.main import main\n"
        "try:\n    main(['checkov-dir'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(m for m in sys.modules if m.startswith('sagemaker_netlint.cli.commands.')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "['sagemaker_netlint.cli.commands.checkov_dir']"


@pytest.mark.parametrize(
    "arguments", [["rules"], ["explain", "SMN204"], ["policy", "show", "--effective"], ["doctor", "--quick"]]
)
def test_colours_are_off_in_a_pipe_and_on_where_they_are_asked_for(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)

    def shown(*more: str, **environment: str) -> str:
        return CliRunner().invoke(cli, [*arguments, *more], env=environment).stdout

    plain = shown()
    assert "\x1b" not in plain
    assert "\x1b[" in shown("--color", "always")
    assert "\x1b[" in shown(FORCE_COLOR="1")
    assert shown(FORCE_COLOR="1", NO_COLOR="1") == plain
    assert click.unstyle(shown("--color", "always")) == plain
