"""The generated parts that the command itself says: its help, and a run on the examples."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import click

from page_text import ROOT, code
from sagemaker_netlint.cli.main import cli

CAPACITY = "capacity examples/capacity --growth 10 --horizon 36 --start 2026-11"
"""The report that docs/capacity.md shows: the whitepaper's scenario, growing."""

PLAN = (
    "capacity plan --users 100 --studio classic --training-instances-per-user 1 --endpoints 10 "
    "--growth 20 --horizon 24 --vpc-cidr 10.0.0.0/16 --used-cidr 10.0.0.0/22"
)
"""The plan that docs/capacity-plan.md shows: the whitepaper's scenario."""


def command_help(*arguments: str) -> str:
    """Return what the command says with `--help`."""
    return code(run_command(*arguments, "--help"), "text")


def every_help() -> str:
    """Return the help of every command, each under its name."""
    return "\n\n".join(f"### `{' '.join(words)}`\n\n{command_help(*words)}" for words in _commands(cli, ()))


def _commands(group: click.Group, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*above, name))


def shown_run(arguments: str) -> str:
    """Return a run of the command on the examples, as a terminal shows it."""
    return code(f"$ sagemaker-netlint {arguments}\n\n{run_command(*arguments.split())}", "text")


def explained_run(arguments: str) -> str:
    """Return the derivation alone of a run of `capacity`."""
    told = run_command(*arguments.split(), "--explain").split("  How it is reckoned\n")[1].split("\n\n")[0]
    return code(f"$ sagemaker-netlint {arguments} --explain\n\n{dedent(told)}", "text")


def run_command(*arguments: str) -> str:
    """Return what the command prints, in 110 columns and without colours unless they are asked for.

    Raises:
        RuntimeError: it ends with anything but 0 and 1, or says nothing.

    """
    command = Path(sys.executable).with_name("sagemaker-netlint")
    environment = {name: value for name, value in os.environ.items() if name != "SAGEMAKER_NETLINT_POLICY"}
    plain = {"NO_COLOR": "1", "COLUMNS": "110", "TERM": "dumb"}
    done = subprocess.run(
        (command, *arguments), cwd=ROOT, env=environment | plain, capture_output=True, text=True, check=False
    )
    # 1: there are violations, which is what the examples are for
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"sagemaker-netlint {' '.join(arguments)}: {done.stderr.strip()}")
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())
