"""References to subnets as keys of places; the same subnet is the same place, in sight or not."""

from __future__ import annotations

from sagemaker_netlint.capacity.model import Place
from sagemaker_netlint.capacity.supply import place_of, unknown_place
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Refs, Subnet
from sagemaker_netlint.network.values import Unknown


class Places:
    """The subnets that something in a deployment refers to."""

    def __init__(self, deployment: Deployment) -> None:
        """Start without any."""
        self.deployment = deployment
        self.by_key: dict[str, Place] = {}
        self.subnets: dict[str, Subnet] = {}

    def keys(self, owner: Declared, references: Refs) -> tuple[str, ...]:
        """Return the keys of the subnets that the owner names, each once."""
        if references is None:
            return ()
        if isinstance(references, Unknown):
            key = f"{owner.identity}/subnets"
            name = f"the subnets of `{owner.address}`"
            self.by_key.setdefault(key, unknown_place(key, name, references.reason, many=True))
            return (key,)
        keys = (self._key(owner, index, reference) for index, reference in enumerate(references))
        return tuple(dict.fromkeys(keys))

    def _key(self, owner: Declared, index: int, reference: str | Unknown) -> str:
        found = self.deployment.find(Subnet, reference)
        if isinstance(found, Subnet):
            if found.identity not in self.by_key:
                self.by_key[found.identity] = place_of(found)
                self.subnets[found.identity] = found
            return found.identity
        if isinstance(reference, str):
            key, name = reference, reference
        else:
            key, name = f"{owner.identity}/subnet {index + 1}", f"subnet {index + 1} of `{owner.address}`"
        reason = found.reason if isinstance(found, Unknown) else "it is not written"
        self.by_key.setdefault(key, unknown_place(key, name, reason))
        return key
