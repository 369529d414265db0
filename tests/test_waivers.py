"""Waivers and ignores: what they cover, what they must not cover, and what is said once they are over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from sagemaker_netlint.cli.main import main
from sagemaker_netlint.data_files import schema_file
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.findings import Finding, Outcome, Severity
from sagemaker_netlint.fingerprints import fingerprint
from sagemaker_netlint.inspection import Report, discover, inspect
from sagemaker_netlint.marked_yaml import MarkedFileError
from sagemaker_netlint.network.declared import SuppressedBy
from sagemaker_netlint.policy import is_like
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.report.summary import exit_code
from sagemaker_netlint.rules.catalogue import ALL_RULES

TODAY = date(2030, 6, 15)
POLICY = ".sagemaker-netlint.yaml"
RULES = "extends: none\nrules: {SMN001: true, SMN002: true, SMN201: true, SMN202: true}\n"
NOTEBOOK = """\
  %s:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
      SubnetId: subnet-0a1b2c3d4e5f60718
"""
TERRAFORM = """\
resource "aws_sagemaker_notebook_instance" "lab" {
  for_each      = toset(["a", "b"])
  name          = each.key
  role_arn      = "arn:aws:iam::123456789012:role/notebook"
  instance_type = "ml.t3.medium"
  subnet_id     = "subnet-0a1b2c3d4e5f60718"
}
"""


def template(*names: str) -> str:
    return "Resources:\n" + "".join(NOTEBOOK % name for name in names)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def waiver(rule: str = "SMN201", reason: str = "a course", **keys: str) -> str:
    return json.dumps({"rule": rule, "reason": reason, **keys})


def policy_of(folder: Path, *waivers: str, head: str = RULES, name: str = POLICY) -> Path:
    return write(folder / name, f"{head}waivers:\n" + "".join(f"  - {each}\n" for each in waivers))


def check(folder: Path, policy: Path | None = None, *, whole: bool = False, **options: Any) -> Report:
    loaded = load_policy(str(policy or folder / POLICY))
    return inspect(
        discover([folder]).inputs,
        loaded,
        today=options.pop("today", TODAY),
        whole=[folder] if whole else (),
        **options,
    )


def counted(report: Report, rule: str = "SMN201") -> set[str]:
    return {f.subject for f in report.findings if f.rule_id == rule and f.suppressed is None}


def waived(report: Report) -> set[str]:
    return {f.subject for f in report.findings if f.suppressed and f.suppressed.by is SuppressedBy.WAIVER}


def of_policy(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule_id == "SMN002"]


# -- patterns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a", "a"),
        ("a", "*"),
        ("", "*"),
        ('t.n["a"]', 't.n["a"]'),
        ('t.n["a"]', "t.n[*"),
        ('t.n["a"]', 't.n["*"]'),
        ("module.x.t.n", "*t.n"),
        ("module.x.t.n", "module.*.n"),
        ("aba", "a*a"),
        ("a*b", "a*b"),
        ("x/y/z.tf", "x/*"),
        ("abcabc", "*abc*abc"),
    ],
)
def test_a_pattern_matches(text: str, pattern: str) -> None:
    assert is_like(text, pattern)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("ab", "a"),
        ("ba", "a"),
        ("", "a"),
        ("a", ""),
        ("A", "a"),
        ("t.n1", "t.n[1]"),
        ("t.na", 't.n["a"]'),
        ("ab", "a?"),
        ("a", "a*a"),
        ("abc", "*abc*abc"),
        ("module.x.t.n2", "*t.n"),
        ("ab", "a.*"),
    ],
)
def test_a_pattern_does_not_match(text: str, pattern: str) -> None:
    assert not is_like(text, pattern)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert not is_like("a" * 5000, "*a" * 2000 + "b")


# -- the policy file -----------------------------------------------------------------------------------


def test_a_waiver_is_typed_and_knows_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "waivers:\n  - rule: notebook-direct-internet\n    subject: N\n    files: ./labs/*\n"
        "    reason: >-\n      two\n      lines\n    owner: team\n    expires: 2030-06-30\n"
        "  - {rule: smn202, reason: x}\n"
    )
    first, second = load_policy(str(write(tmp_path / POLICY, text))).waivers
    assert (first.rule_id, first.subject, first.files, first.owner) == ("SMN201", "N", "labs/*", "team")
    assert first.reason == "two lines"
    assert first.expires == date(2030, 6, 30)
    assert (first.location.file, first.location.line, first.location.end_line) == (POLICY, 2, 9)
    assert (second.rule_id, second.subject, second.files, second.owner) == ("SMN202", "*", "*", "")
    assert second.expires is None
    assert second.location.line == 10


def test_a_day_in_quotes_is_a_day(tmp_path: Path) -> None:
    policy = write(tmp_path / "p.yaml", "waivers: [{rule: SMN201, reason: x, expires: '2030-06-30'}]\n")
    assert load_policy(str(policy)).waivers[0].expires == date(2030, 6, 30)


def test_waivers_of_the_extended_policy_stay(tmp_path: Path) -> None:
    shared = policy_of(tmp_path / "shared", waiver("SMN202"), name="company.yaml")
    own = policy_of(tmp_path / "own", waiver(), head="extends: ../shared/company.yaml\n")
    waivers = load_policy(str(own)).waivers
    assert [each.rule_id for each in waivers] == ["SMN202", "SMN201"]
    assert [Path(each.folder) for each in waivers] == [shared.parent.resolve(), own.parent.resolve()]


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        ("{rule: SMN2011, reason: x}", "waivers.0.rule", "did you mean SMN201 (notebook-direct-internet)?"),
        ("{rule: '*', reason: x}", "waivers.0.rule", "no rule has the id or name '*'"),
        ("{rule: SMN2, reason: x}", "waivers.0.rule", "no rule has the id or name 'SMN2'"),
        ("{rule: SMN001, reason: x}", "waivers.0.rule", "SMN001 can't be waived"),
        ("{rule: waiver-expired, reason: x}", "waivers.0.rule", "SMN002 can't be waived"),
        ("{rule: SMN201}", "waivers.0", "'reason' is a required property"),
        ("{rule: SMN201, reason: ''}", "waivers.0.reason", "does not match"),
        ("{rule: SMN201, reason: ' - '}", "waivers.0.reason", "does not match"),
        ("{rule: SMN201, reason: null}", "waivers.0.reason", "it is empty"),
        ("{reason: x}", "waivers.0", "'rule' is a required property"),
        ("{rule: SMN201, reason: x, subject: ''}", "waivers.0.subject", ""),
        ("{rule: SMN201, reason: x, expires: 2030-02-30}", "waivers.0.expires", "'2030-02-30' is no day"),
        ("{rule: SMN201, reason: x, expires: 30.06.2030}", "waivers.0.expires", "write it as 2030-12-31"),
        ("{rule: SMN201, reason: x, expires: '2030-W05-1'}", "waivers.0.expires", "is no day"),
        ("{rule: SMN201, reason: x, expires: 2030-06-30T10:00:00}", "waivers.0.expires", "is no day"),
        ("{rule: SMN201, reason: x, expires: 20300630}", "waivers.0.expires", "a text belongs here"),
        ("{rule: SMN201, reason: x, expires: }", "waivers.0.expires", "it is empty"),
        ("{rule: SMN201, reason: x, expire: 2030-06-30}", "waivers.0.expire", "did you mean expires?"),
        ("{rule: SMN201, reason: x, file: a}", "waivers.0.file", "did you mean files?"),
        ("SMN201", "waivers.0", "a mapping belongs here"),
    ],
)
def test_a_waiver_that_is_not_valid_is_refused_at_its_line(
    tmp_path: Path, entry: str, key: str, message: str
) -> None:
    policy = write(tmp_path / "p.yaml", f"extends: vpc-only\nwaivers:\n  - {entry}\n")
    with pytest.raises(MarkedFileError) as caught:
        load_policy(str(policy))
    assert (caught.value.line, caught.value.key_path) == (3, key)
    assert message in str(caught.value)


# -- what a waiver covers ------------------------------------------------------------------------------


def test_a_waiver_covers_its_rule_and_its_subject_only(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab", "Labs", "Other"))
    policy_of(tmp_path, waiver(subject="Lab", owner="team", expires="2030-06-15"))
    report = check(tmp_path)
    assert waived(report) == {"Lab"}
    assert counted(report) == {"Labs", "Other"}
    [finding] = [f for f in report.findings if f.suppressed]
    assert finding.suppressed is not None
    assert (finding.suppressed.reason, finding.suppressed.owner) == ("a course", "team")
    assert finding.suppressed.expires == TODAY
    assert finding.suppressed.location.file.endswith(POLICY)
    assert not of_policy(report), "on its last day a waiver holds"


def test_the_brackets_of_an_instance_key_are_no_set(tmp_path: Path) -> None:
    write(tmp_path / "main.tf", TERRAFORM)
    address = 'aws_sagemaker_notebook_instance.lab["{}"]'
    policy_of(tmp_path, waiver(subject=address.format("a")))
    report = check(tmp_path)
    assert waived(report) == {address.format("a")}
    assert counted(report) == {address.format("b")}
    policy_of(tmp_path, waiver(subject=address.format("ab")), waiver(subject=address[:-6]))
    assert not waived(check(tmp_path)), "neither a longer key nor the resource without its keys is meant"
    policy_of(tmp_path, waiver(subject="aws_sagemaker_notebook_instance.lab[*"))
    assert not counted(check(tmp_path))


@pytest.mark.parametrize(
    ("files", "covered"),
    [
        ("labs/one.template", {"One"}),
        ("labs/*", {"One", "Deep"}),
        ("*.template", {"One", "Deep", "Prod"}),
        ("./labs/one.template", {"One"}),
        ("one.template", set()),
        ("lab", set()),
        ("abs/*", set()),
        ("../*", set()),
    ],
)
def test_files_are_relative_to_the_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: str, covered: set[str]
) -> None:
    write(tmp_path / "labs" / "one.template", template("One"))
    write(tmp_path / "labs" / "in" / "deep.template", template("Deep"))
    write(tmp_path / "prod" / "prod.template", template("Prod"))
    policy_of(tmp_path, waiver(files=files))
    assert waived(check(tmp_path)) == covered
    monkeypatch.chdir(tmp_path / "labs")
    assert waived(check(Path("in"), Path("..") / POLICY)) == covered & {"Deep"}, "wherever one looks from"


def test_a_link_to_the_folder_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "real" / "labs" / "one.template", template("One"))
    policy_of(tmp_path / "real", waiver(files="labs/*"))
    (tmp_path / "link").symlink_to("real")
    assert waived(check(tmp_path / "link" / "labs", tmp_path / "link" / POLICY)) == {"One"}


def test_a_root_module_is_meant_with_the_modules_that_it_calls(tmp_path: Path) -> None:
    write(tmp_path / "nb" / "main.tf", TERRAFORM)
    for root in ("dev", "prod"):
        write(tmp_path / root / "main.tf", 'module "nb" {\n  source = "../nb"\n}\n')
    policy_of(tmp_path, waiver(files="dev/*"))
    report = check(tmp_path)
    assert {(Path(f.source).name, bool(f.suppressed)) for f in report.findings} == {
        ("dev", True),
        ("prod", False),
    }
    policy_of(tmp_path, waiver(files="nb/*"))
    assert not counted(check(tmp_path)), "the file of the finding is meant, too"


def test_an_undecided_finding_is_waived_and_does_not_fail(tmp_path: Path) -> None:
    text = (
        template("Lab") + "      DirectInternetAccess: !Ref Access\nParameters:\n  Access: {Type: String}\n"
    )
    write(tmp_path / "t.template", text)
    policy_of(tmp_path, waiver(), head=f"{RULES}undecided: fail\n")
    report = check(tmp_path)
    assert [(f.outcome, bool(f.suppressed)) for f in report.findings] == [(Outcome.UNDECIDED, True)]
    assert exit_code(report, Severity.LOW) is ExitCode.CLEAN
    later = check(tmp_path, today=TODAY.replace(year=2031))
    assert exit_code(later, Severity.LOW) is ExitCode.CLEAN, "it has no end"
    policy_of(tmp_path, waiver(expires="2030-06-14"), head=f"{RULES}undecided: fail\n")
    ended = check(tmp_path)
    undecided = [finding for finding in ended.findings if finding.outcome is Outcome.UNDECIDED]
    assert [ended.fails(finding, Severity.LOW) for finding in undecided] == [True]


def test_what_could_not_be_read_is_not_waived(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    write(tmp_path / "broken.template", "Resources: {A: {Type: [\n")
    named = (waiver(rule.id) for rule in ALL_RULES if rule.subjects)
    policy_of(tmp_path, *named)
    found = discover([tmp_path])
    report = inspect(found.inputs, load_policy(str(tmp_path / POLICY)), problems=found.problems, today=TODAY)
    assert {f.rule_id for f in report.findings if f.suppressed is None} == {"SMN001"}


def test_an_internal_error_is_not_waived(tmp_path: Path) -> None:
    def fails(*_: object) -> Any:
        raise ValueError("on purpose")

    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver())
    rules = [replace(rule, check=fails) if rule.id == "SMN201" else rule for rule in ALL_RULES]
    report = check(tmp_path, rules=rules, whole=True)
    assert [failure.rule_id for failure in report.failures] == ["SMN201"]
    assert not of_policy(report), "what was not judged may still need the waiver"


def test_an_ignore_goes_before_a_waiver(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab") + "      # sagemaker-netlint: ignore[SMN201] nearer\n")
    policy_of(tmp_path, waiver())
    report = check(tmp_path, whole=True)
    [finding] = [f for f in report.findings if f.rule_id == "SMN201"]
    assert finding.suppressed is not None
    assert (finding.suppressed.by, finding.suppressed.reason) == (SuppressedBy.IGNORE, "nearer")
    assert not of_policy(report), "the waiver does match"


def test_the_first_waiver_that_holds_counts(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(
        tmp_path, waiver(reason="old", expires="2030-01-01"), waiver(reason="new"), waiver(reason="third")
    )
    report = check(tmp_path)
    [finding] = [f for f in report.findings if f.suppressed]
    assert finding.suppressed is not None
    assert finding.suppressed.reason == "new"
    assert "expired" not in finding.fix


# -- an expired waiver ---------------------------------------------------------------------------------


def test_the_day_after_the_last_one_the_finding_counts_again(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver(subject="L*", owner="team", expires="2030-06-14"))
    report = check(tmp_path)
    assert counted(report) == {"Lab"}
    [finding] = [f for f in report.findings if f.rule_id == "SMN201"]
    place = f"{tmp_path / POLICY}:4"
    assert finding.fix.endswith(f"; its waiver ({place}, owner team) expired on 2030-06-14")
    [told] = of_policy(report)
    assert str(told.location) == place
    assert told.message == (
        "the waiver of SMN201 for `L*` expired on 2030-06-14; its owner is team; "
        "its finding counts again: `Lab`"
    )
    before = check(tmp_path, today=date(2030, 6, 14))
    assert not counted(before)
    [same] = before.findings
    assert fingerprint(same) == fingerprint(finding), "it is still the same finding"


def test_without_a_day_no_waiver_with_an_end_holds(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab", "Always"))
    policy_of(tmp_path, waiver(subject="Lab", expires="9999-12-30"), waiver(subject="Always"))
    report = inspect(discover([tmp_path]).inputs, load_policy(str(tmp_path / POLICY)))
    assert counted(report) == {"Lab"}


def test_an_expired_waiver_that_covers_nothing_is_told_where_its_folder_was_checked(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver(subject="Gone", expires="2030-06-14"))
    [told] = of_policy(check(tmp_path, whole=True))
    assert told.message.endswith("expired on 2030-06-14; nothing that was checked needs it")
    report = check(tmp_path)
    assert not of_policy(report)
    assert [note.detail for note in report.notes] == [True]


def test_a_shared_policy_is_told_of_only_what_concerns_us(tmp_path: Path) -> None:
    write(tmp_path / "repo" / "t.template", template("Lab"))
    policy_of(
        tmp_path / "shared",
        waiver(subject="Lab", expires="2030-01-01"),
        waiver(subject="Foreign", expires="2030-01-01"),
        waiver(subject="Unneeded"),
        name="company.yaml",
    )
    write(tmp_path / "repo" / POLICY, "extends: ../shared/company.yaml\n")
    report = check(tmp_path / "repo", whole=True)
    assert [told.location.line for told in of_policy(report)] == [4]
    both = check(tmp_path, tmp_path / "repo" / POLICY, whole=True)
    assert [told.location.line for told in of_policy(both)] == [4, 5, 6], "now the shared folder was checked"


def test_a_severity_of_the_policy_holds_for_smn002_and_off_is_off(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    ended = waiver(expires="2030-06-14")
    policy_of(tmp_path, ended, head="extends: none\nrules: {SMN201: true, SMN002: {severity: high}}\n")
    assert [str(told.severity) for told in of_policy(check(tmp_path))] == ["high"]
    policy_of(tmp_path, ended, head="extends: none\nrules: {SMN201: true}\n")
    report = check(tmp_path)
    assert not of_policy(report)
    assert counted(report) == {"Lab"}, "the waiver is over nevertheless"


@pytest.mark.parametrize(
    ("expires", "text"),
    [
        ("2030-06-15", "today"),
        ("2030-06-16", "tomorrow"),
        ("2030-07-15", "in 30 days"),
        ("2030-07-16", None),
    ],
)
def test_an_end_that_is_near_is_a_note(tmp_path: Path, expires: str, text: str | None) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver(expires=expires))
    notes = [note.message for note in check(tmp_path).notes]
    wanted = f"the waiver of SMN201 for `*` expires on {expires}, {text}"
    assert notes == ([] if text is None else [wanted])


# -- a waiver that matches nothing ---------------------------------------------------------------------


def test_a_waiver_that_matches_nothing_is_told(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("LabNotebook"))
    policy_of(tmp_path, waiver(subject="LabNotebok"))
    [told] = of_policy(check(tmp_path, whole=True))
    assert told.message == (
        "the waiver of SMN201 for `LabNotebok` matches no finding any more; "
        "did you mean `LabNotebook`, which breaks the rule?"
    )


def test_a_waiver_of_a_rule_that_is_off_is_told(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver("SMN301"))
    [told] = of_policy(check(tmp_path, whole=True))
    assert told.message.endswith("has no effect: the policy has the rule off")


def _without_rule(folder: Path) -> Report:
    return check(folder, whole=True, rules=[rule for rule in ALL_RULES if rule.id != "SMN201"])


def _with_values(folder: Path) -> Report:
    return check(folder, whole=True, parameters={"A": "b"})


def _of_one_file(folder: Path) -> Report:
    return inspect(discover([folder / "t.template"]).inputs, load_policy(str(folder / POLICY)), today=TODAY)


def _of_another_folder(folder: Path) -> Report:
    write(folder / "in" / "t.template", template("Lab"))
    return check(folder / "in", folder / POLICY, whole=True)


def _with_a_broken_file(folder: Path) -> Report:
    write(folder / "broken.template", "Resources: {A: {Type: [\n")
    return check(folder, whole=True)


def _with_a_module_that_is_not_there(folder: Path) -> Report:
    write(folder / "main.tf", 'module "m" {\n  source = "example/network/aws"\n}\n')
    return check(folder, whole=True)


@pytest.mark.parametrize(
    "way",
    [
        _without_rule, _with_values, _of_one_file, _of_another_folder, _with_a_broken_file,
        _with_a_module_that_is_not_there,
    ],
)  # fmt: skip
def test_where_not_all_was_checked_nothing_is_said_to_match_nothing(tmp_path: Path, way: Any) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver(subject="Gone"))
    assert of_policy(check(tmp_path, whole=True)), "else the question is asked wrongly"
    report = way(tmp_path)
    assert not of_policy(report)
    assert all(note.detail for note in report.notes)


def test_a_waiver_of_a_rule_about_plans_waits_for_a_plan(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    head = RULES.replace("SMN201: true", "SMN107: true")
    policy_of(tmp_path, waiver("SMN107"), head=head)
    report = check(tmp_path, whole=True)
    assert not of_policy(report)
    assert [(note.detail, note.message.rpartition(": ")[2]) for note in report.notes] == [
        (True, "no terraform plan was checked")
    ]
    plan = {"format_version": "1.2", "planned_values": {}, "resource_changes": [], "configuration": {}}
    write(tmp_path / "plan.json", json.dumps(plan))
    assert len(of_policy(check(tmp_path, whole=True))) == 1


def test_files_of_which_none_was_checked_are_told(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    write(tmp_path / ".hidden" / "t.template", template("Lab"))
    policy_of(tmp_path, waiver(subject="Gone", files="*.template"), waiver(files=".hidden/*"))
    like, unlike = of_policy(check(tmp_path, whole=True))
    assert like.message.endswith("matches no finding any more")
    assert unlike.message.endswith("covers nothing: no file that was checked is like `.hidden/*`")
    assert "check those files in the same run" in unlike.fix
    found = discover([tmp_path, tmp_path / ".hidden"])
    both = inspect(found.inputs, load_policy(str(tmp_path / POLICY)), today=TODAY, whole=[tmp_path])
    assert [told.location.line for told in of_policy(both)] == [4]


def test_an_expired_waiver_of_a_rule_that_was_left_out_is_not_said_to_be_unneeded(tmp_path: Path) -> None:
    write(tmp_path / "t.template", template("Lab"))
    policy_of(tmp_path, waiver(expires="2030-06-14"))
    [told] = of_policy(_without_rule(tmp_path))
    assert told.message.endswith("needs it, which need not be all: its rule was left out")
    assert told.fix == "remove the waiver, or give it a later day"


def test_instances_that_are_not_known_leave_it_undecided(tmp_path: Path) -> None:
    open_keys = TERRAFORM.replace('toset(["a", "b"])', "var.keys") + 'variable "keys" {}\n'
    write(tmp_path / "main.tf", open_keys)
    policy_of(tmp_path, waiver(subject='aws_sagemaker_notebook_instance.lab["a"]'))
    report = check(tmp_path, whole=True)
    assert counted(report), "an instance's waiver doesn't cover them all"
    assert not of_policy(report)
    assert ["which instances there are was not known" in note.message for note in report.notes] == [True]


# -- reasons of ignores --------------------------------------------------------------------------------

REASONS = f"{RULES}suppressions: {{reason: required}}\n"
CHECKOV = "    Metadata:\n      checkov: {skip: [{id: CKV_SMN_201%s}]}\n"


def with_ignore(ignore: str) -> str:
    head, properties, rest = template("Lab").partition("    Properties:\n")
    return head + ignore + properties + rest


@pytest.mark.parametrize(
    "ignore",
    [
        "    # sagemaker-netlint: ignore[SMN201]\n",
        "    # sagemaker-netlint: ignore[SMN201] -- ...\n",
        "    # checkov:skip=CKV_SMN_201\n",
        "    # checkov:skip=CKV_SMN_201:\n",
        CHECKOV % "",
        CHECKOV % ", comment: ",
        "    Metadata: {cfn-lint: {config: {ignore_checks: [ESMN201]}}}\n",
    ],
)
def test_an_ignore_without_a_reason_holds_only_where_the_policy_lets_it(tmp_path: Path, ignore: str) -> None:
    write(tmp_path / "t.template", with_ignore(ignore))
    write(tmp_path / POLICY, RULES)
    assert not counted(check(tmp_path))
    write(tmp_path / "strict.yaml", REASONS)
    report = check(tmp_path, tmp_path / "strict.yaml")
    assert counted(report) == {"Lab"}
    [finding] = report.findings
    assert "; the ignore at " in finding.fix
    assert finding.fix.endswith("gives no reason, which the policy asks for")


@pytest.mark.parametrize(
    "ignore",
    [
        "    # sagemaker-netlint: ignore[SMN201] sandbox\n",
        "    # checkov:skip=CKV_SMN_201:sandbox\n",
        "    # checkov:skip=CKV_AWS_1,CKV_SMN_201:sandbox\n",
        CHECKOV % ", comment: sandbox",
        "    # sagemaker-netlint: ignore[SMN201]\n    # checkov:skip=CKV_SMN_201:sandbox\n",
    ],
)
def test_an_ignore_with_a_reason_holds(tmp_path: Path, ignore: str) -> None:
    write(tmp_path / "t.template", with_ignore(ignore))
    report = check(tmp_path, write(tmp_path / POLICY, REASONS))
    assert not counted(report)
    assert [f.suppressed.reason for f in report.findings if f.suppressed] == ["sandbox"]


def test_a_waiver_holds_where_an_ignore_lacks_its_reason(tmp_path: Path) -> None:
    write(tmp_path / "t.template", with_ignore("    # sagemaker-netlint: ignore[SMN201]\n"))
    policy_of(tmp_path, waiver(), head=REASONS)
    assert waived(check(tmp_path)) == {"Lab"}


def test_the_setting_is_inherited_and_can_be_taken_back(tmp_path: Path) -> None:
    assert load_policy("regulated").suppressions.reason_required
    assert not load_policy("vpc-only").suppressions.reason_required
    own = write(tmp_path / "own.yaml", "extends: regulated\n")
    assert load_policy(str(own)).suppressions.reason_required
    write(own, "extends: regulated\nsuppressions: {reason: optional}\n")
    assert not load_policy(str(own)).suppressions.reason_required


OUTSIDE = "stands in no resource that is checked; it belongs inside the resource"

# -- ignores that do nothing ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "hint"),
    [
        ("# sagemaker-netlint: ignore SMN201", "SMN201 is meant"),
        ("# sagemaker-netlint: ignore[smn201] x", "SMN201 is meant"),
        ("# sagemaker-netlint: ignore[notebook-direct-internet] x", "SMN201 is meant"),
        ("# sagemaker-netlint: ignore[CKV_SMN_201] x", "SMN201 is meant"),
        ("# sagemaker-netlint: ignore", "write `# sagemaker-netlint: ignore[SMN201] the reason`"),
        ("# sagemaker-netlint: ignore[SMN2] x", "write `"),
        ("# sagemaker-netlint:skip=SMN201", "SMN201 is meant"),
        ("# sagemaker-netlint ignore[SMN201] x", "SMN201 is meant"),
        ("# sagemaker_netlint: ignore[SMN201] x", "SMN201 is meant"),
        ("# sagemaker-netlint: ignore[SMN299] x", "no rule has the id SMN299; did you mean SMN2"),
        ("# sagemaker-netlint: ignore[SMN201, SMN299] x", "no rule has the id SMN299"),
        ("# checkov:skip=SMN201:x", "write `# checkov:skip=CKV_SMN_201:the reason`; SMN201 is meant"),
        ("# checkov:skip=CKV_SMN_299:x", "no rule has the id SMN299"),
    ],
)
def test_an_ignore_that_does_nothing_is_told(tmp_path: Path, comment: str, hint: str) -> None:
    write(tmp_path / "t.template", with_ignore(f"    {comment}\n"))
    report = check(tmp_path, write(tmp_path / POLICY, RULES))
    [note] = [note for note in report.notes if not note.detail]
    assert "does nothing" in note.message
    assert hint in note.message
    assert str(note.location) == f"{tmp_path / 't.template'}:4"


@pytest.mark.parametrize(
    "comment",
    [
        "# sagemaker-netlint: ignore[SMN201] the reason",
        "# sagemaker-netlint: ignore[SMN201,SMN202]",
        "# checkov:skip=CKV_SMN_201:the reason",
        "# checkov:skip=CKV_AWS_1:the reason",
        "# sagemaker-netlint checks this, see docs/SMN201-notebook-direct-internet.md",
        "# what sagemaker-netlint: SMN201 asks for",
        "# we ignore SMN201 here by a waiver",
    ],
)
def test_other_comments_are_left_alone(tmp_path: Path, comment: str) -> None:
    write(tmp_path / "t.template", with_ignore(f"    {comment}\n"))
    report = check(tmp_path, write(tmp_path / POLICY, RULES))
    assert not [note for note in report.notes if not note.detail]


def test_an_unknown_id_in_metadata_is_told(tmp_path: Path) -> None:
    write(tmp_path / "t.template", with_ignore((CHECKOV % "").replace("201", "299")))
    report = check(tmp_path, write(tmp_path / POLICY, RULES))
    assert [note.message for note in report.notes] == [
        "`CKV_SMN_299` does nothing: no rule has the id SMN299"
    ]


def test_an_ignore_that_nothing_needs_is_a_detail(tmp_path: Path) -> None:
    write(tmp_path / "t.template", with_ignore("    # sagemaker-netlint: ignore[SMN202] x\n"))
    write(tmp_path / "main.tf", f"# sagemaker-netlint: ignore[SMN201] x\n{TERRAFORM}")
    report = check(tmp_path, write(tmp_path / POLICY, RULES))
    assert [(note.message, note.detail) for note in report.notes] == [
        (f"the ignore of SMN201 {OUTSIDE}", False),
        ("the ignore of SMN202 matches no finding", True),
    ]


def test_an_ignore_above_the_resource_is_told_to_whoever_has_its_finding(tmp_path: Path) -> None:
    write(tmp_path / POLICY, RULES)
    write(tmp_path / "t.template", template("Lab"))
    above = "# sagemaker-netlint: ignore[SMN201] x\n# sagemaker-netlint: ignore[SMN202] x\n"
    write(tmp_path / "main.tf", above + TERRAFORM)
    report = check(tmp_path)
    assert counted(report) >= {'aws_sagemaker_notebook_instance.lab["a"]'}
    assert [(note.message, note.location.line, note.detail) for note in report.notes] == [
        (f"the ignore of SMN201 {OUTSIDE}", 1, False),
        (f"the ignore of SMN202 {OUTSIDE}", 2, True),
    ]


# -- comments, and what only looks like one ------------------------------------------------------------

OWN = "sagemaker-netlint: ignore[SMN201] a reason"
NO_COMMENTS = {
    "main.tf": [
        f"  tags = {{ a = <<EOT\n  # {OWN}\nEOT\n  }}\n",
        f'  tags = {{ a = "# {OWN}" }}\n',
        f'  tags = {{ a = "https://{OWN}" }}\n',
        "  lifecycle_config_name = <<-EOT\n    # checkov:skip=CKV_SMN_201:a reason\n  EOT\n",
    ],
    "t.template": [
        f"      KmsKeyId: 'a # {OWN}'\n",
        f'      KmsKeyId: "a\n        # {OWN}"\n',
        f"      KmsKeyId: |\n        # {OWN}\n",
        f"      KmsKeyId: !Sub >-\n        a\n\n        # {OWN}\n",
        "      KmsKeyId: a#checkov:skip=CKV_SMN_201:a\n",
        f"      KmsKeyId: a//{OWN.replace(': ', ':')}\n",
    ],
}
COMMENTS = {
    "main.tf": [
        f'  kms_key_id = "a" # {OWN}\n',
        f'  kms_key_id = "a"# {OWN}\n',
        f"  tags = {{\n  }}// {OWN}\n",
        f"# {OWN}\n",
        f"  /* see\n  # {OWN}\n  */\n",
        f'  kms_key_id = "ä // #" // {OWN}\n',
        f"  tags = {{ a = <<EOT\n  # no\nEOT\n    # {OWN}\n  }}\n",
        f"  tags = {{\n    # see below # {OWN}\n  }}\n",
    ],
    "t.template": [
        f"      KmsKeyId: 'a # b' # {OWN}\n",
        f"      Tags: []# {OWN}\n",
        f"      KmsKeyId: | # {OWN}\n        a\n",
        f"      KmsKeyId: |\n        # no\n      # {OWN}\n",
        f"      KmsKeyId: !Sub a # {OWN}\n",
        f"      KmsKeyId: ä # see # {OWN}\n",
    ],
}


def _with_line(folder: Path, name: str, text: str, end: str = "\n") -> Report:
    whole = template("Lab") + text
    if name == "main.tf":
        whole = TERRAFORM.replace('  for_each      = toset(["a", "b"])\n', text).replace("each.key", '"lab"')
    (folder / name).write_bytes(whole.replace("\n", end).encode())
    return check(folder, write(folder / POLICY, REASONS))


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name in NO_COMMENTS for text in NO_COMMENTS[name]]
)
def test_what_is_no_comment_is_no_ignore(tmp_path: Path, name: str, text: str) -> None:
    report = _with_line(tmp_path, name, text)
    assert len(counted(report)) == 1
    assert not [finding for finding in report.findings if finding.suppressed]
    hint = "the ignore of SMN201 does nothing: it stands in a text, not in a comment"
    assert [(note.message, note.detail) for note in report.notes] in ([(hint, False)], [])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("name", "text"), [(name, text) for name in COMMENTS for text in COMMENTS[name]])
def test_what_is_a_comment_is_an_ignore(tmp_path: Path, name: str, text: str, end: str) -> None:
    report = _with_line(tmp_path, name, text, end)
    assert not counted(report)
    assert [f.suppressed.reason for f in report.findings if f.suppressed] == ["a reason"]


def test_json_has_no_comments(tmp_path: Path) -> None:
    properties = {"InstanceType": "ml.t3.medium", "RoleArn": "r", "SubnetId": "s", "KmsKeyId": f"# {OWN}"}
    lab = {"Type": "AWS::SageMaker::NotebookInstance", "Properties": properties}
    write(tmp_path / "t.json", json.dumps({"Resources": {"Lab": lab, "Other": lab}}))
    keys = {"name": "n", "role_arn": "r", "instance_type": "t", "subnet_id": "s", "//": f"# {OWN}"}
    resource = {"aws_sagemaker_notebook_instance": {"lab": keys}}
    write(tmp_path / "main.tf.json", json.dumps({"resource": resource}))
    report = check(tmp_path, write(tmp_path / POLICY, RULES))
    assert counted(report) == {"Lab", "Other", "aws_sagemaker_notebook_instance.lab"}
    flow = "Resources: {Lab: {Type: 'AWS::SageMaker::NotebookInstance', # %s\n Properties: {SubnetId: s}}}\n"
    write(tmp_path / "t.json", "{" + flow.strip() % OWN + "}\n")
    assert "Lab" not in counted(check(tmp_path)), "a flow mapping is YAML"


@pytest.mark.parametrize(
    ("ignore", "held"),
    [("ESMN201", True), ("ESMN", True), ("ISMN", False), ("ISMN000", False), ("WSMN", False), ("W", False)],
)
def test_an_ignore_of_cfn_lint_covers_what_it_covers_there(
    tmp_path: Path, ignore: str, *, held: bool
) -> None:
    head = f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [{ignore}]}}}}}}\n"
    write(tmp_path / "t.template", head + template("Lab"))
    report = check(tmp_path, write(tmp_path / POLICY, RULES))
    assert counted(report) == (set() if held else {"Lab"})


# -- the command ---------------------------------------------------------------------------------------


class Ended(NamedTuple):
    """How a run of the command ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command, run in the folder and in this process: a start costs half a second."""
    monkeypatch.chdir(folder)

    def command(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, *capsys.readouterr())

    return command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three findings, two of which a waiver covers until the end of June 2030."""
    write(tmp_path / ".git" / "HEAD", "")
    write(tmp_path / "t.template", template("Lab", "Labs", "Other"))
    policy_of(tmp_path, waiver(subject="Lab*", owner="team", expires="2030-06-30"))
    return tmp_path


def test_the_text_shows_what_is_waived(run: Run) -> None:
    result = run("check", ".", "--today", "2030-01-01")
    assert result.returncode == 1
    assert (
        "Waived by the policy\n"
        f"  {POLICY}:4  SMN201 notebook-direct-internet, until 2030-06-30, owner team\n"
        "    reason: a course\n"
        "    t.template:2  `Lab`\n"
        "    t.template:8  `Labs`\n"
    ) in result.stdout
    assert "1 violation (1 high), 0 undecided, 3 conforming, 2 waived" in result.stdout
    quiet = run("check", ".", "--today", "2030-01-01", "--quiet").stdout
    assert "Waived" not in quiet
    assert "2 waived" in quiet


def test_only_waived_findings_end_with_0_until_the_day_after_the_last(folder: Path, run: Run) -> None:
    write(folder / "t.template", template("Lab"))
    assert run("check", ".", "--today", "2030-06-30").returncode == 0
    after = run("check", ".", "--today", "2030-07-01")
    assert after.returncode == 1
    assert f"its waiver ({POLICY}:4, owner team) expired on 2030-06-30" in after.stdout
    assert f"SMN002 waiver-expired  medium\n  {POLICY}:4\n" in after.stdout


def test_json_has_the_whole_waiver(run: Run) -> None:
    result = run("check", ".", "--today", "2030-06-29", "--format", "json")
    report = json.loads(result.stdout)
    jsonschema.validate(report, json.loads(schema_file("finding").read_text(encoding="utf-8")))
    place = {"file": POLICY, "line": 4, "end_line": 4}
    assert [found["suppressed"] for found in report["findings"]] == [
        {"by": "waiver", "reason": "a course", "owner": "team", "expires": "2030-06-30", "location": place},
        {"by": "waiver", "reason": "a course", "owner": "team", "expires": "2030-06-30", "location": place},
        None,
    ]
    message = "the waiver of SMN201 for `Lab*` expires on 2030-06-30, tomorrow"
    assert report["notes"] == [{"message": message, "location": place}]
    assert f"note: {POLICY}:4: {message}" in result.stderr


def test_a_file_that_is_named_alone_says_nothing_of_other_waivers(folder: Path, run: Run) -> None:
    policy_of(folder, waiver(subject="Gone"), waiver())
    whole = run("check", ".").stdout
    assert "the waiver of SMN201 for `Gone` matches no finding any more" in whole
    assert run("check", "t.template").returncode == 0


def test_the_present_day_is_the_default(folder: Path, run: Run) -> None:
    policy_of(folder, waiver(subject="Lab", expires="2020-01-01"), waiver(subject="*", expires="2999-12-31"))
    result = run("check", ".")
    assert "the waiver of SMN201 for `Lab` expired on 2020-01-01" in result.stdout
    assert "3 waived" in result.stdout


@pytest.mark.parametrize("day", ["2030-02-30", "30.06.2030", "2030-W05-1", "today", ""])
def test_a_day_that_is_none_is_refused(run: Run, day: str) -> None:
    result = run("check", ".", "--today", day)
    assert result.returncode == 2
    assert "is no day such as 2028-04-30" in result.stderr


def test_a_policy_that_waives_what_it_must_not_ends_with_2(folder: Path, run: Run) -> None:
    policy_of(folder, waiver("SMN001"))
    result = run("check", ".")
    assert (result.returncode, result.stdout) == (2, "")
    assert f"{POLICY}:4: waivers.0.rule: SMN001 can't be waived" in result.stderr
