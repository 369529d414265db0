"""The command `checkov-dir`: where Checkov finds the rules."""

from __future__ import annotations

import click

from sagemaker_netlint.data_files import checkov_folder

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint checkov-dir
  checkov -d . --external-checks-dir "$(sagemaker-netlint checkov-dir)"

\b
Exit codes:
  0  always
"""


@click.command("checkov-dir", epilog=_EXAMPLES)
def command() -> None:
    """Print the folder for Checkov's --external-checks-dir."""
    click.echo(str(checkov_folder()))
