"""The same network, declared and in an inventory: the same verdicts about the workloads in it.

Every fixture whose network is wholly known is read, its network is put into an inventory as the describe
calls would tell it, and the rules are asked again about what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from as_inventory import NETWORK, CannotTellError, moved

from sagemaker_netlint.discovery import Input, InputKind
from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy_file import policy_for
from sagemaker_netlint.reading import Reading
from sagemaker_netlint.rules.catalogue import ALL_RULES

ROOT = Path(__file__).resolve().parent.parent / "fixtures"
KINDS = {
    "template.template": InputKind.CLOUDFORMATION,
    "main.tf": InputKind.TERRAFORM,
    "tfplan.json": InputKind.TERRAFORM_PLAN,
}
# Free addresses of existing subnets are counted by AWS, so capacity is another question there; SMN304 goes by
# the names that the code gives to subnets.
RULES = [rule for rule in ALL_RULES if not rule.id.startswith("SMN5") and rule.id != "SMN304"]
MOVED = " of the inventory: "
# The owner of an endpoint is told, whoever calls it; of an existing one, those are told who do.
OWNERS = {"SMN602", "SMN603", "SMN607", "SMN608"}
# An id beside what is declared may be just that; beside another id it is something else.
BY_IDS = {"SMN103", "SMN604"}
Said = set[tuple[str, Outcome, str]]


def _deployments(name: str) -> Iterator[tuple[str, Deployment]]:
    files = sorted(ROOT.glob(f"*/*/{name}"))
    paths = [file.parent if name == "main.tf" else file for file in files]
    reading = Reading(policy_for, {}, (), lambda *_: None)
    found = reading.read([Input(KINDS[name], path) for path in paths]).deployments
    assert not reading.failures
    sources = [deployment.source for deployment in found]
    for deployment in found:
        if sources.count(deployment.source) == 1 and not deployment.existing:
            yield deployment.source, deployment


def _found(deployment: Deployment) -> list[Finding]:
    judgement = judge([deployment], policy_for(Path(deployment.source)), RULES)
    assert not judgement.failures
    return judgement.findings


@pytest.mark.parametrize("name", KINDS)
def test_a_network_gets_the_same_verdicts_in_an_inventory(name: str, tmp_path: Path) -> None:
    told = 0
    for index, (source, deployment) in enumerate(_deployments(name)):
        try:
            known = moved(deployment, tmp_path / f"{index}.json")
        except CannotTellError:
            continue
        if known.existing:
            told += 1
            _compare(source, deployment, known)
    assert told > 60, "most fixtures can be told in an inventory"


def _compare(source: str, declared: Deployment, known: Deployment) -> None:
    addresses = {c.address for c in declared.components if isinstance(c, NETWORK)}
    before, after = _found(declared), _found(known)
    own = {(f.rule_id, f.outcome, f.subject) for f in before if f.subject not in addresses}
    stay = {(f.rule_id, f.outcome, f.subject) for f in after if MOVED not in f.message}
    assert _same(own, stay), source
    network = {(f.rule_id, f.outcome, "") for f in before if f.subject in addresses}
    placed = {(f.rule_id, f.outcome, "") for f in after if MOVED in f.message}
    assert _same(*({said for said in each if said[0] not in OWNERS} for each in (network, placed))), source
    assert {f.subject for f in after}.isdisjoint(addresses), source
    assert all(not f.location.file.endswith(".json") or "tfplan" in f.location.file for f in after), source


def _same(before: Said, after: Said) -> bool:
    """Say whether the same is said, but for what ids decide that was undecided."""
    lost, new = before - after, after - before
    decided = {(rule, Outcome.UNDECIDED, subject) for rule, _, subject in new}
    return lost == decided and all(rule in BY_IDS for rule, _, _ in lost)
