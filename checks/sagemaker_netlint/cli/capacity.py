"""The command `capacity`: options in, report out, exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sagemaker_netlint.capacity.verdicts import Outcome, in_total, per_subnet
from sagemaker_netlint.capacity.wording import needs
from sagemaker_netlint.cli.inputs import InputOptions, InvalidFileError, echo_lines, policies_for
from sagemaker_netlint.cli.parameters_file import load_parameters
from sagemaker_netlint.discovery import discover
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.reading import Reading
from sagemaker_netlint.rules.capacity_verdicts import estates


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOptions(InputOptions):
    """The options, as the command line gives them."""


def run_capacity(options: CapacityOptions) -> int:
    """Reckon what the paths need, print the report, and return the exit code."""
    found = discover(options.paths or (Path(),))
    try:
        policies = policies_for(options, found)
        given = load_parameters(options.parameters) if options.parameters else {}
        read = Reading(policies, given, options.var_files, lambda *_: None).read(found.inputs)
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None
    code = ExitCode.NOTHING_TO_CHECK
    for deployment in read.deployments:
        for estate in estates(deployment, policies(Path(deployment.source))):
            month = estate.horizon_months
            answers = in_total(estate, month), per_subnet(estate, month)
            short = any(answer.outcome is Outcome.SHORT for answer in answers)
            code = ExitCode.VIOLATIONS if short or code is ExitCode.VIOLATIONS else ExitCode.CLEAN
            echo_lines([f"{deployment.source}: {needs(estate, answers[0], month)}"], options.color)
    return int(code)
