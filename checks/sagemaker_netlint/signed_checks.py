"""A copy of what Checkov loads, signed for its `--external-checks-public-key`.

Checkov (from 3.3 on) then verifies each Python file of the folder before it runs any of them: the last line
holds an ECDSA signature (P-256, SHA-256, DER, in hexadecimal) of all that stands above it; see
`checkov.common.external_checks.verification` in https://github.com/bridgecrewio/checkov.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

# Unlike the file in the package, it takes the rules from the installed packages alone: a signature means
# little where anybody may put a package beside the signed file. Checkov has the folder on the path.
_LOADER = '''"""Made by sagemaker-netlint; Checkov verifies the last line before it runs this."""

import os
import sys

_HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != _HERE]

from sagemaker_netlint.checkov_adapter import register_all  # noqa: E402 - only now the path is right

register_all()
'''

FILES = {
    "__init__.py": '"""The folder that Checkov is pointed at: it holds one file beside this one."""\n',
    "sagemaker_netlint_checkov_entry.py": _LOADER,
}
"""What the folder holds, by file name, without the signatures."""


class SigningError(Exception):
    """The folder can't be made; the text says why."""


def read_key(pem: bytes, passphrase: bytes | None) -> EllipticCurvePrivateKey:
    """Return the private key of a PEM file.

    Raises:
        TypeError: the key is encrypted and there is no passphrase, or the other way round.
        SigningError: it is no key, not one that Checkov accepts, or the passphrase is wrong.

    """
    try:
        key = load_pem_private_key(pem, passphrase)
    except (ValueError, UnsupportedAlgorithm):
        raise SigningError("it is no private key in PEM, or the passphrase is wrong") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise SigningError("Checkov accepts ECDSA keys of the curve P-256 alone")
    return key


def write_signed(folder: Path, key: EllipticCurvePrivateKey) -> None:
    """Write the signed files into a folder that holds nothing else.

    Raises:
        SigningError: the folder holds other files, which Checkov would run or refuse.
        OSError: it can't be written.

    """
    folder.mkdir(parents=True, exist_ok=True)
    others = sorted(entry.name for entry in folder.iterdir() if entry.name not in FILES)
    if others:
        raise SigningError(f"{folder} holds something else: {', '.join(others)}")
    for name, text in FILES.items():
        body = text.encode()
        signature = key.sign(body, ECDSA(SHA256())).hex()
        (folder / name).write_bytes(body + f"# checkov-digest: {signature}\n".encode())
