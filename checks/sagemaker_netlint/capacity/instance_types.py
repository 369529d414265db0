"""How many addresses an instance takes, by its type.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html (at least two an instance, at least
five with an EFA), EC2 User Guide, "Elastic Fabric Adapter" and "Network cards" (2026-04), the SageMaker API's
lists of instance types (botocore 1.44.5), and
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html.

AWS says of two types that SageMaker attaches an EFA to them, and nothing of the others that EC2 can attach
one to: those are ranges. Nor does it say how many addresses several network cards take. Five with one card,
and 32 for the 32 cards of a HyperPod P5 instance, bound it: at most one for each card after the first.
"""

from __future__ import annotations

from sagemaker_netlint.capacity.amounts import Amount, at_least, exactly
from sagemaker_netlint.capacity.model import Placement
from sagemaker_netlint.network.values import Maybe, Unknown

PER_INSTANCE = 2
PER_INSTANCE_WITH_EFA = 5
TRAINING = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html"
HYPERPOD = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html"

_WITH_EFA = frozenset({"ml.p3dn.24xlarge", "ml.p4d.24xlarge"})

_NETWORK_CARDS = {
    "ml.g6e.24xlarge": 2,
    "ml.g6e.48xlarge": 4,
    "ml.g7e.24xlarge": 2,
    "ml.g7e.48xlarge": 4,
    "ml.p4d.24xlarge": 4,
    "ml.p4de.24xlarge": 4,
    "ml.p5.48xlarge": 32,
    "ml.p5e.48xlarge": 32,
    "ml.p5en.48xlarge": 16,
    "ml.p6-b200.48xlarge": 8,
    "ml.p6-b300.48xlarge": 17,
    "ml.p6e-gb200.36xlarge": 17,
    "ml.trn1.32xlarge": 8,
    "ml.trn1n.32xlarge": 16,
    "ml.trn2.48xlarge": 16,
}
"""Types with more than one network card; all of them can have an EFA on each."""

_ONE_CARD_SIZES = {
    "c5n": (9, 18),
    "c6i": (32,),
    "c7i": (48,),
    "c8i": (48, 96),
    "g4dn": (8, 12, 16),
    "g5": (8, 12, 16, 24, 48),
    "g6": (8, 12, 16, 24, 48),
    "g6e": (8, 12, 16),
    "g7e": (8, 12),
    "m6i": (32,),
    "m7i": (48,),
    "m8i": (48, 96),
    "p3dn": (24,),
    "p5": (4,),
    "r6i": (32,),
    "r7i": (48,),
    "r8i": (48, 96),
}

EFA_CAPABLE = frozenset(_NETWORK_CARDS) | {
    f"ml.{family}.{size}xlarge" for family, sizes in _ONE_CARD_SIZES.items() for size in sizes
}
"""Types of training jobs to which EC2 can attach an EFA."""

_MOST = PER_INSTANCE_WITH_EFA - 1 + max(_NETWORK_CARDS.values())

# https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html, P5 only
_HYPERPOD_P5 = {True: 81, False: 32}
_P5 = "ml.p5.48xlarge"


def of_job(instance_type: Maybe[str]) -> Amount:
    """Return the addresses of an instance of a training, processing or other job."""
    if instance_type is None:
        return Amount(PER_INSTANCE, _MOST, "its instance type is not written")
    if isinstance(instance_type, Unknown):
        return Amount(PER_INSTANCE, _MOST, f"its instance type is not known: {instance_type.reason}")
    if instance_type not in EFA_CAPABLE:
        return exactly(PER_INSTANCE)
    low = PER_INSTANCE_WITH_EFA if instance_type in _WITH_EFA else PER_INSTANCE
    high = PER_INSTANCE_WITH_EFA - 1 + _NETWORK_CARDS.get(instance_type, 1)
    doubt = f"AWS doesn't publish how many addresses {instance_type} takes in a job" if low < high else ""
    return Amount(low, high, doubt)


def placement_of_job(instance_type: Maybe[str], instances: Amount) -> Placement:
    """Say whether the instances of a job lie in one subnet: an EFA's traffic can't leave a subnet.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
    """
    if instances.high <= 1:
        return Placement.SPREAD
    if isinstance(instance_type, str) and instance_type in _WITH_EFA:
        return Placement.TOGETHER
    if instance_type is None or isinstance(instance_type, Unknown) or instance_type in EFA_CAPABLE:
        return Placement.PERHAPS_TOGETHER
    return Placement.SPREAD


def has_efa(instance_type: Maybe[str], *, cluster: bool = False) -> bool | Unknown:
    """Say whether SageMaker attaches an EFA to an instance of a training job, or of a HyperPod cluster.

    Of a P5 instance of a cluster, AWS counts an address for each of its network cards.
    """
    if instance_type is None:
        return Unknown("its instance type is not written")
    if isinstance(instance_type, Unknown):
        return Unknown(f"its instance type is not known: {instance_type.reason}")
    if instance_type in _WITH_EFA or (cluster and instance_type == _P5):
        return True
    if instance_type in EFA_CAPABLE:
        return Unknown(f"AWS doesn't say whether {instance_type} gets an Elastic Fabric Adapter (EFA)")
    return False


def of_cluster(instance_type: Maybe[str], eks: Maybe[bool]) -> Amount:
    """Return the addresses of an instance of a HyperPod cluster: AWS publishes those of P5 only."""
    if isinstance(instance_type, str) and instance_type.startswith("ml.p5."):
        if isinstance(eks, Unknown):
            low, high = sorted(_HYPERPOD_P5.values())
            return Amount(low, high, f"whether EKS orchestrates it is not known: {eks.reason}")
        return exactly(_HYPERPOD_P5[eks is True])
    if isinstance(instance_type, Unknown):
        return at_least(1, f"its instance type is not known: {instance_type.reason}")
    named = "an instance without a type" if instance_type is None else instance_type
    return at_least(1, f"AWS doesn't publish how many addresses {named} takes in a HyperPod cluster")
