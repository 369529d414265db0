"""The command `explain`, as the command line declares it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sagemaker_netlint.cli.completing import complete_paths_and_rules
from sagemaker_netlint.cli.input_options import color_option, input_options

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint explain .
  sagemaker-netlint explain template.yaml --subject StudioDomain --verbose
  sagemaker-netlint explain plan.json --graph network.svg
  sagemaker-netlint explain SMN204
  sagemaker-netlint explain notebook-without-way-out --format json
"""

_EXIT_CODES = """
\b
Exit codes:
  0  it is explained: blocked ways are no error here
  1  an input could not be read
  2  wrong usage, neither a path nor a rule, no workload of the address, or a policy that is not valid
  3  an internal error
  4  nothing to explain: no SageMaker workload is declared
"""

_WITH_PATHS = {
    "subject": "--subject",
    "graph": "--graph",
    "policy": "--policy",
    "parameters": "--parameters",
    "var_files": "--var-file",
}


@click.command("explain", epilog=_EXAMPLES + _EXIT_CODES)
@click.argument(
    "paths",
    metavar="PATH...|RULE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    shell_complete=complete_paths_and_rules,
)
@click.option(
    "--subject",
    metavar="ADDRESS",
    help="Explain this workload only: an address as `check` shows it, or a pattern of one.",
)
@click.option(
    "--format", "style", type=click.Choice(("text", "json")), default="text", help="The report's format."
)
@click.option(
    "--graph",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Draw the network and the ways, too: a file that ends in .svg, .html or .mmd (Mermaid).",
)
@input_options
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Leave out the notes.")
@click.option("-v", "--verbose", is_flag=True, help="Show the chains of the ways that exist, too.")
def command(**options: Any) -> int:
    """Show the ways of workloads: to services, the internet, other networks, file systems, themselves.

    Each way is reachable, blocked or unknown, with the components that lead to the answer and what to change.
    Each PATH is a file or a folder, read as `check` reads it.

    Of a RULE (SMN204, notebook-without-way-out, CKV_SMN_204 or ESMN204) its page is shown: what it finds,
    why, how to fix it, when to ignore it. What exists as a file or a folder is a PATH, even where a rule
    bears its name.
    """
    from sagemaker_netlint.cli.explain_rule import rules_asked, run_explain_rules  # noqa: PLC0415 - as below

    rules = rules_asked(options["paths"])
    if rules:
        given = [option for name, option in _WITH_PATHS.items() if options[name]]
        return run_explain_rules(rules, options["style"], options["color"], given)
    from sagemaker_netlint.cli.explain import ExplainOptions, run_explain  # noqa: PLC0415 - keeps --help fast

    return run_explain(ExplainOptions(**options))
