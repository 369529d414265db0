"""Reports to render: the usual, the empty, the hostile. Shared by the tests of the formats."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sagemaker_netlint.engine import RuleFailure
from sagemaker_netlint.findings import Finding, Outcome, Severity, Step
from sagemaker_netlint.inspection import Report
from sagemaker_netlint.network.declared import Location, SuppressedBy, Suppression
from sagemaker_netlint.report.formats import ReportSettings

HOSTILE = (
    "evil\x1b[31m\n::error::injected\r\n##[error]x ]]>--><b onload=x>&amp;|cell|%0A`code`"
    "[link](http://evil.example)![i](x)@everyone #1 \u202e\ud83d \ufffe $(id) {{x}} ${{ github.token }}"
    " http://evil.example www.evil.example"
)

# a JSON template may hold half a surrogate pair, a file's name only what stands for a byte
HOSTILE_FILE = f"{HOSTILE}.yaml".replace("/", ":").replace("\ud83d", "\udcff")

SETTINGS = ReportSettings(policy="vpc-only", fail_on=Severity.LOW, exit_code=1)
PLACE = Location("infra/net works.yaml", 3, 5)

FINDING = Finding(
    rule_id="SMN201",
    rule_name="notebook-direct-internet",
    outcome=Outcome.VIOLATION,
    severity=Severity.HIGH,
    subject="Notebook",
    subject_type="AWS::SageMaker::NotebookInstance",
    source="infra/net works.yaml",
    location=PLACE,
    message="DirectInternetAccess is `Enabled`",
    fix="set it to Disabled",
    chain=(Step("`Notebook` lies in `Subnet`", Location("infra/vpc.yaml", 9, 9)), Step("and nowhere else")),
    when="IsProd is false",
)
UNDECIDED = replace(
    FINDING, outcome=Outcome.UNDECIDED, subject="Open", message="Access has no default", fix=""
)
STRICT = replace(UNDECIDED, source="strict/t.yaml", location=Location("strict/t.yaml", 4, 4))
ADVICE = replace(FINDING, severity=Severity.INFO, subject="Advised")
IGNORED = replace(FINDING, subject="Ignored", suppressed=Suppression("SMN201", "a sandbox", PLACE))
WAIVED = replace(
    FINDING,
    subject="Waived",
    suppressed=Suppression(
        "SMN201", "until the move", PLACE, SuppressedBy.WAIVER, owner="net-team", expires=date(2030, 1, 31)
    ),
)
KNOWN = replace(FINDING, subject="Known", suppressed=Suppression("", "", PLACE, SuppressedBy.BASELINE))
UNREADABLE = replace(
    FINDING,
    rule_id="SMN001",
    rule_name="unreadable-input",
    severity=Severity.CRITICAL,
    subject="",
    subject_type="",
    message="it is not valid YAML",
    chain=(),
    when="",
)
HOSTILE_FINDING = replace(
    FINDING,
    subject=HOSTILE,
    source=HOSTILE_FILE,
    location=Location(HOSTILE_FILE, 1, 1),
    message=HOSTILE,
    fix=HOSTILE,
    when=HOSTILE,
    chain=(Step(HOSTILE, Location("a:b%.yaml", 1, 1)), Step(HOSTILE)),
)
HOSTILE_SUPPRESSED = replace(
    HOSTILE_FINDING,
    subject=f"2{HOSTILE}",
    suppressed=Suppression("SMN201", HOSTILE, PLACE, SuppressedBy.WAIVER, owner=HOSTILE),
)


def report_of(*findings: Finding, failures: tuple[RuleFailure, ...] = (), deployments: int = 1) -> Report:
    """Return a report of the findings, in which one subject more conforms."""
    report = Report(findings=list(findings), failures=list(failures), deployments=deployments)
    for finding in findings:
        report.judged[finding.rule_id].add((finding.source, finding.subject))
    if deployments:
        report.judged["SMN202"].add(("infra/net works.yaml", "Notebook"))
        report.files_read.add("infra/net works.yaml")
    return report


def strict_report() -> Report:
    """Return a report of two undecided findings, of which the policy of `strict/t.yaml` lets one fail."""
    report = report_of(UNDECIDED, STRICT)
    report.fail_undecided = {STRICT.source}
    return report


EMPTY = report_of(deployments=0)
USUAL = report_of(FINDING, UNDECIDED, ADVICE, IGNORED, WAIVED, KNOWN, UNREADABLE)
BROKEN = report_of(FINDING, failures=(RuleFailure("SMN202", "infra/net works.yaml", f"KeyError: {HOSTILE}"),))
NASTY = report_of(HOSTILE_FINDING, HOSTILE_FINDING, HOSTILE_SUPPRESSED)
CASES = {"empty": EMPTY, "usual": USUAL, "internal error": BROKEN, "hostile": NASTY}
