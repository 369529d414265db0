"""Stand-ins for well-known modules whose code is not on the disk.

A stand-in is a small module of our own that makes the same network of the same inputs
(`well_known_modules/<name>/*.hcl`; a file that is called as a major version holds what differs in it). It
is evaluated as if `terraform init` had downloaded it. docs/decisions/0024-stand-ins-for-modules.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.expressions import Scope, evaluate
from sagemaker_netlint.readers.terraform.syntax import Attribute, SourceFile, text_of
from sagemaker_netlint.readers.terraform.version_constraints import is_open, newest_major

MENTION = "terraform-aws-"
"""What stands in every file that calls one of them."""

STAND_IN_SUFFIX = ".hcl"
"""The ending of a stand-in's files in the package: a search for Terraform files doesn't find them there."""

_FOLDER = Path(__file__).with_name("well_known_modules")
_PREFIX = "sagemaker-netlint~"
_MODULES = {
    ("vpc", ""): "vpc",
    ("vpc", "modules/vpc-endpoints"): "vpc-endpoints",
    ("security-group", ""): "security-group",
}
_REGISTRY = re.compile(
    r"(?:registry\.(?:terraform\.io|opentofu\.org)/)?terraform-aws-modules/(?P<name>[\w-]+)/aws"
    r"(?://(?P<sub>[\w/-]+))?"
)
_GIT = re.compile(
    r"(?:git::)?(?:https://|ssh://git@|git@)?github\.com[/:]terraform-aws-modules/terraform-aws-(?P<name>[\w-]+?)"
    r"(?:\.git)?(?://(?P<sub>[\w/-]+?))?/?(?:\?ref=(?P<ref>[\w./-]+))?"
)
_LITERAL = re.compile(r'"([^"$%\\]*)"')
_RELEASE = re.compile(r"v?\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class WellKnown:
    """The stand-in of a module for a major version.

    `open_version` says why the version isn't certain ("" where it is): the newest known one is taken then.
    """

    name: str
    module: str
    major: int
    open_version: str = ""

    @property
    def label(self) -> str:
        """The module and its version, as messages name them."""
        version = f"{self.module} {self.major}.x"
        return f"{version} (the newest known: {self.open_version})" if self.open_version else version

    @property
    def folder(self) -> Path:
        """What stands for the folder of the module; files of several folders may be in it."""
        return _FOLDER / self.name / str(self.major)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the module in the package."""
        return _files(self.name, self.major)


def find(source: str, version: str) -> WellKnown | Unknown | None:
    """Return the stand-in for a module call; `None` for another module, unknown for a version without one.

    `version` is the constraint of the call, "" where there is none.
    """
    match = _REGISTRY.fullmatch(source) or _GIT.fullmatch(source)
    name = _MODULES.get((match["name"], match["sub"] or "")) if match is not None else None
    if match is None or name is None:
        return None
    ref = match.groupdict().get("ref")
    if ref is not None and not _RELEASE.fullmatch(ref):
        return Unknown(f"the reference {ref} is no release with a stand-in")
    constraint = ref or version
    known = majors(name)
    major = newest_major(constraint, known)
    if major is None:
        return Unknown(
            f"version {constraint} has no stand-in (there are some for {known[0]}.x to {known[-1]}.x)"
        )
    how = ""
    if is_open(constraint, known[-1]):
        how = f"the call admits any from {constraint} on" if constraint else "the call gives no version"
    sub = f"//{match['sub']}" if match["sub"] else ""
    return WellKnown(name, f"terraform-aws-modules/{match['name']}/aws{sub}", major, how)


def all_stand_ins() -> Iterator[WellKnown]:
    """Yield the stand-in of every module and major version."""
    for (name, sub), folder in _MODULES.items():
        module = f"terraform-aws-modules/{name}/aws{f'//{sub}' if sub else ''}"
        for major in majors(folder):
            yield WellKnown(folder, module, major)


@cache
def majors(name: str) -> tuple[int, ...]:
    """Return the major versions that a stand-in knows, in order."""
    return tuple(
        sorted(
            int(path.stem)
            for path in _FOLDER.joinpath(name).glob(f"*{STAND_IN_SUFFIX}")
            if path.stem.isdigit()
        )
    )


@cache
def _files(name: str, major: int) -> tuple[Path, ...]:
    paths = sorted(_FOLDER.joinpath(name).glob(f"*{STAND_IN_SUFFIX}"))
    return tuple(path for path in paths if path.stem == str(major) or not path.stem.isdigit())


# -- handing them to the evaluator ------------------------------------------------------------------


def offer(cache_folder: Path, source: str, version: str) -> None:
    """Put the stand-ins of a call's package where tfparse looks for modules that were fetched before.

    It has a folder per package, named by the MD5 sum of source and version
    (https://github.com/aquasecurity/trivy, pkg/iac/scanners/terraform/parser/resolvers).
    """
    package = re.sub(r"(?<!:)//[^?]*", "", source)
    key = hashlib.md5(f"{package}:{version}".encode(), usedforsecurity=False).hexdigest()
    target = cache_folder / key
    if target.exists():
        return
    for sub in ("", "modules/vpc-endpoints"):
        found = find(_with_sub(package, sub), version)
        if isinstance(found, WellKnown):
            (target / sub).mkdir(parents=True, exist_ok=True)
            for path in found.files:
                name = f"{_PREFIX}{found.name}~{path.stem}.tf"
                (target / sub / name).write_bytes(path.read_bytes())


def _with_sub(package: str, sub: str) -> str:
    path, mark, query = package.partition("?")
    return f"{path}//{sub}{mark}{query}" if sub else package


def origin_of(filename: str) -> Path | None:
    """Return the file in the package for a file name that tfparse gives; `None` for one of the user's."""
    _, mark, rest = filename.rpartition(_PREFIX)
    if not mark:
        return None
    name, _, stem = rest.removesuffix(".tf").partition("~")
    return _FOLDER / name / f"{stem}{STAND_IN_SUFFIX}"


def calls_in(file: SourceFile) -> Iterator[tuple[str, str]]:
    """Yield source and version of the module calls in a file; a version that is no literal is left out."""
    for block in file.blocks:
        written = {name: _literal(block.attributes.get(name)) for name in ("source", "version")}
        source, version = written["source"], written["version"]
        if block.kind == "module" and source is not None and version is not None:
            yield source, version


def _literal(attribute: Attribute | None) -> str | None:
    """Return a string that is written without interpolations, "" for an argument that is not there."""
    if attribute is None:
        return ""
    match = _LITERAL.fullmatch(text_of(attribute.expression).strip())
    return None if match is None else match[1]


# -- what they follow --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a stand-in, by what it does with them; `only_default` has the values that it takes."""

    followed: frozenset[str]
    only_default: Mapping[str, Any]
    without_effect: frozenset[str]


@cache
def inputs_of(name: str, major: int) -> Inputs:
    """Return the inputs that a stand-in knows."""
    found: dict[str, dict[str, Any]] = {"followed": {}, "only_default": {}, "without_effect": {}}
    for path in _files(name, major):
        for block in SourceFile(path).blocks:
            if block.kind == "variable":
                default = evaluate(block.attributes["default"].expression, Scope(Unknown))
                found.get(path.stem, found["followed"])[block.labels[0]] = default
    followed, only_default, without_effect = found.values()
    return Inputs(frozenset(followed), only_default, frozenset(without_effect))
