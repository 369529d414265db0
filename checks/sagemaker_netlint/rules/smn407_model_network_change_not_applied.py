"""SMN407 model-network-change-not-applied: a plan that changes the network of a model in place.

SageMaker has no call that updates a model. The provider plans the new subnets or groups as an update,
changes nothing, and reports success: the endpoints go on in the old network.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.declared import Action
from sagemaker_netlint.network.deployment import Deployment, Language, unknowns
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Model
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "give the model a new name, so that it is replaced, and point its endpoint configuration to it"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every model that the plan updates in place."""
    for model in deployment.each(Model):
        change = model.change
        if change is None or change.action is not Action.UPDATE:
            continue
        parts = (("subnets", model.subnets), ("security_groups", model.security_groups))
        changed = [(field, value, _doubt(value)) for field, value in parts if field in change.changed]
        certain = [field for field, _, doubt in changed if doubt is None]
        if certain:
            nouns = " and ".join(field.replace("_", " ") for field in certain)
            message = f"its {nouns} change in place, for which SageMaker has no call: nothing will happen"
            yield violation(model, certain[0], message, fix=_FIX)
        elif changed:
            field, _, doubt = changed[0]
            message = f"its {field.replace('_', ' ')} may change in place, for which SageMaker has no call"
            yield undecided(model, field, f"{message}: {doubt}", fix=_FIX)


def _doubt(value: Refs) -> str | None:
    """Return why it is open whether the new value differs from the old one."""
    open_parts = [value] if isinstance(value, Unknown) else unknowns(value or ())
    return open_parts[0].reason if open_parts else None


RULE = Rule(
    id="SMN407",
    name="model-network-change-not-applied",
    title="Change of a model's network that is never applied",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(Model,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html",),
    languages=frozenset({Language.TERRAFORM_PLAN}),
    check=check,
)
