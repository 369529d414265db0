"""The same network, declared and in an inventory: the same verdicts about the workloads in it.

Every fixture whose network is wholly known is read, its network is put into an inventory as the describe calls
would tell it, and the rules are asked again about what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from as_inventory import NETWORK, CannotTellError, moved

from sagemaker_netlint.discovery import Input, InputKind
from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Finding
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
# Free addresses of existing subnets are counted by AWS, so capacity is another question there.
RULES = [rule for rule in ALL_RULES if not rule.id.startswith("SMN5")]
MOVED = " of the inventory: "
# What the owner of an endpoint is told, and those who only call it are told where they do.
OF_OWNERS = {"SMN602", "SMN603", "SMN607", "SMN608"}


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
    for source, deployment in _deployments(name):
        try:
            known = moved(deployment, tmp_path)
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
    stays = {(f.rule_id, f.outcome, f.subject) for f in after if MOVED not in f.message}
    assert stays == own - _by_ids(own - stays, declared), source
    network = {(f.rule_id, f.outcome) for f in before if f.subject in addresses}
    placed = {(f.rule_id, f.outcome) for f in after if MOVED in f.message}
    lost = {pair for pair in network - placed if pair[0] not in OF_OWNERS}
    # what calls over a group or zone that isn't in the inventory is decided by ids alone, or not at all
    assert (lost, placed - network) in ((set(), set()), *_KNOWN_BETTER), source
