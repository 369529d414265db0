"""The fixtures through every door: the names of their resources say what must be found.

`fail_…`/`Fail…`, `pass_…`/`Pass…`, `unknown_…`/`Unknown…`: set equality, nothing missing, nothing foreign.
Each door runs once over all fixtures, and finds the policy file that is nearest to each of them. The one of
`fixtures/` turns every rule on; scenarios extend it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sagemaker_netlint.data_files import POLICY_VARIABLE
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.inspection import discover, inspect
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.policy_file import policy_for
from sagemaker_netlint.readers.mapping import resource_types
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID
from sagemaker_netlint.rules.rule import Rule

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("doors")]

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
ENTRY = ROOT / "checks" / "sagemaker_netlint" / "checkov_entry"
PROGRAMS = Path(sys.executable).parent
FILES = {
    Language.CLOUDFORMATION: "template.template",
    Language.TERRAFORM: "main.tf",
    Language.TERRAFORM_PLAN: "tfplan.json",
}
SHORT = {
    Language.CLOUDFORMATION: "cloudformation",
    Language.TERRAFORM: "terraform",
    Language.TERRAFORM_PLAN: "plan",
}
CASES = ("fail", "pass", "unknown")
Calls = frozenset[tuple[str, str]]
MODULE_CALL = re.compile(r"(?:module\.[^.]+\.)*[^.]+")  # Checkov's name for one: a resource has a type, too


@dataclass(frozen=True, order=True)
class Row:
    """What a door said about one subject and one rule; `scenario` is `<rule folder>/<scenario>`."""

    scenario: str
    language: str
    rule: str
    subject: str
    outcome: str


@dataclass(frozen=True)
class Line:
    """Where a door put it."""

    file: Path
    line: int
    end_line: int


Rows = dict[Row, Line]


@dataclass(frozen=True)
class Scenario:
    """A folder of fixtures in one language."""

    folder: Path
    language: Language

    @property
    def name(self) -> str:
        return self.folder.relative_to(FIXTURES).as_posix()

    @property
    def rule(self) -> Rule:
        return BY_ID[self.folder.parent.name.partition("-")[0].upper()]

    def names(self) -> dict[str, set[str]]:
        """Return the names of the resources that carry an expectation, by case."""
        if self.language is Language.CLOUDFORMATION:
            text = (self.folder / "template.template").read_text(encoding="utf-8")
            found = re.findall(r'^\s+"?((?:Fail|Pass|Unknown)\w*)"?:\s*\{?\s*(?:#.*)?$', text, re.MULTILINE)
        elif (self.folder / "main.tf").exists():
            texts = [path.read_text(encoding="utf-8") for path in self.folder.rglob("*.tf")]
            pattern = r'^resource\s+"\w+"\s+"((?:fail|pass|unknown)_\w+)"'
            found = re.findall(pattern, "\n".join(texts), re.MULTILINE)
        else:  # a plan written by hand
            text = (self.folder / "tfplan.json").read_text(encoding="utf-8")
            found = re.findall(r'"name": "((?:fail|pass|unknown)_\w+)"', text)
        return {case: {name for name in found if name.lower().startswith(case)} for case in CASES}


def scenarios() -> Iterator[Scenario]:
    """Yield every scenario in every language that it is written in and that its rule speaks of."""
    for folder in sorted(path for path in FIXTURES.glob("*/*") if path.is_dir()):
        for language, file in FILES.items():
            scenario = Scenario(folder, language)
            if (folder / file).exists() and language in scenario.rule.languages:
                yield scenario


SCENARIOS = tuple(scenarios())
IDS = [f"{scenario.name}-{SHORT[scenario.language]}" for scenario in SCENARIOS]


def run(*command: str | Path) -> str:
    # a policy that is named goes before the files
    inherited = {name: value for name, value in os.environ.items() if name != POLICY_VARIABLE}
    environment = {**inherited, "LOG_LEVEL": "ERROR"}
    result = subprocess.run(
        [str(PROGRAMS / command[0]), *map(str, command[1:])],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert "Traceback" not in result.stderr, result.stderr[-3000:]
    assert result.stdout, result.stderr[-3000:]
    return result.stdout


def place(file: str | Path) -> tuple[str, str]:
    """Return the scenario and the language of a file of the fixtures."""
    path = (ROOT / file).resolve()
    scenario = "/".join(path.relative_to(FIXTURES).parts[:2])
    by_suffix = {".template": Language.CLOUDFORMATION, ".json": Language.TERRAFORM_PLAN}
    return scenario, SHORT[by_suffix.get(path.suffix, Language.TERRAFORM)]


# -- the doors, each once ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def own() -> Rows:
    """Return what our own command says."""
    rows: Rows = {}
    for finding in json.loads(run("sagemaker-netlint", "check", FIXTURES, "--format", "json"))["findings"]:
        at = finding["location"]
        outcome = "ignored" if finding["suppressed"] else finding["outcome"]
        row = Row(*place(finding["source"]), finding["rule"], finding["subject"], outcome)
        rows[row] = Line((ROOT / at["file"]).resolve(), at["line"], at["end_line"])
    return rows


@pytest.fixture(scope="session")
def judged() -> set[Row]:
    """Return the subjects that conform; the command counts them only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(POLICY_VARIABLE, raising=False)
        report = inspect(discover([FIXTURES]).inputs, policy_for)
    found = {(finding.rule_id, finding.source, finding.subject) for finding in report.findings}
    return {
        Row(*place(source), rule, subject, "conforming")
        for rule, subjects in report.judged.items()
        for source, subject in subjects
        if (rule, source, subject) not in found
    }


@pytest.fixture(scope="session")
def checkov() -> Rows:
    """Return what Checkov says in its three frameworks. What is undecided it doesn't say."""
    output = run(
        "checkov", "-d", FIXTURES, "--framework", "terraform", "cloudformation", "terraform_plan",
        "--external-checks-dir", ENTRY, "-c", "CKV_SMN*", "-o", "json", "--skip-download",
    )  # fmt: skip
    outcomes = {"failed_checks": "violation", "passed_checks": "conforming", "skipped_checks": "ignored"}
    rows: Rows = {}
    for report in json.loads(output):
        for key, outcome in outcomes.items():
            for record in report["results"][key]:
                row, line = checkov_row(record, outcome)
                rows[row] = line
    return rows


def checkov_row(record: dict[str, Any], outcome: str) -> tuple[Row, Line]:
    resource = record["resource"]
    subject = resource.removeprefix("AWS::").partition(".")[2] if "::" in resource else resource
    if MODULE_CALL.fullmatch(resource):
        head, dot, name = resource.rpartition(".")
        subject = f"{head}{dot}module.{name}"
    rule = record["check_id"].replace("CKV_SMN_", "SMN")
    row = Row(*place(record["file_abs_path"]), rule, subject, outcome)
    return row, Line(Path(record["file_abs_path"]), *record["file_line_range"])


@pytest.fixture(scope="session")
def cfn_lint() -> Rows:
    """Return what cfn-lint says, the undecided findings with it."""
    templates = sorted(FIXTURES.rglob("*.template"))
    output = run(
        "cfn-lint",
        "--append-rules=sagemaker_netlint.cfn_lint_rules",
        "-c",
        "I",
        "--format",
        "json",
        "--",
        *templates,
    )
    rows: Rows = {}
    for match in json.loads(output):
        found = re.match(r"(?P<rule>SMN\d{3} )?(?:`(?P<subject>[^`]+)`: )?", match["Message"])
        assert found
        rule = match["Rule"]["Id"]
        assert rule != "E0002", match["Message"]
        if "SMN" in rule:
            outcome = "undecided" if rule == "ISMN000" else "violation"
            name = (found["rule"] or rule[1:]).strip()
            row = Row(*place(match["Filename"]), name, found["subject"] or "", outcome)
            at = match["Location"]
            rows[row] = Line(Path(match["Filename"]), at["Start"]["LineNumber"], at["End"]["LineNumber"])
    return rows


# -- the folder's own rule -----------------------------------------------------------------------------


def base_name(subject: str) -> str:
    """Return a subject's own name: without modules, stacks and instance keys."""
    return re.sub(r'\[(?:"[^"]*"|[^\]])*\]', "", subject).rpartition("/")[2].rpartition(".")[2]


def said(rows: Rows, scenario: Scenario) -> dict[str, set[str]]:
    """Return the names of the subjects about which a door said something by the folder's rule."""
    by_outcome: dict[str, set[str]] = {
        "violation": set(),
        "undecided": set(),
        "conforming": set(),
        "ignored": set(),
    }
    for row in rows:
        own_row = (row.scenario, row.language, row.rule)
        if own_row == (scenario.name, SHORT[scenario.language], scenario.rule.id):
            by_outcome[row.outcome].add(base_name(row.subject))
    return by_outcome


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_own_command(own: Rows, scenario: Scenario) -> None:
    names, found = scenario.names(), said(own, scenario)
    assert any(names.values()), "no resource carries an expectation"
    assert found["violation"] == names["fail"]
    assert found["undecided"] == names["unknown"]
    assert not found["ignored"] - names["pass"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=IDS)
def test_checkov(checkov: Rows, scenario: Scenario) -> None:
    names, found = scenario.names(), said(checkov, scenario)
    assert found["violation"] == (set() if scenario.rule.severity is Severity.INFO else names["fail"])
    assert not found["conforming"] & (names["fail"] | names["unknown"])
    assert not found["ignored"] - names["pass"]


CFN = [
    (scenario, name)
    for scenario, name in zip(SCENARIOS, IDS, strict=True)
    if name.endswith("-cloudformation")
]


@pytest.mark.parametrize("scenario", [s for s, _ in CFN], ids=[name for _, name in CFN])
def test_cfn_lint(cfn_lint: Rows, scenario: Scenario) -> None:
    names, found = scenario.names(), said(cfn_lint, scenario)
    assert found["violation"] == names["fail"]
    assert found["undecided"] == names["unknown"]


# -- all rules: the doors agree ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def calls() -> Calls:
    """Return the modules that a stand-in is read for, with their scenario: Checkov sees the call alone."""
    report = inspect(discover([FIXTURES]).inputs, policy_for, rules=())
    return frozenset((place(source)[0], address) for source, address in report.stood_in)


def at_calls(rows: set[Row], calls: Calls) -> set[Row]:
    """Put what is said of the resources of such modules at the call."""

    def moved(row: Row) -> Row:
        around = (call for scenario, call in calls if scenario == row.scenario)
        call = next((call for call in around if row.subject.startswith(f"{call}.")), row.subject)
        return replace(row, subject=call) if row.language == "terraform" else row

    return {moved(row) for row in rows}


def of(rows: Rows | set[Row], outcome: str, language: str | None = None) -> set[Row]:
    """Return the rows about resources, with a nested stack's resources at the stack."""
    return {
        Row(row.scenario, row.language, row.rule, row.subject.partition("/")[0], outcome)
        if row.language == "cloudformation"
        else row
        for row in rows
        if row.outcome == outcome and row.rule != "SMN001" and language in {None, row.language}
    }


def failing(rows: set[Row]) -> set[Row]:
    """Return the rows that fail a door: those of rules that only advise don't."""
    return {row for row in rows if BY_ID[row.rule].severity is not Severity.INFO}


def test_checkov_finds_what_the_command_finds(own: Rows, checkov: Rows, calls: Calls) -> None:
    assert any((row.scenario, row.subject) in calls for row in of(checkov, "violation"))
    assert at_calls(failing(of(own, "violation")), calls) == of(checkov, "violation")
    assert of(own, "ignored") == of(checkov, "ignored")


def test_checkov_passes_what_conforms(own: Rows, judged: set[Row], checkov: Rows, calls: Calls) -> None:
    assert len(judged) > 100
    open_calls = {
        replace(row, outcome="conforming")
        for row in at_calls(set(own), calls)
        if (row.scenario, row.subject) in calls
    }
    judged = at_calls(judged, calls) - open_calls
    worse = {(r.scenario, r.language, r.rule, r.subject) for r in checkov if r.outcome != "conforming"}
    expected = {
        r for r in of(judged, "conforming") if (r.scenario, r.language, r.rule, r.subject) not in worse
    }
    assert expected == of(checkov, "conforming")


def test_cfn_lint_finds_what_the_command_finds(own: Rows, cfn_lint: Rows) -> None:
    for outcome in ("violation", "undecided"):
        assert of(own, outcome, "cloudformation") == of(cfn_lint, outcome)


def test_unreadable_input_is_told_by_all_doors(own: Rows, checkov: Rows, cfn_lint: Rows) -> None:
    """It belongs to a file, so Checkov tells it at the file's resources."""

    def files(rows: Rows) -> set[tuple[str, str]]:
        return {(r.scenario, r.language) for r in rows if r.rule == "SMN001" and r.outcome == "violation"}

    assert files(own) == files(checkov)
    assert {pair for pair in files(own) if pair[1] == "cloudformation"} == files(cfn_lint)


# -- places --------------------------------------------------------------------------------------------


def test_lines_lie_within_the_resource(own: Rows, checkov: Rows) -> None:
    """Checkov's own parsers say where a resource begins and ends."""
    blocks = {(row.scenario, row.language, row.subject): line for row, line in checkov.items()}
    checked = 0
    for row, line in own.items():
        block = blocks.get((row.scenario, row.language, row.subject))
        if block is None or row.language == "plan":
            continue
        checked += 1
        assert line.file == block.file, row
        assert block.line <= line.line <= line.end_line <= block.end_line, (row, line, block)
    assert checked > 100


def test_cfn_lint_names_the_same_lines(own: Rows, cfn_lint: Rows) -> None:
    assert cfn_lint
    assert {row: line.line for row, line in cfn_lint.items()} == {
        row: line.line for row, line in own.items() if row in cfn_lint
    }


# -- completeness --------------------------------------------------------------------------------------


def not_applicable(rule: Rule) -> set[str]:
    """Return what the front matter of the folder's README.md leaves out: `plan`, or `plan/unknown`."""
    folder = FIXTURES / f"{rule.id.lower()}-{rule.name}"
    readme = folder / "README.md"
    if not readme.exists():
        return set()
    _, front, text = readme.read_text(encoding="utf-8").split("---", 2)
    matter = yaml.safe_load(front)
    assert matter.get("reason") or text.strip(), f"{readme}: no reason is given"
    return set(matter["not_applicable"])


def expressible(rule: Rule) -> Iterator[Language]:
    """Yield the languages that can declare a subject of the rule."""
    types = resource_types(rule.subjects)
    for language in rule.languages:
        is_cloudformation = language is Language.CLOUDFORMATION
        if any(name.startswith("AWS::") is is_cloudformation for name in types):
            yield language


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_every_case_has_a_fixture(rule: Rule) -> None:
    if not rule.subjects:
        pytest.skip("about files, not resources: broken files are made by the readers' tests")
    left_out = not_applicable(rule)
    covered = {
        f"{SHORT[scenario.language]}/{case}"
        for scenario in SCENARIOS
        if scenario.rule is rule
        for case, names in scenario.names().items()
        if names
    }
    wanted = {f"{SHORT[language]}/{case}" for language in expressible(rule) for case in CASES}
    missing = {case for case in wanted - covered if not {case, case.partition("/")[0]} & left_out}
    assert not missing
    assert not {case for case in left_out if "/" in case} & covered, "it is there, yet said not to be"


def test_the_policy_of_the_fixtures_turns_every_rule_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(POLICY_VARIABLE, raising=False)
    folders = {FIXTURES, *(path.parent for path in FIXTURES.rglob("template.template"))}
    assert len(folders) > 20
    for folder in folders:
        policy = policy_for(folder)
        assert {rule.id for rule in ALL_RULES if policy.setting(rule.id).enabled} == set(BY_ID), folder


def test_folders_are_named_like_rules() -> None:
    names = {f"{rule.id.lower()}-{rule.name}" for rule in ALL_RULES}
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} <= names


# -- what Checkov's loader meets -----------------------------------------------------------------------


def test_stored_documents_load_plainly() -> None:
    """Of a clone, `--external-checks-git` loads every YAML and JSON file plainly, and dies of `!Ref`."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name.endswith((".yaml", ".yml", ".json"))]
    paths = [path for path in paths if path.exists()]
    assert len(paths) > 5
    for path in paths:
        text = path.read_text(encoding="utf-8")
        loaded = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
        assert loaded is not None, path
