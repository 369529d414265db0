"""Inference endpoints: instances of the variants, and the second fleet of an update."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import ceil

from sagemaker_netlint.capacity.amounts import Amount, at_least, exactly
from sagemaker_netlint.capacity.instance_types import PER_INSTANCE
from sagemaker_netlint.capacity.model import Group, Item
from sagemaker_netlint.capacity.places import Places
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.hosting import variants_of
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import EndpointConfig, HostingEndpoint, Model, ProductionVariant

HOSTING = "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html"
BLUE_GREEN = "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html"


def hosting_items(deployment: Deployment, places: Places) -> Iterator[Item]:
    """Yield an item for each variant that runs instances in subnets."""
    endpoints = _endpoints(deployment)
    for config in deployment.each(EndpointConfig):
        for variant in variants_of(config):
            if isinstance(variant, ProductionVariant) and variant.serverless is not True:
                keys = places.keys(config, _subnets(deployment, config, variant))
                if keys:
                    yield _item(config, variant, keys, endpoints[config.identity])


def _endpoints(deployment: Deployment) -> dict[str, list[HostingEndpoint]]:
    endpoints: dict[str, list[HostingEndpoint]] = defaultdict(list)
    for endpoint in deployment.each(HostingEndpoint):
        config = deployment.find(EndpointConfig, endpoint.config)
        if isinstance(config, EndpointConfig):
            endpoints[config.identity].append(endpoint)
    return endpoints


def _subnets(deployment: Deployment, config: EndpointConfig, variant: ProductionVariant) -> Refs:
    """Return the subnets of the instances: the configuration's own, else those of the variant's model."""
    if config.subnets is not None:
        return config.subnets
    model = deployment.find(Model, variant.model)
    return model.subnets if isinstance(model, Model) else None


def _item(
    config: EndpointConfig,
    variant: ProductionVariant,
    keys: tuple[str, ...],
    endpoints: list[HostingEndpoint],
) -> Item:
    instances = _instances(variant)
    second, why = _second_fleet(instances, endpoints)
    return Item(
        group=Group.HOSTING,
        cause="endpoint instances",
        owner=config,
        text=f"{instances} instances and {second} more during {why}, {PER_INSTANCE} addresses each",
        source=f"{HOSTING}, {BLUE_GREEN}",
        size=exactly(PER_INSTANCE),
        count=instances + second,
        subnets=keys,
    )


def _instances(variant: ProductionVariant) -> Amount:
    """Return the most instances that the variant runs outside of updates."""
    counts = [_count(variant.instance_count, "initial"), _count(variant.maximum_instance_count, "largest")]
    written = [count for count in counts if count is not None]
    if not written:
        return at_least(1, "its instance count is not written")
    doubt = next((count.doubt for count in written if count.doubt), "")
    return Amount(max(c.low for c in written), max(c.high for c in written), doubt)


def _count(value: Maybe[int], which: str) -> Amount | None:
    if isinstance(value, Unknown):
        return at_least(0, f"its {which} instance count is not known: {value.reason}")
    return None if value is None else exactly(max(value, 0))


def _second_fleet(instances: Amount, endpoints: list[HostingEndpoint]) -> tuple[Amount, str]:
    """Return the instances that run beside the others during an update, and its kind.

    Blue/green is the default: a whole second fleet. A rolling update adds a batch at a time.
    """
    batches = [_batch(instances, endpoint) for endpoint in endpoints]
    known = [batch for batch in batches if batch is not None]
    if not known or len(known) < len(batches):
        return instances, "a blue/green update"
    doubt = next((batch.doubt for batch in known if batch.doubt), "")
    return Amount(max(b.low for b in known), max(b.high for b in known), doubt), "a rolling update"


def _batch(instances: Amount, endpoint: HostingEndpoint) -> Amount | None:
    size, unit = endpoint.rolling_batch, endpoint.rolling_unit
    if size is None:
        return None
    for value in (size, unit):
        if isinstance(value, Unknown):
            doubt = f"the batch of its rolling update is not known: {value.reason}"
            return Amount(min(1, instances.low), instances.high, doubt)
    if not isinstance(size, int):
        return None
    if unit == "CAPACITY_PERCENT":
        return Amount(ceil(instances.low * size / 100), ceil(instances.high * size / 100), instances.doubt)
    return exactly(size)
