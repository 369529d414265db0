"""What the policy of a VPC endpoint leaves open.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

import re
from typing import Any

from sagemaker_netlint.network.logic import either, every
from sagemaker_netlint.network.values import Maybe, Unknown


def allows_all(policy: Maybe[Any], service: str) -> bool | Unknown:
    """Say whether the policy allows everybody all of the service; without one an endpoint does.

    A statement that denies something is taken as what closes it: that is how organisations draw the line
    around their data (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html).
    """
    if policy is None or isinstance(policy, Unknown):
        return True if policy is None else policy
    statements = _listed(policy.get("Statement") if isinstance(policy, dict) else Unknown("it is no policy"))
    is_open = either(_is_open(statement, service) for statement in statements)
    if is_open is not True:
        return is_open
    effects = [s if isinstance(s, Unknown) else s.get("Effect") for s in statements if _has_effect(s)]
    if "Deny" in effects:
        return False
    return next((effect for effect in effects if isinstance(effect, Unknown)), True)


def _has_effect(statement: Any) -> bool:
    return isinstance(statement, (dict, Unknown))


def _is_open(statement: Any, service: str) -> bool | Unknown:
    """Say whether the statement allows everybody everything, without a condition."""
    if isinstance(statement, Unknown) or not isinstance(statement, dict):
        return statement if isinstance(statement, Unknown) else False
    answers = [
        _equals(statement.get("Effect"), ("Allow",)),
        _everybody(statement.get("Principal")),
        _equals(statement.get("Action"), ("*", "*:*", f"{service.partition('.')[0]}:*")),
        _equals(statement.get("Resource"), ("*",)),
        statement.get("Condition") in (None, {}),
    ]
    return every(answers)


def _everybody(principal: Any) -> bool | Unknown:
    if isinstance(principal, dict):
        return _equals(principal.get("AWS"), ("*",))
    return _equals(principal, ("*",))


def _equals(value: Any, wanted: tuple[str, ...]) -> bool | Unknown:
    """Say whether the value, or one of the listed ones, is one of the wanted."""
    items = _listed(value)
    if any(isinstance(item, str) and item in wanted for item in items):
        return True
    return next((item for item in items if isinstance(item, Unknown) and _may_be(item, wanted)), False)


def _may_be(item: Unknown, wanted: tuple[str, ...]) -> bool:
    """Say whether a text with missing parts may be one of the wanted: an ARN is no asterisk."""
    parts = re.split(r"\$\{[^}]*\}", "${}" if item.text is None else item.text)
    pattern = re.compile(".*".join(map(re.escape, parts)))
    return any(pattern.fullmatch(each) for each in wanted)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
