"""What AWS's managed policies say about making SageMaker's jobs, models, domains and notebooks.

The data file beside this module is distilled from a package that packs them, and states its version
(`tools/distil_managed_policies.py`). It is read at the first question, not at import.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.iam.policies import Document, document_of
from sagemaker_netlint.network.values import Unknown

_FILE = Path(__file__).parent / "managed_policies.json"
_REFERENCE = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference"
_ARN = re.compile(r":iam::aws:policy/(?:.*/)?([^/]*)$")


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A policy of AWS: its name, the statements that concern SageMaker, and where AWS documents it."""

    name: str
    document: Document
    source: str


def managed_policy(reference: str | Unknown) -> ManagedPolicy | Unknown | None:
    """Return AWS's policy of an ARN, in any partition; `None` where the ARN is not that of one of AWS's.

    Those without SageMaker in their name that the data doesn't know grant no job; of others it is not known.
    """
    text = reference.text if isinstance(reference, Unknown) else reference
    found = _ARN.search(text) if text is not None else None
    if found is None:
        return None
    name = found[1]
    if "${" in name:
        return Unknown(reference.reason if isinstance(reference, Unknown) else f"`{name}` has a gap", text)
    return _by_name(name)


@cache
def _by_name(name: str) -> ManagedPolicy | Unknown:
    policy = _data()["policies"].get(name)
    is_new = policy is None and "sagemaker" in name.lower() and name not in _data()["silent"]
    if is_new:
        return Unknown(f"what AWS's policy {name} allows is not known here")
    return ManagedPolicy(name, document_of(policy) if policy else (), f"{_REFERENCE}/{name}.html")


def is_managed_name(name: str) -> bool:
    """Say whether one of AWS's policies that say something about SageMaker has the name."""
    return name in _data()["policies"] or name in _data()["silent"]


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded
