"""The change that a message proposes, applied: the finding is gone, and no new one has come.

`fix.yaml` beside a scenario is a list of `{file, subject, edits: [{old, new}]}`; `old` stands in the file
exactly once, unless the edit says `all: true`. Where nothing in the file can be changed, `reason` stands in
place of `edits` and says why.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sagemaker_netlint.data_files import POLICY_VARIABLE
from sagemaker_netlint.findings import Outcome
from sagemaker_netlint.inspection import Report, discover, inspect
from sagemaker_netlint.policy_file import policy_for
from sagemaker_netlint.rules.catalogue import BY_ID

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
POLICY = ".sagemaker-netlint.yaml"
TEMPLATE, CONFIGURATION = "template.template", "main.tf"
RULES = (
    *("SMN104", "SMN105", "SMN108", "SMN204", "SMN205", "SMN206", "SMN207", "SMN208", "SMN209"),
    *("SMN304", "SMN305", "SMN307", "SMN308", "SMN405", "SMN406", "SMN408"),
    *("SMN409", "SMN601", "SMN602", "SMN603", "SMN604", "SMN605", "SMN606", "SMN607", "SMN608", "SMN701"),
    *("SMN702", "SMN703", "SMN801", "SMN802", "SMN803", "SMN804", "SMN805"),
)
"""The rules whose messages must propose a change that helps."""

Row = tuple[str, str]
"""A rule's id and a subject's address."""


@dataclass(frozen=True)
class Fix:
    """An entry of a `fix.yaml`."""

    folder: Path
    values: Mapping[str, Any]

    @property
    def rule(self) -> str:
        return rule_of(self.folder)

    def means(self, row: Row) -> bool:
        """Say whether the fix is for the finding; the subject may be a bare name of Terraform's."""
        subject: str = self.values["subject"]
        address = row[1] if subject.endswith("]") else without_key(row[1])
        return row[0] == self.rule and (address == subject or address.endswith(f".{subject}"))

    def __str__(self) -> str:
        """Return the id of the test."""
        return (
            f"{self.folder.relative_to(FIXTURES).as_posix()}-{self.values['file']}-{self.values['subject']}"
        )


def rule_of(folder: Path) -> str:
    return folder.parent.name.partition("-")[0].upper()


def scenarios() -> list[Path]:
    """Return the scenarios of the rules in the list."""
    folders = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())
    return [folder for folder in folders if rule_of(folder) in RULES and rule_of(folder) in BY_ID]


def fixes(folder: Path) -> Iterator[Fix]:
    file = folder / "fix.yaml"
    if file.exists():
        for values in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield Fix(folder, values)


FIXES = [fix for file in sorted(FIXTURES.glob("*/*/fix.yaml")) for fix in fixes(file.parent)]
APPLIED = [fix for fix in FIXES if "reason" not in fix.values]


# a missing endpoint is SMN204's matter where nothing leads out of the subnet, and SMN601's else
WITH_A_WAY_OUT = {"SMN204": "SMN601"}


@pytest.fixture(autouse=True)
def _policies_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(POLICY_VARIABLE, raising=False)


def copied(fix: Fix, to: Path) -> Path:
    """Copy the scenario with the policies above it; a language that the fix is not of stays behind."""
    other = {TEMPLATE: ("*.tf",), CONFIGURATION: ("*.template",)}.get(fix.values["file"], ())
    folder = to / fix.folder.parent.name / fix.folder.name
    shutil.copytree(fix.folder, folder, ignore=shutil.ignore_patterns("tfplan.json", "fix.yaml", *other))
    for above in (FIXTURES, fix.folder.parent):
        if (above / POLICY).exists():
            shutil.copy(above / POLICY, to / above.relative_to(FIXTURES))
    return folder


def violations(folder: Path) -> dict[Row, str]:
    """Return what is violated in a scenario, and where the input could not be read."""
    report: Report = inspect(discover([folder]).inputs, policy_for)
    assert not report.failures
    return {
        (finding.rule_id, finding.subject): finding.message
        for finding in report.findings
        if finding.outcome is Outcome.VIOLATION and not finding.suppressed
    }


def apply(fix: Fix, folder: Path) -> None:
    file = folder / fix.values["file"]
    text = file.read_text(encoding="utf-8")
    for edit in fix.values["edits"]:
        times = text.count(edit["old"])
        assert times == 1 or (edit.get("all") and times > 1), f"{times} times in the file: {edit['old']!r}"
        text = text.replace(edit["old"], edit["new"])
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("fix", APPLIED, ids=str)
def test_the_proposed_change_mends_it_and_breaks_nothing(fix: Fix, tmp_path: Path) -> None:
    folder = copied(fix, tmp_path)
    before = violations(folder)
    assert any(fix.means(row) for row in before)
    apply(fix, folder)
    after = violations(folder)
    assert {row: text for row, text in after.items() if fix.means(row)} == {}
    known = {*before, *((WITH_A_WAY_OUT.get(rule, rule), subject) for rule, subject in before)}
    assert {row: text for row, text in after.items() if row not in known} == {}


NAMES = {
    TEMPLATE: re.compile(r'^\s+"?(Fail\w*)"?:\s*\{?\s*(?:#.*)?$', re.MULTILINE),
    CONFIGURATION: re.compile(r'^resource\s+"\w+"\s+"(fail_\w+)"', re.MULTILINE),
}


@pytest.mark.parametrize("folder", scenarios(), ids=lambda folder: folder.relative_to(FIXTURES).as_posix())
def test_every_failing_subject_has_its_change(folder: Path) -> None:
    """An entry per subject in each language, or one with the reason why there is none."""
    there = {(fix.values["file"], name_of(fix.values["subject"])) for fix in fixes(folder)}
    expected = set()
    for file, names in NAMES.items():
        if (folder / file).exists():
            found = names.findall((folder / file).read_text(encoding="utf-8"))
            expected |= {(file, name) for name in found}
    assert expected - there == set()


def without_key(address: str) -> str:
    """Return the address of a resource without the key of its instance."""
    return re.sub(r"\[[^\]]*\]$", "", address)


def name_of(address: str) -> str:
    return without_key(address).rpartition(".")[2]


def test_an_entry_says_what_to_change_or_why_not() -> None:
    for fix in FIXES:
        assert {"file", "subject"} < set(fix.values) <= {"file", "subject", "edits", "reason"}, str(fix)
        assert ("edits" in fix.values) != ("reason" in fix.values), str(fix)
        assert (fix.folder / fix.values["file"]).exists(), str(fix)
