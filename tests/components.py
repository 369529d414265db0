"""Components for tests that ask the model itself, without a reader."""

from __future__ import annotations

from typing import Any, TypeVar

from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment, Language

D = TypeVar("D", bound=Declared)


def make(kind: type[D], name: str, /, **values: Any) -> D:
    """Make a component whose identity is its name."""
    return kind(
        address=name, type=kind.__name__, identity=name, location=Location("net.yaml", 1, 1), **values
    )


def deploy(*components: Declared, existing: tuple[Declared, ...] = ()) -> Deployment:
    """Make a deployment of the components."""
    return Deployment(
        Language.CLOUDFORMATION, "net.yaml", components, existing={c.identity: c for c in existing}
    )
