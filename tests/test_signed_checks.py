"""The signed copy of what Checkov loads, with the real Checkov and keys that are thrown away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sagemaker_netlint.data_files import checkov_folder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("signed-checks")]

TEMPLATE = """\
Resources:
  Open:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/x
      DirectInternetAccess: Enabled
"""
ENTRY = "sagemaker_netlint_checkov_entry.py"


def _key(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, passphrase: bytes = b"") -> Path:
    """Write a private key and, beside it, the public one."""
    secret = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private = folder / f"{name}.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / f"{name}.pub.pem").write_bytes(public)
    return private


def _sign(*arguments: str | Path, answer: str = "") -> subprocess.CompletedProcess[str]:
    command = ("sagemaker-netlint", "checkov-dir", *map(str, arguments))
    return subprocess.run(command, input=answer, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a folder with a template, a key, and the checks that are signed with it."""
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    key = _key(tmp_path, "key", ec.generate_private_key(ec.SECP256R1()))
    done = _sign("--sign", key, "--output", tmp_path / "signed")
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "signed")), done.stderr
    return tmp_path


def _checkov(
    project: Path, folder: Path | str = "signed", key: str = "key.pub.pem", *more: str
) -> subprocess.CompletedProcess[str]:
    command = ("checkov", "-f", "template.yaml", "--framework", "cloudformation", "-o", "json", *more)
    external = ("--external-checks-dir", str(folder), "--external-checks-public-key", key)
    return subprocess.run(
        (*command, *external),
        cwd=project,
        env=os.environ | {"LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _failed(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {record["check_id"] for record in json.loads(done.stdout)["results"]["failed_checks"]}


def test_checkov_accepts_the_signed_folder_and_finds_the_violation(project: Path) -> None:
    done = _checkov(project)
    assert done.returncode == 1, done.stderr
    assert "CKV_SMN_201" in _failed(done)


def test_checkov_refuses_a_file_that_was_changed(project: Path) -> None:
    entry = project / "signed" / ENTRY
    entry.write_text(entry.read_text(encoding="utf-8").replace("register_all()", "print()"), encoding="utf-8")
    done = _checkov(project)
    assert (done.returncode, "CKV_SMN" in done.stdout) == (2, False)
    assert f"signature verification failed: {ENTRY}" in done.stderr


def test_checkov_refuses_the_folder_that_nobody_signed(project: Path) -> None:
    done = _checkov(project, checkov_folder())
    assert (done.returncode, "CKV_SMN" in done.stdout) == (2, False)
    assert f"missing signature: {ENTRY}" in done.stderr


def test_checkov_refuses_another_key_and_fails_open_only_where_it_is_told_to(project: Path) -> None:
    _key(project, "other", ec.generate_private_key(ec.SECP256R1()))
    done = _checkov(project, "signed", "other.pub.pem", "--no-fail-on-crash")
    assert (done.returncode, "CKV_SMN" in done.stdout) == (0, False), "docs/release.md warns of this flag"
    assert "signature verification failed" in done.stderr


def test_checkov_finds_nothing_wrong_with_a_folder_that_was_emptied(project: Path) -> None:
    """Nothing there, nothing unsigned: docs/release.md says how to notice."""
    for file in (project / "signed").iterdir():
        file.unlink()
    done = _checkov(project)
    assert "CKV_SMN" not in done.stdout
    assert "verification" not in done.stderr


def test_a_package_beside_the_signed_file_is_not_taken_for_ours(project: Path) -> None:
    """A folder without a .py has nothing to sign, and Python would import it as a package."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nsys.path.insert(1, {str(project / 'signed')!r})\n{_RUN}"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "False\n"


_RUN = (
    "import runpy\n"
    f"runpy.run_path('signed/{ENTRY}')\n"
    "import os\n"
    "print(any(os.path.realpath(entry).endswith('/signed') for entry in sys.path))\n"
)


# -- the command --------------------------------------------------------------------------------------


def test_a_passphrase_is_asked_for(project: Path) -> None:
    key = _key(project, "locked", ec.generate_private_key(ec.SECP256R1()), b"open sesame")
    done = _sign("--sign", key, "--output", project / "locked", answer="open sesame\n")
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (project / "locked").iterdir()) == ["__init__.py", ENTRY]
    wrong = _sign("--sign", key, "--output", project / "no", answer="wrong\n")
    assert (wrong.returncode, wrong.stdout, (project / "no").exists()) == (2, "", False)
    assert "the passphrase is wrong" in wrong.stderr


def test_signing_again_renews_the_folder_and_nothing_else_may_lie_there(project: Path) -> None:
    assert _sign("--sign", project / "key.pem", "--output", project / "signed").returncode == 0
    (project / "signed" / "other.py").write_text("", encoding="utf-8")
    done = _sign("--sign", project / "key.pem", "--output", project / "signed")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds something else: other.py" in done.stderr


def test_keys_that_checkov_would_refuse_are_refused(tmp_path: Path) -> None:
    curve = _key(tmp_path, "curve", ec.generate_private_key(ec.SECP384R1()))
    other = tmp_path / "ed25519.pem"
    other.write_bytes(
        ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    text = tmp_path / "text.pem"
    text.write_text("not a key", encoding="utf-8")
    for key, said in ((curve, "P-256"), (other, "P-256"), (text, "no private key")):
        done = _sign("--sign", key, "--output", tmp_path / "out")
        assert (done.returncode, done.stdout, (tmp_path / "out").exists()) == (2, "", False)
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_sign_and_output_go_together(tmp_path: Path) -> None:
    done = _sign("--output", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--sign and --output go together" in done.stderr


def test_without_cryptography_it_says_what_to_install(project: Path) -> None:
    code = (
        "import sys\nsys.modules['cryptography'] = None\n"
        "from sagemaker_netlint.cli.main import main\n"
        "main(['checkov-dir', '--sign', 'key.pem', '--output', 'x'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    assert 'pip install "sagemaker-netlint[sign]"' in done.stderr
