"""SMN403 endpoint-config-network: an endpoint configuration that carries network settings, and lacks some.

Where variants name models, the models carry the settings (SMN401, SMN402). Where they name none, the endpoint
hosts inference components, and its own VpcConfig and EnableNetworkIsolation are the only ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.hosting import hosts_components
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import EndpointConfig
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.network_settings import outside_vpc, without_isolation
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every endpoint configuration; about isolation only where the policy asks models for it, too."""
    ask_isolation = policy.setting("SMN402").enabled
    for config in deployment.each(EndpointConfig):
        yield from _judge(config, ask_isolation=ask_isolation)


def _judge(config: EndpointConfig, *, ask_isolation: bool) -> Iterator[Verdict]:
    own = hosts_components(config)
    vpc_written = config.vpc_config_written is not None and config.vpc_config_written is not False
    if isinstance(own, Unknown) and not vpc_written:
        message = f"whether it hosts models with network settings of their own is not known: {own.reason}"
        yield undecided(config, "variants", message)
        return
    if vpc_written or own is True:
        yield from outside_vpc(config)
    if ask_isolation and (config.network_isolation is not None or own is True):
        yield from without_isolation(config, severity=Severity.MEDIUM)


RULE = Rule(
    id="SMN403",
    name="endpoint-config-network",
    title="Endpoint configuration outside a VPC or without network isolation",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(EndpointConfig,),
    references=("https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html",),
    check=check,
)
