"""What a row of the mapping table is: a class of the model, and where each language writes its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.readers.parsers import Parser

METADATA = "@Metadata"
"""The first name of paths into a CloudFormation resource's Metadata, which is no property."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the model: how it is parsed, and where each language writes it (" | " between paths).

    An empty path means that the language cannot express it. `items` makes the field a list of components
    of that class (inline security group rules, inline routes), parsed with their own fields.
    """

    name: str
    parse: Parser
    cfn: str
    tf: str
    items: Entity | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A class of the model and the resource types that declare it.

    `at` are the paths of the parts that each are a component ("" for the resource itself). `constants`
    are fields that the type implies. `identifiers` are the CloudFormation attributes that return the id
    of the resource, beside `Ref`; `named_by` are paths to physical names by which others refer to it.
    A resource is a component only with one of the fields `only_with`, where there are any. `operations`
    are those of the SageMaker API whose requests have the members of the CloudFormation column: calls of them
    in documents declare the entity, too.
    """

    kind: type[Declared]
    cfn: str
    tf: tuple[str, ...]
    fields: tuple[Field, ...]
    cfn_at: str = ""
    tf_at: str = ""
    constants: Mapping[str, object] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    cfn_named_by: str = ""
    tf_named_by: str = ""
    only_with: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
