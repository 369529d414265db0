"""All rules, by id: an explicit list, since importing must do nothing."""

from __future__ import annotations

from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn202_notebook_outside_vpc import RULE as SMN202

ALL_RULES: tuple[Rule, ...] = (SMN202,)

BY_ID = {rule.id: rule for rule in ALL_RULES}
