"""Asks AWS, by describe and list calls alone, and puts the answers together as an inventory file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from sagemaker_netlint.snapshot.redaction import masked, redacted
from sagemaker_netlint.snapshot.sections import (
    SECTIONS,
    VPC_ATTRIBUTE_CALL,
    VPC_ATTRIBUTES,
    Section,
    action_of,
)

FORMAT_VERSION = 1

# DescribeRouteTables takes no more than 100 a page; a call without a size may be refused in large accounts.
_PAGE_SIZE = 100
_RETRIES = {"mode": "standard", "total_max_attempts": 8}
_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_DNS = "Vpcs.DnsAttributes"


class SnapshotError(Exception):
    """No snapshot can be taken; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is asked for: a region, the VPCs in it (all where none is named), the tags that are kept.

    `profile` and `endpoint_url` are as the AWS CLI has them.
    """

    region: str
    vpcs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    profile: str | None = None
    endpoint_url: str | None = None


@dataclass(slots=True)
class _Taking:
    """The answers so far; `missing` says by section why there is no answer."""

    scope: Scope
    clients: Mapping[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def add(self, section: Section) -> None:
        """Ask for a section; what AWS refuses is missing, and said to be."""
        client = self.clients[section.service]
        try:
            items = list(_items(client, section))
        except ClientError as error:
            self.missing[section.name] = _refusal(section.action, error)
            return
        if section.name == "Vpcs":
            _require_known(self.scope, items)
        self.data[section.name] = redacted(section, items, self.scope.vpcs, self.scope.tags)

    def add_dns(self) -> None:
        """Add to each VPC what DescribeVpcs does not tell, in the words of DescribeVpcAttribute."""
        for vpc in self.data.get("Vpcs", ()):
            for key, attribute in VPC_ATTRIBUTES.items():
                try:
                    told = getattr(self.clients["ec2"], VPC_ATTRIBUTE_CALL)(
                        VpcId=vpc["VpcId"], Attribute=attribute
                    )
                except ClientError as error:
                    self.missing[_DNS] = _refusal(action_of("ec2", VPC_ATTRIBUTE_CALL), error)
                    return
                vpc[key] = told[key]


def take_snapshot(scope: Scope) -> dict[str, Any]:
    """Return the content of an inventory file; its key `Snapshot` says what it covers and what is missing.

    Raises:
        SnapshotError: AWS can't be asked, refuses everything, or doesn't know one of the VPCs.

    """
    try:
        taking = _Taking(scope, _clients(scope))
        for section in SECTIONS:
            taking.add(section)
        taking.add_dns()
    except (BotoCoreError, ValueError) as error:
        raise SnapshotError(str(error)) from error
    except ResponseParserError as error:  # its text holds the whole answer
        where = scope.endpoint_url or "AWS's address"
        raise SnapshotError(f"what answers at {where} is no AWS API; a proxy, perhaps") from error
    if not taking.data:
        raise SnapshotError(f"AWS refuses every call: {next(iter(taking.missing.values()))}")
    return {"Snapshot": _about(scope, taking.missing), **masked(taking.data)}


def _clients(scope: Scope) -> dict[str, Any]:
    session = boto3.Session(profile_name=scope.profile, region_name=scope.region)
    config = Config(retries=_RETRIES, connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS)
    return {
        service: session.client(service, config=config, endpoint_url=scope.endpoint_url)
        for service in sorted({section.service for section in SECTIONS})
    }


def _items(client: Any, section: Section) -> Iterator[Mapping[str, Any]]:
    if not client.can_paginate(section.operation):
        yield from getattr(client, section.operation)()[section.name]
        return
    paginator = client.get_paginator(section.operation)
    # ListExports has pages, of a size that nobody can choose
    sized = {"PaginationConfig": {"PageSize": _PAGE_SIZE}} if section.service == "ec2" else {}
    for page in paginator.paginate(**sized):
        yield from page[section.name]


def _require_known(scope: Scope, items: Collection[Mapping[str, Any]]) -> None:
    unknown = sorted(set(scope.vpcs) - {item["VpcId"] for item in items})
    if unknown:
        raise SnapshotError(f"{scope.region} has no {', '.join(unknown)} that this account sees")


def _refusal(action: str, error: ClientError) -> str:
    """Return why a call gave nothing; the error's message is left out, since it names the caller's role."""
    return f"{action}: {error.response.get('Error', {}).get('Code', 'unknown error')}"


def _about(scope: Scope, missing: Mapping[str, str]) -> dict[str, Any]:
    about: dict[str, Any] = {
        "Version": FORMAT_VERSION,
        "Region": scope.region,
        "Tags": sorted(set(scope.tags)),
    }
    if scope.vpcs:
        about["Vpcs"] = sorted(set(scope.vpcs))
    return {**about, "Missing": dict(missing)}
