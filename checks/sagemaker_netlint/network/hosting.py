"""Which endpoint variants host a model, and what hosting it so allows.

Serverless inference takes neither a VPC configuration, nor network isolation, nor a private registry
(https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html, "Feature exclusions"), so a
model that only serverless variants host cannot have them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Union

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.logic import every
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import EndpointConfig, Model, ProductionVariant


def variants_of(config: EndpointConfig) -> tuple[ProductionVariant | Unknown, ...]:
    """Return the variants; an unknown list is one unknown variant, an absent one is empty."""
    if isinstance(config.variants, Unknown):
        return (config.variants,)
    return config.variants or ()


def hosts_components(config: EndpointConfig) -> bool | Unknown:
    """Say whether the configuration is for inference components: none of its variants names a model.

    Only such an endpoint takes network settings of its own (CreateEndpointConfig; the check that the
    Terraform provider's pull request 48738 makes at plan time).
    """
    variants = variants_of(config)
    if any(isinstance(variant, ProductionVariant) and variant.model is not None for variant in variants):
        return False
    unknown = next((variant for variant in variants if isinstance(variant, Unknown)), None)
    return unknown if unknown is not None else bool(variants)


def serverless_models(deployment: Deployment) -> dict[str, Union[bool, Unknown]]:
    """Return, by the identity of a model that variants host, whether all of them are serverless."""
    flags: dict[str, list[Maybe[bool]]] = defaultdict(list)
    for identity, flag in _hosted(deployment):
        flags[identity].append(flag)
    return {identity: _all_true(found) for identity, found in flags.items()}


def _hosted(deployment: Deployment) -> Iterator[tuple[str, Maybe[bool]]]:
    for config in deployment.each(EndpointConfig):
        for variant in variants_of(config):
            if isinstance(variant, ProductionVariant):
                model = deployment.find(Model, variant.model)
                if isinstance(model, Model):
                    yield model.identity, variant.serverless


def _all_true(flags: list[Maybe[bool]]) -> bool | Unknown:
    return every(False if flag is None else flag for flag in flags)
