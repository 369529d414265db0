"""The one table: CloudFormation property ↔ Terraform argument ↔ field of the model.

Property and argument names are those of the CloudFormation template reference (schema date 2026-10-20) and
of the hashicorp/aws provider (5.100.0, newer ones marked). The awscc provider carries CloudFormation's
names in snake case, so its column is derived. `docs/model.md` shows the table to readers.

A path is dotted; `[]` descends into each item of a list. Where a field has several paths, scalar fields
take the first that is written and list fields join them. `^` begins a path of the whole resource where
the others are below a part of it, `@` one that stands beside the resource's properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeVar

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.workloads import JobDocument
from sagemaker_netlint.readers.entity import Entity
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder
from sagemaker_netlint.readers.raw import operation_row
from sagemaker_netlint.readers.table.documents import DOCUMENTS
from sagemaker_netlint.readers.table.identities import IDENTITIES
from sagemaker_netlint.readers.table.interface_owners import INTERFACE_OWNERS
from sagemaker_netlint.readers.table.jobs import JOBS
from sagemaker_netlint.readers.table.topology import TOPOLOGY
from sagemaker_netlint.readers.table.workloads import WORKLOADS

S = TypeVar("S")

TABLE: tuple[Entity, ...] = TOPOLOGY + INTERFACE_OWNERS + WORKLOADS + JOBS + DOCUMENTS + IDENTITIES


def from_top(at: tuple[S, ...], path: tuple[str, ...]) -> tuple[S | str, ...]:
    """Return the path of a field from the top of the resource; `at` leads to its part."""
    return (path[0][1:], *path[1:]) if path[0].startswith("^") else (*at, *path)


def snake_case(name: str) -> str:
    """Return a CloudFormation name as the awscc provider spells it: `VPCEndpoint` → `vpc_endpoint`.

    A number is a word there (`destination_ipv_6_cidr_block`), and the last capital of a run begins one
    (`vp_cs` for `VPCs`): https://registry.terraform.io/providers/hashicorp/awscc/latest/docs.
    """
    words = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9])"
    return re.sub(words, "_", name).lower()


def awscc_type(cloudformation_type: str) -> str:
    """Return the awscc resource type of a CloudFormation type."""
    _, service, name = cloudformation_type.split("::")
    return f"awscc_{service.lower()}_{snake_case(name)}"  # awscc_sagemaker_domain, awscc_ec2_vpc_endpoint


@cache
def _by_type() -> dict[str, tuple[Entity, ...]]:
    index: dict[str, tuple[Entity, ...]] = {}
    for entity in TABLE:
        for name in (*types_of(entity), *map(operation_row, entity.operations)):
            index[name] = (*index.get(name, ()), entity)
    return index


def types_of(entity: Entity) -> Iterator[str]:
    """Yield the resource types of all languages that declare the entity."""
    if entity.cfn:
        yield entity.cfn
        if not entity.cfn.startswith("AWS::Serverless::"):  # a transform's types are none of Cloud Control
            yield awscc_type(entity.cfn)
    yield from entity.tf


def entities_of(resource_type: str) -> tuple[Entity, ...]:
    """Return what a resource type, or an operation's row name, declares; empty for none of our business."""
    return _by_type().get(resource_type, ())


def resource_types(kinds: tuple[type[Declared], ...]) -> tuple[str, ...]:
    """Return the resource types of all languages that are components of the classes, sorted."""
    rows = (*kinds, DocumentHolder) if JobDocument in kinds else kinds
    return tuple(sorted({name for entity in TABLE if entity.kind in rows for name in types_of(entity)}))


def types_declaring(kinds: tuple[type[Declared], ...]) -> tuple[str, ...]:
    """Return the resource types that declare components of the classes, in documents of theirs too."""
    return resource_types((*kinds, DocumentHolder) if documents_declare(kinds) else kinds)


def documents_declare(kinds: tuple[type[Declared], ...]) -> bool:
    """Say whether a document may declare components of one of the classes."""
    return not _in_documents().isdisjoint(kinds)


@cache
def _in_documents() -> frozenset[type[Declared]]:
    return frozenset({JobDocument, *(entity.kind for entity in TABLE if entity.operations)})


@cache
def identifiers_of(resource_type: str) -> frozenset[str]:
    """Return the attributes beside `id` by which others refer to a resource.

    The awscc provider keeps `id` to itself; in the aws provider it is the name that some types go by.
    """
    entities = entities_of(resource_type)
    if not resource_type.startswith("awscc_"):
        return frozenset(entity.tf_named_by for entity in entities if entity.tf_named_by)
    return frozenset(snake_case(name) for entity in entities for name in entity.identifiers)
