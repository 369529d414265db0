"""The options that say what is read, under which policy, and how it is shown: several commands take them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sagemaker_netlint.cli.completing import complete_profiles

Command = TypeVar("Command", bound=Callable[..., Any])
SEVERITIES = ("info", "low", "medium", "high", "critical")
"""Told here once more, since completion and `--help` must not wait for the rules; a test compares."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_POLICY = click.option(
    "--policy",
    metavar="NAME|FILE",
    shell_complete=complete_profiles,
    help="baseline, vpc-only, regulated, or a policy file. Without it: the environment variable "
    "SAGEMAKER_NETLINT_POLICY, the nearest .sagemaker-netlint.yaml above each input, or vpc-only.",
)
_PARAMETERS = click.option(
    "--parameters",
    metavar="FILE",
    type=FILE,
    help="Values of CloudFormation parameters: a YAML or JSON mapping, or a list as the AWS CLI takes it.",
)
_VAR_FILES = click.option(
    "--var-file", "var_files", metavar="FILE", multiple=True, type=FILE, help="A .tfvars file; repeatable."
)
_COLOR = click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colours; auto is on a terminal, and honours NO_COLOR, FORCE_COLOR and TERM=dumb.",
)


def input_options(command: Command) -> Command:
    """Add the options that say with which values the inputs are read."""
    return _POLICY(_PARAMETERS(_VAR_FILES(command)))


def color_option(command: Command) -> Command:
    """Add the option that says whether there are colours."""
    return _COLOR(command)
