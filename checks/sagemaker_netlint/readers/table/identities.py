"""IAM principals, their policies, and the service control policies of an organization."""

from __future__ import annotations

from sagemaker_netlint.readers.entity import Entity

IDENTITIES: tuple[Entity, ...] = ()
