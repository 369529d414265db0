"""What the fixtures cannot state about the rules on notebooks, jobs, models and endpoint configurations."""

from __future__ import annotations

from typing import Any

import pytest

from sagemaker_netlint.findings import Outcome, Severity, Verdict
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.hosting import hosts_components, serverless_models
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import (
    EndpointConfig,
    Job,
    Model,
    ModelContainer,
    NotebookInstance,
    ProductionVariant,
)
from sagemaker_netlint.policy import JobSettings, Policy, RuleSetting
from sagemaker_netlint.readers.build import build
from sagemaker_netlint.readers.raw import Data, Problem, RawDeployment, RawResource
from sagemaker_netlint.rules.catalogue import BY_ID

HERE = Location("main.yaml", 1, 9)
OPEN = Unknown("parameter P has no default")
PLAIN = Policy("test")
BASE: dict[str, Any] = {"type": "T", "location": HERE}
VPC: dict[str, Any] = {"subnets": ("subnet-1",), "security_groups": ("sg-1",)}


def job(**fields: Any) -> Job:
    return Job(**{**BASE, "address": "Job", "identity": "job", "kind": "training", **fields})


def model(**fields: Any) -> Model:
    return Model(**{**BASE, "address": "Model", "identity": "model", **fields})


def notebook(**fields: Any) -> NotebookInstance:
    return NotebookInstance(**{**BASE, "address": "Notebook", "identity": "notebook", **fields})


def container(**fields: Any) -> ModelContainer:
    return ModelContainer(**{**BASE, "address": "Model", "identity": "model/0", **fields})


def config(*variants: Any, **fields: Any) -> EndpointConfig:
    return EndpointConfig(
        **{**BASE, "address": "Config", "identity": "config", "variants": variants or None, **fields}
    )


def variant(**fields: Any) -> ProductionVariant:
    return ProductionVariant(**{**BASE, "address": "Config", "identity": "config/0", **fields})


def deployment(*components: Declared) -> Deployment:
    return Deployment(Language.CLOUDFORMATION, "main.yaml", components)


def verdicts(rule_id: str, *components: Declared, policy: Policy = PLAIN) -> list[Verdict]:
    return list(BY_ID[rule_id].check(deployment(*components), policy))


def outcome(rule_id: str, *components: Declared, policy: Policy = PLAIN) -> Outcome | None:
    found = verdicts(rule_id, *components, policy=policy)
    assert len(found) <= 1
    return found[0].outcome if found else None


@pytest.mark.parametrize("value", ["Enabled", "disabled", "DISABLED", "false", ""])
def test_only_the_very_word_disabled_is_disabled(value: str) -> None:
    (verdict,) = verdicts("SMN201", notebook(direct_internet_access=value))
    assert verdict.outcome is Outcome.VIOLATION
    assert f"`{value}`" in verdict.message


def test_an_absent_access_is_named_as_the_default() -> None:
    (verdict,) = verdicts("SMN201", notebook())
    assert verdict.message == "DirectInternetAccess is not set, and the default is Enabled"


class TestDisabledWithoutSubnet:
    """SMN203: what is known to be missing decides, whatever else is open."""

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"subnet": None, "security_groups": OPEN}, Outcome.VIOLATION),
            ({"subnet": OPEN, "security_groups": None}, Outcome.VIOLATION),
            ({"subnet": OPEN, "security_groups": ()}, Outcome.VIOLATION),
            ({"subnet": "subnet-1", "security_groups": OPEN}, Outcome.UNDECIDED),
            ({"subnet": OPEN, "security_groups": OPEN}, Outcome.UNDECIDED),
            ({"subnet": "subnet-1", "security_groups": (OPEN,)}, None),
        ],
    )
    def test_disabled(self, fields: dict[str, Any], expected: Outcome | None) -> None:
        assert outcome("SMN203", notebook(direct_internet_access="Disabled", **fields)) is expected

    @pytest.mark.parametrize("access", [None, "Enabled", "disabled"])
    def test_not_disabled(self, access: str | None) -> None:
        assert outcome("SMN203", notebook(direct_internet_access=access)) is None

    def test_both_missing_parts_are_named(self) -> None:
        (verdict,) = verdicts("SMN203", notebook(direct_internet_access="Disabled"))
        assert "no subnet and no security group" in verdict.message


class TestVpcQuestion:
    """SMN301, SMN401 and SMN403 put the same question."""

    @pytest.mark.parametrize(
        ("fields", "expected", "says"),
        [
            ({}, Outcome.VIOLATION, "no VpcConfig with subnets and security groups"),
            ({"subnets": (), "security_groups": ()}, Outcome.VIOLATION, "no VpcConfig with subnets"),
            ({**VPC, "subnets": None}, Outcome.VIOLATION, "names no subnet"),
            ({**VPC, "security_groups": ()}, Outcome.VIOLATION, "names no security group"),
            ({"subnets": None, "security_groups": OPEN}, Outcome.VIOLATION, "names no subnet"),
            ({"subnets": OPEN, "security_groups": None}, Outcome.VIOLATION, "names no security group"),
            ({"subnets": OPEN, "security_groups": OPEN}, Outcome.UNDECIDED, "parameter P has no default"),
            ({**VPC, "security_groups": OPEN}, Outcome.UNDECIDED, "security groups are not known"),
        ],
    )
    def test_answers(self, fields: dict[str, Any], expected: Outcome, says: str) -> None:
        for rule_id, subject in (
            ("SMN301", job(**fields)),
            ("SMN401", model(**fields)),
            ("SMN403", config(variant(), **fields)),
        ):
            (verdict,) = verdicts(rule_id, subject)
            assert verdict.outcome is expected
            assert says in verdict.message

    def test_a_list_with_an_unknown_item_is_not_empty(self) -> None:
        fields = {"subnets": (OPEN,), "security_groups": (OPEN, "sg-1")}
        assert outcome("SMN301", job(**fields)) is None
        assert outcome("SMN401", model(**fields)) is None


class TestSteps:
    """A resource that declares several jobs: the message says which one is meant."""

    def test_only_where_there_are_several(self) -> None:
        problems: list[Problem] = []
        definition: Data = {"vpc_config": [{"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}]}
        both: dict[str, Data] = {"training_job_definitions": [definition, {}]}
        alone: dict[str, Data] = {"training_job_definition": [{}]}
        kind = "aws_sagemaker_hyper_parameter_tuning_job"
        raw = tuple(
            RawResource(f"{kind}.{name}", kind, name, attributes, HERE)
            for name, attributes in (("both", both), ("alone", alone))
        )
        built = build(RawDeployment(Language.TERRAFORM, ".", raw), problems.append)
        assert not problems
        assert [j.step for j in built.each(Job)] == [
            "`training_job_definitions[0]`",
            "`training_job_definitions[1]`",
            "",
        ]
        steps = [v.subject.step for v in BY_ID["SMN301"].check(built, PLAIN)]
        assert steps == ["`training_job_definitions[1]`", ""]


class TestIsolation:
    """SMN302 and SMN402."""

    @pytest.mark.parametrize("kind", ["model bias", "model explainability"])
    def test_clarify_is_told_of_its_shadow_endpoint(self, kind: str) -> None:
        (verdict,) = verdicts("SMN302", job(kind=kind))
        assert "shadow endpoint" in verdict.fix
        assert verdict.severity is None

    def test_others_are_not(self) -> None:
        (verdict,) = verdicts("SMN302", job(kind="model quality"))
        assert "Clarify" not in verdict.fix

    def test_a_kind_without_the_setting_conforms(self) -> None:
        assert outcome("SMN302", job(kind="labeling", has_isolation=False)) is None
        assert outcome("SMN303", job(kind="labeling", has_encryption=False, instance_count=4)) is None


class TestEncryption:
    """SMN303: the number of instances decides, unless the policy asks for single ones, too."""

    STRICT = Policy("strict", jobs=JobSettings(encrypt_single_instance=True))

    @pytest.mark.parametrize(
        ("encryption", "count", "plain", "strict"),
        [
            (None, 2, Outcome.VIOLATION, Outcome.VIOLATION),
            (False, 1, None, Outcome.VIOLATION),
            (False, OPEN, Outcome.UNDECIDED, Outcome.VIOLATION),
            (None, None, Outcome.UNDECIDED, Outcome.VIOLATION),
            (OPEN, 1, None, Outcome.UNDECIDED),
            (OPEN, 2, Outcome.UNDECIDED, Outcome.UNDECIDED),
            (OPEN, OPEN, Outcome.UNDECIDED, Outcome.UNDECIDED),
            (True, OPEN, None, None),
            (True, None, None, None),
        ],
    )
    def test_answers(
        self, encryption: Any, count: Any, plain: Outcome | None, strict: Outcome | None
    ) -> None:
        subject = job(traffic_encryption=encryption, instance_count=count)
        assert outcome("SMN303", subject) is plain
        assert outcome("SMN303", subject, policy=self.STRICT) is strict


class TestEndpointConfig:
    """SMN403: who carries the settings, and which question is asked."""

    BOTH = Policy("both", rules={"SMN402": RuleSetting()})

    def test_isolation_is_asked_only_where_models_are_asked(self) -> None:
        subject = config(variant(), **VPC, network_isolation=False)
        assert outcome("SMN403", subject) is None
        (verdict,) = verdicts("SMN403", subject, policy=self.BOTH)
        assert verdict.field == "network_isolation"
        assert verdict.severity is Severity.MEDIUM

    def test_both_questions_may_fail(self) -> None:
        found = verdicts("SMN403", config(variant()), policy=self.BOTH)
        assert [v.field for v in found] == ["subnets", "network_isolation"]

    def test_a_configuration_with_models_leaves_them_the_questions(self) -> None:
        assert outcome("SMN403", config(variant(model="m")), policy=self.BOTH) is None
        assert outcome("SMN403", config(variant(model=OPEN)), policy=self.BOTH) is None
        assert outcome("SMN403", config(), policy=self.BOTH) is None

    def test_what_it_writes_itself_is_judged_beside_models(self) -> None:
        assert outcome("SMN403", config(variant(model="m"), vpc_config_written=True)) is Outcome.VIOLATION
        isolated = config(variant(model="m"), network_isolation=False)
        assert outcome("SMN403", isolated, policy=self.BOTH) is Outcome.VIOLATION

    def test_open_variants_are_undecided_unless_a_setting_is_written(self) -> None:
        assert outcome("SMN403", config(OPEN)) is Outcome.UNDECIDED
        assert outcome("SMN403", config(OPEN, **VPC, vpc_config_written=True)) is None

    def test_an_open_variant_beside_one_with_a_model(self) -> None:
        assert hosts_components(config(OPEN, variant(model="m"))) is False


class TestServerless:
    """A model is left out only where every variant that hosts it is serverless."""

    @pytest.mark.parametrize(
        ("flags", "expected"),
        [
            ([True], True),
            ([True, True], True),
            ([True, None], False),
            ([OPEN, None], False),
            ([OPEN, True], OPEN),
        ],
    )
    def test_flags(self, flags: list[Any], expected: Any) -> None:
        variants = [variant(model="model", serverless=flag) for flag in flags]
        assert serverless_models(deployment(model(), config(*variants))) == {"model": expected}

    def test_a_model_that_nobody_hosts_is_judged(self) -> None:
        assert serverless_models(deployment(model(), config(variant(model="other", serverless=True)))) == {}
        assert outcome("SMN401", model()) is Outcome.VIOLATION

    def test_a_perhaps_serverless_model_is_undecided_only_where_it_would_fail(self) -> None:
        perhaps = config(variant(model="model", serverless=OPEN))
        assert outcome("SMN401", model(), perhaps) is Outcome.UNDECIDED
        assert outcome("SMN401", model(**VPC), perhaps) is None


class TestRegistry:
    """SMN404: the containers that have an image."""

    def test_open_containers(self) -> None:
        assert outcome("SMN404", model(containers=OPEN)) is Outcome.UNDECIDED
        assert outcome("SMN404", model(containers=(OPEN,))) is Outcome.UNDECIDED
        assert outcome("SMN404", model()) is None

    def test_an_open_image_is_an_image(self) -> None:
        assert outcome("SMN404", model(containers=(container(image=OPEN),))) is Outcome.VIOLATION

    def test_the_container_is_named_where_there_are_several(self) -> None:
        good, bad = container(image="i", repository_access_mode="Vpc"), container(image="i")
        (verdict,) = verdicts("SMN404", model(containers=(good, bad)))
        assert verdict.message.startswith("container 2: ")
        assert verdict.subject is bad
        (verdict,) = verdicts("SMN404", model(containers=(bad,)))
        assert verdict.message.startswith("RepositoryAccessMode")
