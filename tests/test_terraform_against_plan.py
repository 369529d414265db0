"""HCL is read as Terraform reads it: for each scenario, the plan that the real terraform made is the oracle.

Where both readings know a value, it is the same. A plan has the provider's defaults written out, and each
of the two may know what the other does not: only what both know is compared.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import JobDocument
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.readers.terraform.reader import read_roots

REPOSITORY = Path(__file__).parents[1]
ROOTS = sorted(
    plan.parent
    for top in ("fixtures", "examples", "tests")
    for plan in (REPOSITORY / top).glob("**/tfplan.json")
    if (plan.parent / "main.tf").exists() and "generated" in json.loads(plan.read_text(encoding="utf-8"))
)
_OF_THE_READING = {"identity", "location", "locate", "names", "suppressions", "change", "type"}
_COMPARED_ELSEWHERE = {"policy"}  # JSON text: test_terraform_policy_documents.py
_OPEN: Any = object()


def _deployment(folder: Path, *, planned: bool) -> Deployment:
    result = read_plan(folder / "tfplan.json") if planned else read_roots([folder])
    assert not result.problems
    (deployment,) = result.deployments
    return deployment


@dataclass(frozen=True)
class _Parts:
    """The inline components of a field, each with the values that are known of it."""

    values: tuple[dict[str, Any], ...]


def _comparable(value: Any, deployment: Deployment) -> Any:
    """Return a value that both readings write alike; `_OPEN` where a part is not known or not written."""
    if value is None or isinstance(value, Unknown):
        return _OPEN
    if isinstance(value, tuple):
        if value and all(isinstance(item, Declared) for item in value):
            return _Parts(tuple(_values(item, deployment) for item in value))
        items = {_comparable(item, deployment) for item in value}
        return _OPEN if _OPEN in items or not items else frozenset(items)
    if isinstance(value, str):
        owner, slash, attribute = value.rpartition("/")
        for name, rest in ((value, ""), (owner, f"{slash}{attribute}")):
            target = deployment.find(Declared, name)
            address = target.address if isinstance(target, Declared) else deployment.unmodelled.get(name)
            if address:
                return address + rest
        return value.removesuffix(".")
    return value if isinstance(value, (bool, int, IPv4Network, IPv6Network)) else _OPEN


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, _Parts) and isinstance(other, _Parts):
        known = set.intersection(*(set(part) for part in (*one.values, *other.values)))
        left, right = (
            Counter(repr(sorted((n, repr(part[n])) for n in known)) for part in parts.values)
            for parts in (one, other)
        )
        return bool(left == right)
    return bool(one == other)


def _values(component: Declared, deployment: Deployment) -> dict[str, Any]:
    names = [
        field.name for field in fields(component) if field.name not in _OF_THE_READING | _COMPARED_ELSEWHERE
    ]
    found = {name: _comparable(getattr(component, name), deployment) for name in names}
    return {name: value for name, value in found.items() if value is not _OPEN}


def _by_place(deployment: Deployment) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {
        (type(c).__name__, c.address, getattr(c, "step", "")): _values(c, deployment)
        for c in deployment.components
    }


@pytest.mark.parametrize("folder", ROOTS, ids=[str(root.relative_to(REPOSITORY)) for root in ROOTS])
def test_what_both_know_is_the_same(folder: Path) -> None:
    plan = _deployment(folder, planned=True)
    unseen = {document.address for document in plan.each(JobDocument) if document.whole is not None}
    written, planned = (
        {place: values for place, values in _by_place(deployment).items() if place[1] not in unseen}
        for deployment in (_deployment(folder, planned=False), plan)
    )
    assert written.keys() == planned.keys()
    for place, values in written.items():
        shared = values.keys() & planned[place].keys()
        assert shared
        differing = {
            n: (values[n], planned[place][n]) for n in shared if not _alike(values[n], planned[place][n])
        }
        assert not differing, place
