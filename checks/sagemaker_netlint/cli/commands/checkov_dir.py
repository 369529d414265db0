"""The command `checkov-dir`: where Checkov finds the rules, or a signed copy of that folder."""

from __future__ import annotations

from pathlib import Path

import click

from sagemaker_netlint.data_files import checkov_folder

_EXAMPLES = """
\b
Examples:
  sagemaker-netlint checkov-dir
  checkov -d . --external-checks-dir "$(sagemaker-netlint checkov-dir)"
  sagemaker-netlint checkov-dir --sign checks-key.pem --output signed-checks

\b
Exit codes:
  0  the folder is printed
  2  wrong usage, or the folder can't be signed
"""


@click.command("checkov-dir", epilog=_EXAMPLES)
@click.option(
    "--sign",
    "key",
    metavar="KEY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make a copy for Checkov's --external-checks-public-key, signed with this private key "
    '(ECDSA, P-256, PEM). Needs: pip install "sagemaker-netlint[sign]".',
)
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the signed copy goes: a folder that holds nothing else.",
)
def command(key: Path | None, output: Path | None) -> None:
    """Print the folder for Checkov's --external-checks-dir."""
    if (key is None) != (output is None):
        raise click.UsageError("--sign and --output go together")
    if key is not None and output is not None:
        _sign(key, output)
    click.echo(str(output or checkov_folder()))


def _sign(key: Path, output: Path) -> None:
    try:
        from sagemaker_netlint.signed_checks import (  # noqa: PLC0415 - an extra
            SigningError,
            read_key,
            write_signed,
        )
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "cryptography":
            raise
        raise click.UsageError('--sign needs cryptography: pip install "sagemaker-netlint[sign]"') from None
    try:
        pem = key.read_bytes()
        try:
            private = read_key(pem, None)
        except TypeError:
            private = read_key(pem, _passphrase(key))
        write_signed(output, private)
    except SigningError as error:
        raise click.UsageError(f"{key}: {error}") from None
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from None


def _passphrase(key: Path) -> bytes:
    text: str = click.prompt(f"Passphrase of {key}", hide_input=True, err=True)
    return text.encode()
