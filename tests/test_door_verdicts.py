"""What a host is answered: addresses that differ, worst answers, and the input behind a resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sagemaker_netlint.checkov_places import Place, roots_of, template_of
from sagemaker_netlint.door_verdicts import Answer, Result, Verdicts, ask, explain
from sagemaker_netlint.engine import RuleFailure
from sagemaker_netlint.findings import Finding, Outcome, Severity, Step
from sagemaker_netlint.inspection import InputKind, Report
from sagemaker_netlint.network.declared import Location, Suppression
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy, RuleSetting
from sagemaker_netlint.rules.catalogue import BY_ID

RULE = BY_ID["SMN201"]
INPUT = BY_ID["SMN001"]
POLICY = Policy("test", {RULE.id: RuleSetting(), INPUT.id: RuleSetting()})
STRICT = Policy("strict", POLICY.rules, fail_undecided=True)
LINE = Location("main.tf", 3, 3)


def finding(subject: str, outcome: Outcome = Outcome.VIOLATION, *, ignored: str | None = None) -> Finding:
    return Finding(
        rule_id=RULE.id, rule_name=RULE.name, outcome=outcome, severity=Severity.HIGH, subject=subject,
        subject_type="t", source=".", location=LINE, message=f"{outcome.value} seen", fix="mend it",
        suppressed=None if ignored is None else Suppression(RULE.id, ignored, LINE),
    )  # fmt: skip


def answer(report: Report, address: str, policy: Policy = POLICY) -> Answer:
    return Verdicts(report).answer(RULE, address, policy)


def judged(*addresses: str, findings: tuple[Finding, ...] = ()) -> Report:
    return Report(findings=list(findings), judged={RULE.id: {(".", address) for address in addresses}})


# -- addresses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "ours"),
    [
        pytest.param("t.n", "t.n", id="the same"),
        pytest.param("t.n", "t.n[0]", id="the host does not know the count"),
        pytest.param("t.n[0]", "t.n", id="we do not know the count"),
        pytest.param('module.a["k.x"].t.n', 'module.a["k.x"].t.n[0]', id="a key with a dot"),
        pytest.param("module.a.t.n[1]", 'module.a["[x]/y"].t.n[1]', id="a key with brackets"),
        pytest.param("Network", "Network/Subnet", id="a nested stack"),
        pytest.param("Network", "Network/Inner/Subnet", id="a stack in a nested stack"),
    ],
)
def test_the_address_of_the_host_finds_ours(asked: str, ours: str) -> None:
    assert answer(judged(ours, findings=(finding(ours),)), asked).result is Result.VIOLATION


@pytest.mark.parametrize(
    ("asked", "ours"),
    [
        pytest.param("t.n[0]", "t.n[1]", id="another instance"),
        pytest.param('t.n["a"]', 't.n["b"]', id="another key"),
        pytest.param("t.n", "module.a.t.n", id="another module"),
        pytest.param("module.a.t.n[0]", "module.b.t.n", id="another module, no index"),
        pytest.param("Network", "Networks/Subnet", id="a stack whose name begins alike"),
        pytest.param("Subnet", "Network/Subnet", id="a resource of a nested stack by its own name"),
    ],
)
def test_another_address_is_not_taken(asked: str, ours: str) -> None:
    assert answer(judged(ours, findings=(finding(ours),)), asked).result is Result.NOT_JUDGED


def test_the_exact_instance_goes_before_others() -> None:
    report = judged("t.n[0]", "t.n[1]", findings=(finding("t.n[1]"),))
    assert answer(report, "t.n[0]").result is Result.CONFORMING
    assert answer(report, "t.n[1]").result is Result.VIOLATION
    assert answer(report, "t.n").result is Result.VIOLATION, "the block stands for all instances"


def test_a_finding_at_another_address_is_named() -> None:
    lines = answer(judged("Network/Subnet", findings=(finding("Network/Subnet"),)), "Network").lines
    assert lines[0] == "`Network/Subnet` (main.tf:3): violation seen"
    assert answer(judged("t.n", findings=(finding("t.n"),)), "t.n").lines[0] == "violation seen"


# -- results -------------------------------------------------------------------------------------------


def test_conforming_undecided_and_violation() -> None:
    doubt = finding("t.b", Outcome.UNDECIDED)
    report = judged("t.a", "t.b", "t.c", findings=(doubt, finding("t.c")))
    assert answer(report, "t.a") == Answer(Result.CONFORMING)
    assert answer(report, "t.b").result is Result.UNDECIDED
    assert answer(report, "t.b", STRICT).result is Result.VIOLATION
    assert answer(report, "t.c") == Answer(Result.VIOLATION, ("violation seen", "fix: mend it"))


def test_advice_is_no_violation() -> None:
    advice = replace(finding("t.a"), severity=Severity.INFO)
    assert answer(judged("t.a", findings=(advice,)), "t.a").result is Result.ADVICE
    both = judged("t.a", findings=(advice, finding("t.a")))
    assert answer(both, "t.a") == Answer(Result.VIOLATION, ("violation seen", "fix: mend it"))


def test_the_worst_of_several_findings_counts() -> None:
    report = judged("t.a", findings=(finding("t.a", Outcome.UNDECIDED), finding("t.a")))
    assert answer(report, "t.a").result is Result.VIOLATION
    assert "undecided seen" not in answer(report, "t.a").lines


def test_an_ignored_finding_is_no_violation() -> None:
    report = judged("t.a", findings=(finding("t.a", ignored="sandbox"),))
    assert answer(report, "t.a").result is Result.IGNORED
    assert answer(report, "t.a").reason == "sandbox"
    both = judged("t.a", findings=(finding("t.a", ignored="sandbox"), finding("t.a")))
    assert answer(both, "t.a").result is Result.VIOLATION


def test_a_rule_that_is_off_judges_nothing() -> None:
    report = judged("t.a", findings=(finding("t.a"),))
    assert answer(report, "t.a", Policy("empty")).result is Result.NOT_JUDGED


def test_a_resource_beside_unreadable_input_is_no_pass() -> None:
    problem = Finding(
        rule_id=INPUT.id, rule_name=INPUT.name, outcome=Outcome.VIOLATION, severity=Severity.CRITICAL,
        subject="", subject_type="", source="main.tf", location=LINE, message="it is cut off",
    )  # fmt: skip
    report = judged("t.a", findings=(problem,))
    assert answer(report, "t.a").result is Result.CONFORMING, "what was read is judged"
    missing = answer(report, "t.missing")
    assert missing.result is Result.VIOLATION
    assert missing.lines == ("not read by sagemaker-netlint:", "it is cut off")
    assert Verdicts(report).answer(INPUT, "t.a", POLICY).result is Result.VIOLATION


def test_a_stand_in_beside_unreadable_input_says_nothing_if_it_was_read() -> None:
    problem = Finding(
        rule_id=INPUT.id, rule_name=INPUT.name, outcome=Outcome.VIOLATION, severity=Severity.CRITICAL,
        subject="", subject_type="", source="main.tf", location=LINE, message="it is cut off",
    )  # fmt: skip
    rule = BY_ID["SMN503"]
    assert NotebookInstance in rule.stand_ins
    verdicts = Verdicts(judged("t.n", findings=(problem,)))
    policy = Policy("test", {rule.id: RuleSetting()})
    assert verdicts.answer(rule, "t.n", policy).result is Result.NOT_JUDGED
    assert verdicts.answer(rule, "t.missing", policy).result is Result.VIOLATION


@pytest.mark.parametrize("failed", [RULE.id, INPUT.id])
def test_a_defect_fails_closed(failed: str) -> None:
    report = Report(failures=[RuleFailure(failed, ".", "KeyError: 'x'")])
    said = answer(report, "t.a")
    assert said.result is Result.VIOLATION
    assert f"{failed} failed with KeyError: 'x'" in said.lines[-1]


def test_the_text_shows_the_chain_and_the_variant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    steps = (Step("`Vpc`", Location(str(tmp_path / "vpc.yaml"), 4, 9)), Step("no route", None))
    seen = Finding(
        rule_id=RULE.id, rule_name=RULE.name, outcome=Outcome.VIOLATION, severity=Severity.HIGH, subject="A",
        subject_type="t", source=".", location=LINE, message="open", chain=steps, when="IsProd is false",
    )  # fmt: skip
    assert explain(seen) == ("open (when IsProd is false)", "- `Vpc` (vpc.yaml:4)", "- no route")


def test_a_template_on_disk_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_NETLINT_POLICY", "vpc-only")
    template = tmp_path / "t.template"
    template.write_text(
        "Resources:\n  N:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties: {RoleArn: r}\n",
        encoding="utf-8",
    )
    assert ask(InputKind.CLOUDFORMATION, template, RULE, "N").result is Result.VIOLATION
    assert ask(InputKind.CLOUDFORMATION, template, RULE, "M").result is Result.NOT_JUDGED


# -- from Checkov's data to the input ------------------------------------------------------------------


class Graph:
    """A graph as rustworkx shows it: nodes are pairs of a hash and attributes."""

    def __init__(self, *nodes: dict[str, Any]) -> None:
        """Take the attributes."""
        self.pairs = [("hash", node) for node in nodes]

    def node_indices(self) -> range:
        return range(len(self.pairs))

    def nodes(self) -> list[tuple[str, dict[str, Any]]]:
        return self.pairs


class NetworkxGraph(Graph):
    """A graph as networkx shows it."""

    node_indices = property()  # reading it raises AttributeError: there is none

    def nodes(self, data: bool = False) -> list[tuple[str, dict[str, Any]]]:  # noqa: FBT001, FBT002 - networkx
        assert data
        return self.pairs


class Module:
    """A called module as Checkov keeps it: it yields pairs."""

    def __init__(self, path: str, outer: Module | None = None) -> None:
        """Take the file of the call, and the call of the module that this one stands in."""
        self.path, self.outer = path, outer

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield what Checkov's own class yields."""
        yield "path", self.path
        yield "nested_tf_module", dict(self.outer) if self.outer else None


def node(address: str, file: str, module: object = None) -> dict[str, Any]:
    return {"__address__": address, "file_path_": file, "source_module_object_": module}


def terraform(folder: str) -> Place:
    return Place(InputKind.TERRAFORM, Path(folder))


@pytest.mark.parametrize("kind", [Graph, NetworkxGraph])
def test_a_resource_of_the_root_lies_in_its_folder(kind: type[Graph]) -> None:
    graph = kind(node("t.a", "/p/one/main.tf"), node("t.a", "/p/two/main.tf"))
    assert roots_of(graph, "t.a", "/one/main.tf") == [terraform("/p/one")]
    assert roots_of(graph, "t.a", "/../two/main.tf") == [terraform("/p/two")]


def test_a_resource_of_a_module_lies_in_the_root_that_calls_it() -> None:
    inner = Module("/p/modules/net/main.tf", Module("/p/live/main.tf"))
    graph = Graph(node("module.net.module.in.t.a", "/p/modules/in/main.tf", inner))
    assert roots_of(graph, "module.net.module.in.t.a", "/modules/in/main.tf") == [terraform("/p/live")]


def test_a_module_of_two_roots_is_asked_in_both() -> None:
    calls = [Module("/p/dev/main.tf"), {"path": "/p/prod/main.tf", "nested_tf_module": None}]
    graph = Graph(*(node("module.net.t.a", "/p/net/main.tf", call) for call in calls))
    assert roots_of(graph, "module.net.t.a", "/net/main.tf") == [terraform("/p/dev"), terraform("/p/prod")]


def test_a_plan_is_a_file() -> None:
    graph = Graph(node("t.a", "/p/plan.json"), node("t.b", "/p/cdk.tf.json"))
    assert roots_of(graph, "t.a", "/plan.json") == [Place(InputKind.TERRAFORM_PLAN, Path("/p/plan.json"))]
    assert roots_of(graph, "t.b", "/cdk.tf.json") == [terraform("/p")]


def test_a_template_is_where_checkov_says() -> None:
    configuration = {"Properties": {"__file__": "/p/t.yaml"}}
    assert template_of(configuration, "/t.yaml") == Place(InputKind.CLOUDFORMATION, Path("/p/t.yaml"))


def test_a_resource_without_properties_is_found_by_checkovs_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.yaml").write_text("Resources: {}\n", encoding="utf-8")
    arguments = SimpleNamespace(directory=[str(tmp_path)], file=None)
    monkeypatch.setattr("sagemaker_netlint.checkov_places.checkov_arguments", lambda: arguments)
    assert template_of({"Type": "t"}, "/t.yaml").path == tmp_path / "t.yaml"
