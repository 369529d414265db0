"""What `doctor` asks of versions: Python, this package, the hosts, other programs, extras."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from sagemaker_netlint import __file__ as package_file
from sagemaker_netlint import __version__
from sagemaker_netlint.cli.probe import Answer, Probe, Status, last_line, started

_DISTRIBUTION = "sagemaker-netlint"
_PYTHONS = ((3, 10), (3, 13))
"""The oldest and the newest Python that the tests run on."""

_NEEDED = ("checkov", "cfn-lint", "tfparse")
_EXTRAS = {
    "chart": ("matplotlib", "--chart"),
    "inventory": ("boto3", "inventory snapshot"),
    "sign": ("cryptography", "checkov-dir --sign"),
}
_SECONDS = 15


def version_probes() -> Iterator[Probe]:
    """Yield the questions about versions."""
    yield Probe("python", _python)
    yield Probe("netlint", _own)
    for name in _NEEDED:
        yield Probe(name, partial(_package, name), _upgrade(name))
    yield Probe("git", partial(_program, "git", "--version", "`--changed-since` and pre-commit need it"))
    yield Probe("terraform", _terraform)
    for extra in _EXTRAS:
        yield Probe(f"extra {extra}", partial(_extra, extra))


def _python() -> Answer:
    now = sys.version_info[:2]
    shown = f"{'.'.join(map(str, sys.version_info[:3]))} ({sys.executable})"
    if now < _PYTHONS[0]:
        return Status.FAIL, f"{shown} is older than 3.10", "install Python 3.10 to 3.13"
    if now > _PYTHONS[1]:
        return Status.WARNING, f"{shown} is newer than what is tested: 3.10 to 3.13", ""
    return Status.OK, shown, ""


def _own() -> Answer:
    return Status.OK, f"{__version__} ({Path(package_file).parent})", ""


def _package(name: str) -> Answer:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Status.FAIL, "is not installed beside sagemaker-netlint", _upgrade(name)
    least = _least(name)
    if least and _numbers(version) < _numbers(least):
        return Status.FAIL, f"{version} is older than {least}, the oldest that works", _upgrade(name)
    return Status.OK, version, ""


def _upgrade(name: str) -> str:
    least = _least(name)
    return f"{Path(sys.executable).name} -m pip install --upgrade '{name}{'>=' + least if least else ''}'"


def _least(name: str) -> str:
    """Return the lower bound that our own package states, or an empty text."""
    try:
        requirements = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return ""
    bounds = (re.fullmatch(rf"{re.escape(name)}>=([\d.]+)", text) for text in requirements)
    return next((bound[1] for bound in bounds if bound), "")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _program(name: str, option: str, needed: str) -> Answer:
    path = shutil.which(name)
    if path is None:
        return Status.WARNING, f"is not on the PATH; {needed}", f"install {name}"
    done = started((path, option), _SECONDS)
    if done.returncode:
        return Status.WARNING, f"{path} fails: {last_line(done)}; {needed}", ""
    return Status.OK, f"{done.stdout.splitlines()[0].removeprefix(name).strip()} ({path})", ""


def _terraform() -> Answer:
    if shutil.which("terraform") is None:
        return Status.OK, "is not on the PATH; only plans need it (`terraform show -json`)", ""
    return _program("terraform", "version", "only plans need it")


def _extra(extra: str) -> Answer:
    module, needed = _EXTRAS[extra]
    if find_spec(module) is None:
        return Status.OK, f"is not installed; only `{needed}` needs it", _install(extra)
    return Status.OK, f"{module} {metadata.version(module)}, for `{needed}`", ""


def _install(extra: str) -> str:
    return f"{Path(sys.executable).name} -m pip install '{_DISTRIBUTION}[{extra}]'"
