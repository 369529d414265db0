"""Distil what AWS's managed policies say about making SageMaker's jobs, models, domains and notebooks.

    python tools/distil_managed_policies.py            writes network/iam/managed_policies.json of the package
    python tools/distil_managed_policies.py --check    changes nothing; ends with 1 where the file differs

The source is moto (Apache-2.0, a package of the tests), which packs the policies as `aws iam list-policies`
and `get-policy-version` return them: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html.
Only statements that concern SageMaker's Create, Update and Attach actions are kept, and of their actions only
those; the policies of service-linked roles are left out, since nobody can attach them. `silent` lists the
policies that have SageMaker in their name and say nothing about these actions, so that a newer one is told
from them.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import moto
from moto.iam.aws_managed_policies import aws_managed_policies_data

TARGET = Path(__file__).resolve().parent.parent / "checks/sagemaker_netlint/network/iam/managed_policies.json"
SOURCE = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference"
_SPARED = 10  # of the actions that a NotAction names: more change nothing for SageMaker's
_VERBS = ("create", "update", "attach")


def _concerns(action: str) -> bool:
    """Say whether a pattern of actions fits one that makes or changes something in SageMaker."""
    if action == "*":
        return True
    service, _, name = action.lower().partition(":")
    fixed = re.split(r"[*?]", name)[0]
    return service == "sagemaker" and any(
        fixed.startswith(verb) or (fixed != name and verb.startswith(fixed)) for verb in _VERBS
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _distilled(statement: dict[str, Any]) -> dict[str, Any] | None:
    if "NotAction" in statement:
        spared = _listed(statement["NotAction"])
        concerning = [action for action in spared if _concerns(action)]
        return {**statement, "NotAction": concerning or spared[:_SPARED]}
    actions = [action for action in _listed(statement["Action"]) if _concerns(action)]
    return {**statement, "Action": actions} if actions else None


def distil() -> dict[str, Any]:
    """Return the content of the data file."""
    policies: dict[str, Any] = {}
    silent = []
    for name, policy in sorted(json.loads(aws_managed_policies_data).items()):
        if policy["Path"] == "/aws-service-role/":
            continue
        found = [_distilled(statement) for statement in _listed(policy["Document"]["Statement"])]
        kept = [statement for statement in found if statement is not None]
        if kept:
            updated = policy["UpdateDate"][:10]
            policies[name] = {"version": policy["DefaultVersionId"], "updated": updated, "Statement": kept}
        elif "sagemaker" in name.lower():
            silent.append(name)
    return {
        "generated_by": f"tools/distil_managed_policies.py from moto (Apache-2.0), which packs {SOURCE}",
        "version": moto.__version__,
        "policies": policies,
        "silent": silent,
    }


def rendered() -> str:
    """Return the data file's text: a line for each statement."""
    data = distil()
    lines = []
    for name, policy in data["policies"].items():
        statements = ",\n".join(f"      {json.dumps(statement)}" for statement in policy["Statement"])
        lines.append(
            f'    {json.dumps(name)}: {{"version": {json.dumps(policy["version"])},'
            f' "updated": {json.dumps(policy["updated"])}, "Statement": [\n{statements}\n    ]}}'
        )
    head = "".join(f"  {json.dumps(key)}: {json.dumps(data[key])},\n" for key in ("generated_by", "version"))
    policies = ",\n".join(lines)
    silent = ",\n".join(f"    {json.dumps(name)}" for name in data["silent"])
    return f'{{\n{head}  "policies": {{\n{policies}\n  }},\n  "silent": [\n{silent}\n  ]\n}}\n'


def main(arguments: list[str]) -> int:
    """Write the data file, or say whether it is as it should be."""
    if arguments == ["--check"]:
        return 0 if TARGET.read_text(encoding="utf-8") == rendered() else 1
    TARGET.write_text(rendered(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
