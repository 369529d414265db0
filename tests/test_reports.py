"""The formats of `check`: each valid by its own schema, complete, and safe against names of an input."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from markdown_it import MarkdownIt
from report_cases import (
    ADVICE,
    BROKEN,
    CASES,
    EMPTY,
    FINDING,
    IGNORED,
    NASTY,
    SETTINGS,
    STRICT,
    UNDECIDED,
    UNREADABLE,
    USUAL,
    report_of,
    strict_report,
)

from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.report import github_sarif_report, markdown_report
from sagemaker_netlint.report.formats import FORMATS, ReportSettings, render
from sagemaker_netlint.report.rule_help import help_markdown
from sagemaker_netlint.report.summary import exit_code
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import DOCS, Rule

SCHEMAS = Path(__file__).parent / "report_schemas"
NOTHING = replace(SETTINGS, exit_code=4)


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand at the top of a repository, in which the files of the reports don't exist."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def sarif_schema() -> jsonschema.Draft4Validator:
    """Return the validator of SARIF 2.1.0, with the formats of JSON Schema (`uri-reference` and others)."""
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def text_of(name: str, report: Report, settings: ReportSettings = SETTINGS) -> str:
    return "\n".join(render(name, report, settings))


def run_of(name: str, report: Report, settings: ReportSettings = SETTINGS) -> Any:
    return json.loads(text_of(name, report, settings))["runs"][0]


# -- every format ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_every_format_renders_every_report_without_a_control_character(name: str, case: str) -> None:
    text = text_of(name, CASES[case])
    assert text
    shown = re.sub(r"\x1b\[\d*m", "", text) if name == "text" else text  # our own colours
    if name != "json":  # JSON escapes: what a reader decodes is data
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])
def test_internal_errors_are_told_by_every_format(name: str) -> None:
    assert "SMN202" in text_of(name, BROKEN)
    assert "KeyError" in text_of(name, BROKEN)


@pytest.mark.parametrize("name", FORMATS)
def test_an_unreadable_input_is_told_by_every_format(name: str) -> None:
    assert "SMN001" in text_of(name, USUAL)
    assert "it is not valid YAML" in html.unescape(text_of(name, USUAL))


def failing_sarif(text: str) -> list[str]:
    failing = [each for each in json.loads(text)["runs"][0]["results"] if each["properties"]["fails"]]
    return [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in failing]


def failing_junit(text: str) -> list[str]:
    cases = ET.fromstring(text.partition("\n")[2]).iter("testcase")  # noqa: S314 - our own text
    return [case.get("name", "").rpartition(":")[0] for case in cases if case.find("failure") is not None]


def failing_markdown(text: str) -> list[str]:
    table = text.partition("<summary>Fails")[2].partition("</details>")[0]
    return [html.unescape(file) for file in re.findall(r"\| ([^|]*)&#58;\d+<br>", table)]


FAILING: dict[str, Callable[[str], list[str]]] = {
    "text": lambda text: re.findall(r"^  \x1b\[1m(.*):\d+\x1b", text, re.MULTILINE),
    "json": lambda text: [f["location"]["file"] for f in json.loads(text)["findings"] if f["fails"]],
    "sarif": failing_sarif,
    "junit": failing_junit,
    "github": lambda text: re.findall(r"^::error file=([^,]*)", text, re.MULTILINE),
    "gitlab": lambda text: [f["location"]["path"] for f in json.loads(text) if f["severity"] != "info"],
    "markdown": failing_markdown,
}
"""The files of the findings that a format shows as failing, of those that are undecided."""


@pytest.mark.parametrize("name", FAILING)
def test_what_is_undecided_fails_by_the_policy_of_its_own_input(name: str) -> None:
    quiet = replace(SETTINGS, quiet=True)
    assert FAILING[name](text_of(name, strict_report(), quiet)) == [STRICT.source]
    assert FAILING[name](text_of(name, report_of(UNDECIDED, STRICT), quiet)) == []
    assert exit_code(strict_report(), SETTINGS.fail_on) is ExitCode.VIOLATIONS
    assert exit_code(report_of(UNDECIDED, STRICT), SETTINGS.fail_on) is ExitCode.CLEAN


def test_text_says_that_what_is_undecided_fails_and_shows_the_rest_apart() -> None:
    text = text_of("text", strict_report())
    told, _, listed = re.sub(r"\x1b\[\d*m", "", text).partition("Undecided: the input doesn't say")
    assert "SMN201 notebook-direct-internet  undecided, which the policy lets fail\n  strict/t.yaml:4" in told
    assert "strict/t.yaml" not in listed
    assert "no violations, 2 undecided (1 fail), 1 conforming" in listed


@pytest.mark.parametrize("name", ["json", "sarif", "junit", "markdown"])
def test_who_suppresses_why_for_whom_and_until_when_is_shown(name: str) -> None:
    text = text_of(name, USUAL)
    for word in ("a sandbox", "until the move", "net-team", "2030-01-31", "baseline"):
        assert word in text


# -- SARIF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sarif", "github-sarif"])
@pytest.mark.parametrize("case", CASES)
def test_sarif_is_valid(name: str, case: str, sarif_schema: jsonschema.Draft4Validator) -> None:
    sarif_schema.validate(json.loads(text_of(name, CASES[case])))


def test_the_schema_refuses_what_is_wrong(sarif_schema: jsonschema.Draft4Validator) -> None:
    log = json.loads(text_of("sarif", USUAL))
    log["runs"][0]["results"][0]["level"] = "high"
    assert not sarif_schema.is_valid(log)


def test_sarif_has_a_result_for_each_finding_with_its_kind_and_state() -> None:
    results = {r["locations"][0].get("logicalLocations", [{}])[0].get("fullyQualifiedName"): r
               for r in run_of("sarif", USUAL)["results"]}  # fmt: skip
    states = {
        name: (r["kind"], r["level"], r["baselineState"], [s["kind"] for s in r.get("suppressions", [])])
        for name, r in results.items()
    }
    assert states == {
        "Notebook": ("fail", "error", "new", []),
        "Open": ("open", "none", "new", []),
        "Advised": ("fail", "note", "new", []),
        "Ignored": ("fail", "error", "new", ["inSource"]),
        "Waived": ("fail", "error", "new", ["external"]),
        "Known": ("fail", "error", "unchanged", ["external"]),
        None: ("fail", "error", "new", []),
    }
    waived = results["Waived"]["suppressions"][0]
    assert waived["justification"] == "until the move"
    assert waived["properties"] == {"by": "waiver", "owner": "net-team", "expires": "2030-01-31"}


def test_without_a_baseline_no_result_has_a_baseline_state() -> None:
    assert not [r for r in run_of("sarif", report_of(FINDING, IGNORED))["results"] if "baselineState" in r]


def test_a_result_links_its_chain_and_says_the_fix() -> None:
    (result,) = run_of("sarif", report_of(FINDING))["results"]
    (related,) = result["relatedLocations"]
    assert related["id"] == 1
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "infra/vpc.yaml"
    assert result["message"]["text"].splitlines() == [
        "`Notebook`: DirectInternetAccess is `Enabled` (when IsProd is false).",
        "Fix: set it to Disabled.",
        "Chain: `Notebook` lies in `Subnet` ([line 9](1)) -> and nowhere else.",
    ]


def test_names_make_no_links_in_messages() -> None:
    for result in run_of("sarif", NASTY)["results"]:
        links = re.findall(r"\[[^\]]*\]\(([^)]*)\)", result["message"]["text"])
        assert set(links) == {"1"}


def test_rules_have_what_github_shows() -> None:
    rules = {rule["id"]: rule for rule in run_of("github-sarif", USUAL)["tool"]["driver"]["rules"]}
    rule = rules["SMN201"]
    assert rule["helpUri"] == f"{DOCS}SMN201-notebook-direct-internet.md"
    assert "## How to fix" in rule["help"]["markdown"]
    assert rule["help"]["text"].startswith("Notebook instance with direct internet access")
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
    assert "security" in rule["properties"]["tags"]
    assert len(rule["properties"]["tags"]) <= 10
    assert rule["defaultConfiguration"]["level"] == "error"
    for result in run_of("github-sarif", USUAL)["results"]:
        assert list(rules)[result["ruleIndex"]] == result["ruleId"]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_the_help_of_every_rule_has_why_and_fix_and_no_relative_link(rule: Rule) -> None:
    text = help_markdown(rule)
    for heading in ("## What it requires", "## Why", "## How to fix"):
        assert heading in text
    assert "<!--" not in text
    assert not re.findall(r"\]\((?!https?://)", text)
    assert len(rule.title) <= 1024


def test_the_severity_of_the_policy_reaches_the_rule() -> None:
    report = report_of(replace(FINDING, severity=Severity.MEDIUM))
    rule = next(r for r in run_of("sarif", report)["tool"]["driver"]["rules"] if r["id"] == "SMN201")
    assert (rule["properties"]["security-severity"], rule["defaultConfiguration"]["level"]) == (
        "5.5",
        "warning",
    )


def test_equal_findings_have_fingerprints_of_their_own_and_lines_do_not_matter() -> None:
    first = run_of("sarif", report_of(FINDING, FINDING))["results"]
    shifted = replace(FINDING, location=Location(FINDING.location.file, 30, 32))
    second = run_of("sarif", report_of(shifted, shifted))["results"]
    prints = [result["partialFingerprints"]["sagemakerNetlint/v1"] for result in first]
    assert len(set(prints)) == 2
    assert prints == [result["partialFingerprints"]["sagemakerNetlint/v1"] for result in second]
    assert prints == [result["partialFingerprints"]["primaryLocationLineHash"] for result in first]


def test_github_gets_its_own_key_only_where_the_line_does_not_tell_results_apart() -> None:
    elsewhere = replace(FINDING, location=Location(FINDING.location.file, 30, 32))
    twin = replace(FINDING, subject="Twin")
    results = run_of("github-sarif", report_of(FINDING, twin, elsewhere))["results"]
    keys = [result["partialFingerprints"].get("primaryLocationLineHash") for result in results]
    assert [key is None for key in keys] == [False, False, True]
    assert keys[0] != keys[1]


def test_github_gets_no_result_that_it_would_open_an_alert_for_in_error() -> None:
    run = run_of("github-sarif", USUAL)
    names = [r["locations"][0].get("logicalLocations", [{"fullyQualifiedName": ""}])[0]["fullyQualifiedName"]
             for r in run["results"]]  # fmt: skip
    assert names == ["Notebook", "Advised", ""]
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert "1 undecided findings are no results here" in notes
    assert "3 suppressed findings are no results here" in notes


def test_the_worst_results_stay_where_github_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_sarif_report, "MAX_RESULTS", 1)
    run = run_of("github-sarif", report_of(ADVICE, FINDING, ADVICE))
    assert [result["level"] for result in run["results"]] == ["error"]
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert notes == ["2 results beyond GitHub's limit are left out"]


@pytest.mark.parametrize(
    ("report", "successful", "text"),
    [
        (report_of(FINDING), True, None),
        (report_of(UNREADABLE), False, "not read: it is not valid YAML"),
        (BROKEN, False, "internal error in SMN202: KeyError: "),
        (EMPTY, True, "nothing to check was found"),
    ],
)
def test_what_was_not_checked_is_a_notification(report: Report, successful: bool, text: str | None) -> None:  # noqa: FBT001 - a table
    (invocation,) = run_of("sarif", report)["invocations"]
    assert invocation["executionSuccessful"] is successful
    notes = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert len(notes) == (text is not None)
    assert all(note.startswith(text or "") for note in notes)


@pytest.mark.parametrize("file", ["a:b.yaml", "net works/ü%41#?.yaml", os.fsdecode(b"\xff.yaml")])
def test_paths_are_percent_encoded_and_relative_to_the_top(file: str) -> None:
    (result,) = run_of("sarif", report_of(replace(FINDING, location=Location(file, 1, 1))))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", artifact["uri"])
    assert unquote(artifact["uri"], errors="surrogateescape") == file


def test_a_file_outside_of_the_repository_is_absolute(tmp_path: Path) -> None:
    outside = replace(FINDING, location=Location("../elsewhere.yaml", 1, 1))
    (result,) = run_of("sarif", report_of(outside))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (tmp_path.parent.resolve() / "elsewhere.yaml").as_uri()}


def test_regions_have_columns_where_the_file_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("A:\n\t  b: c   \n  é: d\n", encoding="utf-8")
    report = report_of(
        replace(FINDING, location=Location("t.yaml", 2, 3)),
        replace(FINDING, location=Location("t.yaml", 9, 9)),
        replace(FINDING, location=Location("t.yaml", 2, 1)),
    )
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in run_of("sarif", report)["results"]]
    assert regions == [
        {"startLine": 2, "startColumn": 4, "endLine": 3, "endColumn": 7},
        {"startLine": 9, "endLine": 9},
        {"startLine": 2, "endLine": 2},
    ]


# -- JUnit -----------------------------------------------------------------------------------------


def cases_of(report: Report, settings: ReportSettings = SETTINGS) -> dict[str, ET.Element]:
    document = ET.fromstring(text_of("junit", report, settings))  # noqa: S314 - our own text
    return {f"{case.get('classname')} {case.get('name')}": case for case in document.iter("testcase")}


@pytest.mark.parametrize("case", CASES)
def test_junit_is_valid_for_jenkins(case: str) -> None:
    schema = xmlschema.XMLSchema10(str(SCHEMAS / "junit-10.xsd"))
    schema.validate(text_of("junit", CASES[case]))


def test_junit_shows_passes_failures_and_what_is_skipped() -> None:
    cases = cases_of(USUAL)
    place = "infra/net works.yaml"
    states = {name: [child.tag for child in case] for name, case in cases.items()}
    assert states == {
        f"SMN001.unreadable-input {place}": ["failure"],
        f"SMN201.notebook-direct-internet {place}: Advised": ["system-out"],
        f"SMN201.notebook-direct-internet {place}: Ignored": ["skipped"],
        f"SMN201.notebook-direct-internet {place}: Known": ["skipped"],
        f"SMN201.notebook-direct-internet {place}: Notebook": ["failure"],
        f"SMN201.notebook-direct-internet {place}: Open": ["skipped"],
        f"SMN201.notebook-direct-internet {place}: Waived": ["skipped"],
        f"SMN202.notebook-outside-vpc {place}: Notebook": [],
    }
    failed = cases[f"SMN201.notebook-direct-internet {place}: Notebook"][0]
    assert failed.get("message") == "DirectInternetAccess is `Enabled` (when IsProd is false)"
    assert "fix: set it to Disabled" in (failed.text or "")
    undecided = cases[f"SMN201.notebook-direct-internet {place}: Open"][0]
    assert undecided.get("message") == "undecided: Access has no default (when IsProd is false)"


def test_junit_counts_what_it_shows() -> None:
    document = ET.fromstring(text_of("junit", USUAL))  # noqa: S314 - our own text
    for suite in document.iter("testsuite"):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
            assert suite.get(name) == str(len(list(suite.iter(tag))))
    assert (document.get("tests"), document.get("failures"), document.get("errors")) == ("8", "2", "0")


def test_an_empty_junit_report_is_no_pass_unless_that_is_allowed() -> None:
    (case,) = cases_of(EMPTY, NOTHING).values()
    assert [child.tag for child in case] == ["error"]
    assert not cases_of(EMPTY, replace(SETTINGS, exit_code=0))


# -- GitHub's workflow commands --------------------------------------------------------------------

COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>[^:]*)::(?P<message>.*)")


def annotations_of(report: Report) -> list[dict[str, str]]:
    """Return the annotations as the runner reads them: it splits first and unescapes then."""
    found = []
    for line in text_of("github", report).splitlines()[:-1]:
        match = COMMAND.fullmatch(line)
        assert match, line
        given = dict(part.split("=", 1) for part in match["properties"].split(","))
        found.append({**{k: unquote(v) for k, v in given.items()}, "level": match["level"],
                      "message": unquote(match["message"])})  # fmt: skip
    return found


def test_annotations_stand_at_their_lines_and_the_worst_come_first() -> None:
    annotations = annotations_of(USUAL)
    assert [(a["level"], a["title"]) for a in annotations] == [
        ("error", "SMN001 unreadable-input (critical)"),
        ("error", "SMN201 notebook-direct-internet (high)"),
        ("warning", "SMN201 notebook-direct-internet (info)"),
        ("notice", "SMN201 notebook-direct-internet (undecided)"),
    ]
    assert (annotations[1]["file"], annotations[1]["line"], annotations[1]["endLine"]) == (
        "infra/net works.yaml",
        "3",
        "5",
    )
    assert "\nfix: set it to Disabled\n" in annotations[1]["message"]


def test_names_start_no_command_of_their_own() -> None:
    lines = text_of("github", NASTY).splitlines()
    assert len(lines) == 3  # two findings and the counts
    for line in lines[:-1]:
        assert COMMAND.fullmatch(line)
        assert "\r" not in line
    for annotation in annotations_of(NASTY):
        assert set(annotation) == {"level", "file", "line", "endLine", "title", "message"}
        assert "%0A" in annotation["message"], "what a name holds is shown as it is written"


# -- GitLab ----------------------------------------------------------------------------------------

CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^(\./|/)"}},
                    "lines": {
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format asks for."""


@pytest.mark.parametrize("case", CASES)
def test_gitlab_gets_what_it_documents(case: str) -> None:
    issues = json.loads(text_of("gitlab", CASES[case]))
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_gitlab_shows_what_counts_and_what_is_undecided() -> None:
    issues = json.loads(text_of("gitlab", USUAL))
    assert [
        (i["severity"], i["description"].split(": ")[0], i["location"]["lines"]["begin"]) for i in issues
    ] == [
        ("critical", "Notebook", 3),
        ("info", "Undecided", 3),
        ("info", "Advised", 3),
        ("blocker", "infra/net works.yaml", 3),
    ]


# -- Markdown --------------------------------------------------------------------------------------


def rendered(report: Report, settings: ReportSettings = SETTINGS) -> str:
    """Return the HTML that a renderer of GitHub's Markdown makes of the report."""
    return str(MarkdownIt("gfm-like").render(text_of("markdown", report, settings)))


def test_markdown_has_the_verdict_and_a_row_for_each_finding() -> None:
    page = rendered(USUAL)
    assert "<h2>sagemaker-netlint: failed</h2>" in page
    counts = "3 violations (1 critical, 1 high, 1 info), 1 undecided, 1 conforming, "
    assert f"{counts}1 ignored, 1 waived, 1 in the baseline, 1 file read" in page
    for summary in ("Fails (2)", "Violations that don't fail (1)", "Undecided", "Suppressed (3)"):
        assert summary in page
    assert page.count("<tr>") == page.count("<thead>") + 7
    link = f'<a href="{DOCS}SMN201-notebook-direct-internet.md">SMN201 notebook-direct-internet</a>'
    assert link in page
    assert "waived by the policy: until the move; owner net-team; until 2030-01-31" in html.unescape(page)


def test_names_open_no_cell_no_html_and_no_link_in_markdown() -> None:
    page = rendered(NASTY)
    rows = [row for row in page.split("<tr>")[1:] if "<td>" in row]
    assert [row.count("<td>") for row in rows] == [5, 5, 3]
    tags = set(re.findall(r"<(/?[a-z0-9]+)", page))
    assert {tag.lstrip("/") for tag in tags} <= {
        "h2", "p", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "br",
    }  # fmt: skip
    assert set(re.findall(r'href="([^"]*)"', page)) == {f"{DOCS}SMN201-notebook-direct-internet.md"}
    assert "&lt;b onload=x&gt;" in page
    assert "@<!-- -->everyone #<!-- -->1" in page, "GitHub looks for mentions in what is rendered"


def test_markdown_of_many_findings_fits_a_comment_and_says_what_is_left_out() -> None:
    many = report_of(*(replace(FINDING, subject=f"Notebook{number}") for number in range(2000)))
    text = text_of("markdown", many)
    assert len(text) < 65_536
    left = re.search(r"\*\*(\d+) rows are left out here\*\*", text)
    assert left
    assert int(left[1]) + text.count("| high |") == 2000
    assert text.count("<details") == text.count("</details>")
    assert markdown_report.MAX_LENGTH < 65_536


@pytest.mark.parametrize(
    ("code", "verdict"), [(0, "passed"), (1, "failed"), (3, "internal error"), (4, "nothing to check")]
)
def test_the_verdict_of_markdown_is_the_one_of_the_exit_code(code: int, verdict: str) -> None:
    assert text_of("markdown", EMPTY, replace(SETTINGS, exit_code=code)).startswith(
        f"## sagemaker-netlint: {verdict}\n"
    )
