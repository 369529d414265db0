"""The command `inventory snapshot`: asks AWS what exists, and writes it down as an inventory file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint inventory snapshot --region eu-west-1 -o inventory/eu-west-1.json
  sagemaker-netlint inventory snapshot --region eu-west-1 --vpc vpc-0123456789abcdef0 --tag Name
"""

_EXIT_CODES = """
\b
Exit codes:
  0  everything was asked and written
  1  written, but AWS refused some of the calls: the file says which sections are missing
  2  wrong usage, boto3 or credentials are missing, or AWS can't be asked: nothing is written
  3  an internal error
"""

_INCOMPLETE = 1
_VPC_ID = re.compile(r"vpc-[0-9a-f]{8,17}")


def _vpc_ids(_context: click.Context, _option: click.Parameter, ids: tuple[str, ...]) -> tuple[str, ...]:
    for wrong in (text for text in ids if not _VPC_ID.fullmatch(text)):
        raise click.BadParameter(f"`{wrong}` is no id of a VPC, such as vpc-0123456789abcdef0")
    return ids


@click.group("inventory", epilog=_EXAMPLES)
def command() -> None:
    """Write down networks that exist already, so that templates may name them by id."""


@command.command(epilog=_EXAMPLES + _EXIT_CODES)
@click.option("--region", metavar="REGION", required=True, help="The AWS region.")
@click.option(
    "--vpc",
    "vpcs",
    metavar="ID",
    multiple=True,
    callback=_vpc_ids,
    help="Only what belongs to this VPC; repeatable. Without it: every VPC of the region.",
)
@click.option(
    "--tag",
    "tags",
    metavar="KEY",
    multiple=True,
    help="Keep the values of this tag, for data sources that filter by it; repeatable. Without it: no tags.",
)
@click.option("--profile", metavar="NAME", help="The profile of the AWS CLI's configuration.")
@click.option("--endpoint-url", metavar="URL", help="Ask this address instead of AWS's own.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, JSON; without it, the standard output.",
)
def snapshot(output: Path | None, **scope: Any) -> int:
    """Ask AWS which networks exist, by describe and list calls alone, and write an inventory.

    No account ids, descriptions or owners are kept, and only what rules read. docs/inventory.md has the
    IAM policy that is needed. Needs boto3: pip install "sagemaker-netlint[inventory]"
    """
    try:
        from sagemaker_netlint.snapshot.taking import (  # noqa: PLC0415 - slow to import, and an extra
            Scope,
            SnapshotError,
            take_snapshot,
        )
    except ModuleNotFoundError as error:
        if error.name not in {"boto3", "botocore"}:
            raise
        raise click.UsageError('a snapshot needs boto3: pip install "sagemaker-netlint[inventory]"') from None
    try:
        taken = take_snapshot(Scope(**scope))
    except SnapshotError as error:
        raise click.UsageError(f"no snapshot: {error}") from None
    _write(taken, output)
    return _told(taken, output)


def _write(taken: dict[str, Any], output: Path | None) -> None:
    text = json.dumps(taken, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{output} can't be written: {error.strerror}") from None


def _told(taken: dict[str, Any], output: Path | None) -> int:
    missing = taken["Snapshot"]["Missing"]
    for name, reason in missing.items():
        click.echo(f"missing: {name} ({reason})", err=True)
    counts = (f"{len(items)} {name}" for name, items in taken.items() if name != "Snapshot" and items)
    click.echo(f"{output or 'written'}: {', '.join(counts) or 'nothing exists'}", err=True)
    return _INCOMPLETE if missing else 0
