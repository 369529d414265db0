"""SMN107 domain-network-replaced: a plan that replaces a domain because its network changes.

SageMaker can change the subnets and domain groups of a domain that exists. The provider nevertheless
deletes the domain and makes a new one, even for one subnet more: the users' homes stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.declared import Action
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_NOUNS = {"vpc": "VPC", "subnets": "subnets", "domain_security_groups": "domain security groups"}
_FIX = "undo the change, or where UpdateDomain can make it (SubnetIds, SecurityGroupIds), make it there first"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain that the plan replaces."""
    for domain in deployment.each(Domain):
        change = domain.change
        if change is None or change.action is not Action.REPLACE:
            continue
        causes = [field for field in _NOUNS if field in change.forces_replacement]
        suspects = [field for field in _NOUNS if field in change.changed]
        if causes:
            message = f"the domain is deleted and made anew because its {_listed(causes)} changed"
            yield violation(domain, causes[0], f"{message}: the users' homes stay behind", fix=_FIX)
        elif suspects and not change.forces_replacement:
            message = "the domain is deleted and made anew, and the plan does not name the cause"
            yield undecided(domain, suspects[0], f"{message}; its {_listed(suspects)} changed", fix=_FIX)


def _listed(fields: list[str]) -> str:
    return " and ".join(_NOUNS[field] for field in fields)


RULE = Rule(
    id="SMN107",
    name="domain-network-replaced",
    title="Domain replaced because its network changes",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Domain,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateDomain.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/48778",
    ),
    languages=frozenset({Language.TERRAFORM_PLAN}),
    check=check,
)
