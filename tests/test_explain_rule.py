"""`explain` with a rule: its page in the terminal and as JSON, and what is a path all the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click import unstyle
from click.testing import CliRunner, Result

from sagemaker_netlint.cli.main import cli
from sagemaker_netlint.report.rule_page import rule_page_lines
from sagemaker_netlint.report.terminal_markdown import markdown_lines
from sagemaker_netlint.rule_pages import SECTIONS, rule_sections
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID
from sagemaker_netlint.rules.rule import Rule


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *arguments], env={"COLUMNS": "80"})


@pytest.mark.parametrize(
    "spelling", ["SMN204", "smn204", "notebook-without-way-out", "ESMN204", "CKV_SMN_204", "ckv_smn_204"]
)
def test_a_rule_is_known_by_each_of_its_ids(spelling: str) -> None:
    result = explain(spelling)
    assert result.stdout.startswith("SMN204 notebook-without-way-out  high\n")
    assert result.exit_code == 0


def test_the_page_says_what_why_how_and_when_not() -> None:
    text = explain("SMN204").stdout
    positions = [text.index(f"\n{heading}\n") for heading in (*SECTIONS, "References")]
    assert positions == sorted(positions)
    for part in (
        "profiles  baseline, vpc-only, regulated",
        "    # checkov:skip=CKV_SMN_204:the reason",
        "    # sagemaker-netlint: ignore[SMN204] the reason",
        "          ignore_checks: [ESMN204]",
        "`SMN204: false`",
        "CloudFormation, fails:",
        "Terraform, passes:",
        BY_ID["SMN204"].guideline,
    ):
        assert part in text


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_every_page_is_shown_whole_without_markup(rule: Rule) -> None:
    assert list(rule_sections(rule)) == list(SECTIONS)
    lines = [unstyle(line) for line in rule_page_lines(rule, 80)]
    prose = [line for line in lines if not line.startswith("    ")]
    text = "\n".join(prose)
    assert not re.search(r"\*\*|\]\(|<!--|```|^\||<br>", text, re.MULTILINE)
    # what stays longer is an address or code, and both are copied
    long = [line for line in prose if len(line) > 80 and not re.search(r"https://|`|aws_|AWS::", line)]
    assert not long


def test_several_rules_are_told_after_each_other() -> None:
    text = explain("SMN201", "SMN202").stdout
    assert text.index("SMN201 notebook-direct-internet") < text.index("\nSMN202 notebook-outside-vpc  high\n")


def test_json_has_the_facts_and_the_sections() -> None:
    (page,) = json.loads(explain("SMN204", "--format", "json").stdout)
    assert (page["id"], page["checkov_id"]) == ("SMN204", "CKV_SMN_204")
    assert list(page["page"]) == list(SECTIONS.values())
    assert "```terraform" in page["page"]["examples"]
    assert "<!--" not in json.dumps(page)


def test_what_exists_is_a_path_even_where_a_rule_bears_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("SMN204").mkdir()
    Path("SMN204/studio.yaml").write_text("Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n")
    result = explain("SMN204")
    assert "nothing to explain" in result.stdout
    assert "What it requires" in explain("ESMN204").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("SMN2O4",), "did you mean SMN204 (notebook-without-way-out)?"),
        (("nowhere.yaml",), "Path 'nowhere.yaml' does not exist."),
        (("SMN204", "."), "SMN204 is a rule, and there are paths beside it"),
        (("SMN204", "--subject", "Studio"), "--subject goes with a path, and SMN204 is a rule"),
        (("SMN204", "--policy", "regulated"), "--policy goes with a path"),
    ],
)
def test_neither_path_nor_rule_is_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    result = explain(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def shown(text: str, width: int = 40) -> list[str]:
    return [unstyle(line) for line in markdown_lines(text, width)]


def test_code_and_addresses_are_never_broken() -> None:
    address = "https://docs.aws.amazon.com/sagemaker/latest/dg/a-long-page-name.html"
    code = "```yaml\nKey: a value that is much longer than forty characters\n\n  Below: 1\n```"
    lines = shown(f"See [the guide]({address}), which says more.\n\n{code}")
    assert any(address in line for line in lines)
    assert lines[-3:] == ["    Key: a value that is much longer than forty characters", "", "      Below: 1"]


def test_lists_hang_and_wide_tables_become_lists() -> None:
    assert shown("- one that is a bit too long for a line of forty\n- two\n1. three") == [
        "- one that is a bit too long for a line",
        "  of forty",
        "- two",
        "1. three",
    ]
    assert shown("| a | b |\n| --- | --- |\n| x \\| y | `c` |") == ["a      b", "x | y  `c`"]
    wide = "| a | b |\n| --- | --- |\n| " + "word " * 9 + "| end |"
    assert shown(wide) == ["- word word word word word word word", "  word word: end"]


def test_marks_inside_of_code_stay() -> None:
    assert shown("**Bold**, `a ** b` and [SMN601](SMN601-vpc-endpoint-missing.md)") == [
        "Bold, `a ** b` and SMN601"
    ]
    (line,) = shown("[policy](../policy.md)", 200)
    assert line == "policy (https://github.com/sagemaker-netlint/sagemaker-netlint/blob/main/docs/policy.md)"
