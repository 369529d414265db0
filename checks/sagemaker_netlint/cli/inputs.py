"""What the commands that read inputs share: the policy of each input, progress, notes, output."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from sagemaker_netlint.discovery import Discovery, InputKind
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import load_policy, not_acted_on, policy_for
from sagemaker_netlint.readers.raw import Skipped

_QUIET_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """The options of every command that reads inputs, as the command line gives them."""

    paths: tuple[Path, ...]
    policy: str | None
    parameters: Path | None
    var_files: tuple[Path, ...]
    color: str


class InvalidFileError(click.ClickException):
    """A policy or a parameter file is not valid: exit code 2."""

    exit_code = ExitCode.USAGE


@dataclass(slots=True)
class Policies:
    """The policy of each input: the one that was asked for, or the nearest; with the rules `only` on."""

    fixed: Policy | None
    only: frozenset[str] = frozenset()
    by_name: dict[str, Policy] = field(default_factory=dict)

    def __call__(self, path: Path) -> Policy:
        """Return the policy of an input."""
        policy = policy_for(path) if self.fixed is None else self.fixed
        if policy.name not in self.by_name:
            self.by_name[policy.name] = self.narrowed(policy)
        return self.by_name[policy.name]

    def narrowed(self, policy: Policy) -> Policy:
        """Return the policy with the rules on that were asked for."""
        asked = {rule_id: replace(policy.setting(rule_id), enabled=True) for rule_id in self.only}
        return replace(policy, rules={**policy.rules, **asked})

    def label(self) -> str:
        """Return the names of the policies that were used."""
        return ", ".join(from_here(name) for name in self.by_name)


def policies_for(options: InputOptions, found: Discovery, only: frozenset[str] = frozenset()) -> Policies:
    """Return the policies of the inputs; one that is not valid is told before anything is read.

    Raises:
        MarkedFileError: a policy is not valid.

    """
    policies = Policies(load_policy(options.policy) if options.policy else None, only)
    for path in [item.path for item in found.inputs] or options.paths:
        policies(path)
    return policies


def from_here(name: str) -> str:
    """Return a file's path as it is seen from the current folder; a profile's name stays."""
    path, here = Path(name), Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else name


def notes(
    options: InputOptions, found: Discovery, all_skipped: Iterable[Skipped], policies: Policies
) -> Iterator[str]:
    """Yield what the user asked for and doesn't get."""
    named = {str(path) for path in options.paths}
    for skipped in all_skipped:
        if skipped.path in named:
            yield f"{skipped.path} is skipped: {skipped.reason}"
    kinds = {item.kind for item in found.inputs}
    if options.parameters and InputKind.CLOUDFORMATION not in kinds:
        yield "--parameters has no effect: there is no CloudFormation template"
    if options.var_files and InputKind.TERRAFORM not in kinds:
        yield "--var-file has no effect: there is no Terraform root module (a plan has its values inside)"
    for policy in policies.by_name.values():
        for key in not_acted_on(policy):
            yield f"{from_here(policy.name)}: `{key}` is not acted on yet by this version"


def echo_lines(lines: Iterable[str], color: str) -> None:
    """Print a report; whoever reads it may stop early."""
    try:
        for line in lines:
            click.echo(line, color=_colour(color))
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has seen enough; Python would complain about the same pipe once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _colour(choice: str) -> bool | None:
    """Return whether there are colours; `None` leaves it to click: on a terminal only.

    https://no-color.org and https://force-color.org: set and not empty; where both are, there are none.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


class ShownProgress:
    """One line on stderr that is rewritten, on a terminal, once reading takes longer than a moment."""

    def __init__(self) -> None:
        """Start the clock."""
        self.start = time.monotonic()
        self.shown = False

    def __call__(self, done: int, total: int, what: str) -> None:
        """Show how far the reading is."""
        if sys.stderr.isatty() and (self.shown or time.monotonic() - self.start > _QUIET_SECONDS):
            self.shown = True
            click.echo(f"\r\x1b[Kread {done} of {total}: {what[:80]}", err=True, nl=False)

    def clear(self) -> None:
        """Remove the line."""
        if self.shown:
            with suppress(OSError):
                click.echo("\r\x1b[K", err=True, nl=False)
