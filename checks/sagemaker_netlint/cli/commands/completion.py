"""The command `completion`: the script by which a shell completes our command line."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint completion bash >> ~/.bashrc
  sagemaker-netlint completion zsh >> ~/.zshrc        (below the line with compinit)
  sagemaker-netlint completion fish > ~/.config/fish/completions/sagemaker-netlint.fish
  eval "$(sagemaker-netlint completion bash)"         (for this shell only)

\b
Exit codes:
  0  the script is printed
  2  wrong usage
  3  an internal error
"""


@click.command("completion", epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, rules, profiles and files in a shell.

    bash has to be 4.4 or newer.
    """
    made = get_completion_class(shell)
    root = context.find_root()
    assert made is not None  # noqa: S101 - click knows the three shells
    completion = made(root.command, {}, "sagemaker-netlint", "_SAGEMAKER_NETLINT_COMPLETE")
    click.echo(completion.source_template % completion.source_vars())
