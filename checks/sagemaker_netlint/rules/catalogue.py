"""All rules, by id: an explicit list, since importing must do nothing."""

from __future__ import annotations

from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn201_notebook_direct_internet import RULE as SMN201
from sagemaker_netlint.rules.smn202_notebook_outside_vpc import RULE as SMN202
from sagemaker_netlint.rules.smn203_notebook_disabled_without_subnet import RULE as SMN203
from sagemaker_netlint.rules.smn301_job_outside_vpc import RULE as SMN301
from sagemaker_netlint.rules.smn302_job_without_network_isolation import RULE as SMN302
from sagemaker_netlint.rules.smn303_job_traffic_unencrypted import RULE as SMN303
from sagemaker_netlint.rules.smn401_model_outside_vpc import RULE as SMN401
from sagemaker_netlint.rules.smn402_model_without_network_isolation import RULE as SMN402
from sagemaker_netlint.rules.smn403_endpoint_config_network import RULE as SMN403
from sagemaker_netlint.rules.smn404_model_registry_not_vpc import RULE as SMN404

ALL_RULES: tuple[Rule, ...] = (
    SMN201,
    SMN202,
    SMN203,
    SMN301,
    SMN302,
    SMN303,
    SMN401,
    SMN402,
    SMN403,
    SMN404,
)

BY_ID = {rule.id: rule for rule in ALL_RULES}
