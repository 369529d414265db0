"""Inputs to deployments, each by the reader of its kind; a reader is imported when it is first needed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sagemaker_netlint.discovery import Input, InputKind
from sagemaker_netlint.engine import RuleFailure, guarded
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.policy_file import inventory_of
from sagemaker_netlint.readers.known_networks import KnownNetworks
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001

Progress = Callable[[int, int, str], None]
"""Is told how many inputs are read, of how many, and which one is next."""


@dataclass(slots=True)
class Reading:
    """Reads inputs. A reader that raises is a defect of ours: a failure of SMN001, the rest goes on."""

    policy_of: Callable[[Path], Policy]
    parameters: Mapping[str, Any]
    var_files: Sequence[Path]
    progress: Progress
    failures: list[RuleFailure] = field(default_factory=list)

    def read(self, inputs: Sequence[Input]) -> ReadResult:
        """Read all inputs: documents one by one, Terraform root modules together."""
        documents = [item for item in inputs if item.kind is not InputKind.TERRAFORM]
        roots = [item.path for item in inputs if item.kind is InputKind.TERRAFORM]
        read = []
        for done, item in enumerate(documents):
            self.progress(done, len(inputs), str(item.path))
            read.append((item, self.document(item)))
        result = ReadResult()
        for part in _without_nested(read):
            result.add(part)
        if roots:
            self.progress(len(documents), len(inputs), f"{len(roots)} Terraform root modules")
            result.add(self.roots(roots))
        result.deployments = [self.placed(deployment) for deployment in result.deployments]
        return result

    def placed(self, deployment: Deployment) -> Deployment:
        """Put a deployment among the networks that exist already, as its policy's inventory tells them."""
        known = self.known(Path(deployment.source))
        return deployment if known is None else known.around(deployment)

    def known(self, path: Path) -> KnownNetworks | None:
        """Return what the inventory of an input's policy tells; `None` where the policy names none."""
        policy = self.policy_of(path)
        return inventory_of(policy).networks if policy.inventory else None

    def document(self, item: Input) -> ReadResult:
        """Read a template or a plan."""
        return self.guarded(item.path, lambda: self.read_document(item))

    def read_document(self, item: Input) -> ReadResult:
        """Read a template or a plan; may raise where the reader has a defect."""
        if item.kind is InputKind.TERRAFORM_PLAN:
            from sagemaker_netlint.readers.terraform.plan import read_plan  # noqa: PLC0415 - one reader each

            return read_plan(item.path, text=item.text)
        from sagemaker_netlint.readers.cloudformation.reader import read_template  # noqa: PLC0415 - as above

        given = {**self.policy_of(item.path).parameters, **self.parameters}
        return read_template(item.path, given, text=item.text, known=self.known(item.path))

    def roots(self, roots: Sequence[Path]) -> ReadResult:
        """Read root modules, in one go; where that fails, one by one, so that one can't hide the others."""
        from sagemaker_netlint.readers.terraform.reader import read_roots  # noqa: PLC0415 - as above

        outcome = guarded(
            SMN001.id, str(roots[0]), lambda: read_roots(roots, var_files=self.var_files, known_of=self.known)
        )
        if isinstance(outcome, ReadResult):
            return outcome
        if len(roots) == 1:
            self.failures.append(outcome)
            return ReadResult()
        result = ReadResult()
        for root in roots:
            result.add(self.roots([root]))
        return result

    def guarded(self, path: Path, action: Callable[[], ReadResult]) -> ReadResult:
        """Do a reading; a defect gives nothing, and a failure."""
        outcome = guarded(SMN001.id, str(path), action)
        if isinstance(outcome, ReadResult):
            return outcome
        self.failures.append(outcome)
        return ReadResult()


def _without_nested(read: Sequence[tuple[Input, ReadResult]]) -> list[ReadResult]:
    """Leave out the templates that another one nests, unless the user named them: the parent judged them.

    Templates that nest each other in a circle are kept from the first one on.
    """
    readers = Counter(_real(file) for _, result in read for file in result.files_read)
    kept: list[ReadResult] = []
    covered: set[str] = set()
    for item, result in sorted(read, key=lambda pair: readers[_real(pair[0].path)] > 1):
        if item.named or _real(item.path) not in covered:
            kept.append(result)
            covered.update(_real(file) for file in result.files_read)
    return kept


def _real(path: Path | str) -> str:
    return os.path.realpath(path)
