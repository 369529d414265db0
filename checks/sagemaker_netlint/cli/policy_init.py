"""The command `policy init`: asks on a terminal, and writes a policy file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from sagemaker_netlint.cli.inputs import InvalidFileError
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.marked_yaml import MarkedFileError, parse_marked
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import DEFAULT_PROFILE, PROFILES, load_policy
from sagemaker_netlint.policy_schema import address_of, validate
from sagemaker_netlint.report.new_policy import Answers, new_policy

_STDOUT = Path("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """The options, as the command line gives them; what is not given is None or empty."""

    profile: str | None
    undecided: str | None
    internet: str | None
    users: int | None
    approved_subnets: tuple[str, ...]
    endpoints: tuple[str, ...]
    output: Path
    force: bool
    yes: bool


def run_policy_init(options: InitOptions) -> int:
    """Ask, write the file, and return the exit code."""
    _refuse_to_overwrite(options)
    asks = not options.yes and sys.stdin.isatty()
    if asks:
        click.echo("Return takes what stands in brackets. Everything can be changed in the file.\n", err=True)
    profile = options.profile or (_profile() if asks else DEFAULT_PROFILE)
    base = load_policy(profile)
    answers = _given(options, profile, base)
    text = new_policy(_asked(options, answers) if asks else answers, base)
    _validate(text)
    _write(text, options.output)
    return ExitCode.CLEAN


def _refuse_to_overwrite(options: InitOptions) -> None:
    file = options.output
    if file != _STDOUT and not options.force and (file.exists() or file.is_symlink()):
        raise click.UsageError(
            f"{file} is there already; --force replaces it, --output FILE writes another one"
        )


def _profile() -> str:
    click.echo("baseline   what is wrong whatever you require: refused by AWS, or can't work", err=True)
    click.echo("vpc-only   and every workload lies in a VPC of yours, and leaves by your network", err=True)
    click.echo("regulated  and the workloads are isolated, and nothing leads to the internet", err=True)
    answer: str = click.prompt("Profile", type=click.Choice(PROFILES), default=DEFAULT_PROFILE, err=True)
    return answer


def _given(options: InitOptions, profile: str, base: Policy) -> Answers:
    """Return what the options say, and the profile's values for the rest."""
    allowed = base.egress.internet_allowed if options.internet is None else options.internet == "allow"
    return Answers(
        schema=address_of("policy"),
        profile=profile,
        fail_undecided=base.fail_undecided if options.undecided is None else options.undecided == "fail",
        internet_allowed=allowed,
        users=base.workload.default.users if options.users is None else options.users,
        approved_subnets=options.approved_subnets or base.jobs.approved_subnets,
        endpoints=options.endpoints or base.endpoints.required,
    )


def _asked(options: InitOptions, answers: Answers) -> Answers:
    """Return the answers with those of the terminal, for what no option says."""
    changed: dict[str, Any] = {}
    if options.undecided is None:
        question = "Shall a check fail for what the files don't decide"
        changed["fail_undecided"] = click.confirm(question, answers.fail_undecided, err=True)
    if options.internet is None:
        question = "May workloads reach the internet (over NAT, a proxy)"
        changed["internet_allowed"] = click.confirm(question, answers.internet_allowed, err=True)
    if options.users is None:
        users = click.IntRange(0, 100_000)
        changed["users"] = click.prompt("Users of a Studio domain", answers.users, type=users, err=True)
    if not options.approved_subnets:
        question = "Subnets for jobs beside those of domains (ids or addresses, with commas; - for none)"
        changed["approved_subnets"] = _several(question, answers.approved_subnets)
    if not options.endpoints:
        question = "Services that need a VPC endpoint (with commas)"
        changed["endpoints"] = _several(question, answers.endpoints)
    return replace(answers, **changed)


def _several(question: str, default: Sequence[str]) -> tuple[str, ...]:
    split: Callable[[str], list[str]] = lambda text: [each.strip() for each in text.split(",")]  # noqa: E731 - short
    answer = click.prompt(question, ",".join(default) or "-", value_proc=split, err=True)
    return tuple(dict.fromkeys(each for each in answer if each not in {"", "-"}))


def _validate(text: str) -> None:
    """Refuse what the schema refuses, such as a service with a space in it, before anything is written."""
    try:
        validate(parse_marked(text, "the new policy", text_below="parameters"))
    except MarkedFileError as error:
        raise InvalidFileError(str(error)) from None


def _write(text: str, file: Path) -> None:
    if file == _STDOUT:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{file} can't be written: {error.strerror}") from None
    click.echo(f"{file} is written. What it makes of the profile: sagemaker-netlint policy show --effective")
