"""The command `capacity`, started as a user starts it: figures, formats, what-if, exit codes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from sagemaker_netlint.cli.main import cli, main
from sagemaker_netlint.cli.use_options import OPTION_OF
from sagemaker_netlint.data_files import schema_file
from sagemaker_netlint.network.expected_use import KEYS

STUDIO = Path(__file__).resolve().parent.parent / "examples" / "capacity" / "studio.template"
SEED = (
    *("--users", "100", "--studio", "classic", "--instance-types-per-user", "2"),
    *("--training-instances-per-user", "1", "--start", "2026-11"),
)


@dataclass(frozen=True)
class Done:
    """What a run of the command gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command, run in an empty folder without a policy from the surroundings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)
    (tmp_path / ".git").mkdir()

    def command(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as end:
            main(["capacity", *map(str, arguments)])
        captured = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Done(end.value.code, captured.out, captured.err)

    return command


def row(text: str, first: str) -> list[str]:
    """Return the cells of the row that starts so."""
    line = next(line for line in text.splitlines() if line.strip().startswith(first))
    return [cell.strip() for cell in line.strip().split("  ") if cell.strip()]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def template(prefix: int = 24, **more: Any) -> str:
    """Return a domain in three subnets, without a workload beside it."""
    subnets = {
        f"Subnet{zone}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.0.{number * 16}.0/{prefix}",
                "AvailabilityZone": f"us-east-1{zone.lower()}",
            },
        }
        for number, zone in enumerate("ABC")
    }
    domain = {
        "Type": "AWS::SageMaker::Domain",
        "Properties": {
            "DomainName": "studio",
            "AuthMode": "IAM",
            "VpcId": {"Ref": "Vpc"},
            "SubnetIds": [{"Ref": name} for name in subnets],
            "DefaultUserSettings": {"ExecutionRole": "arn:aws:iam::123456789012:role/studio"},
        },
    }
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    resources = {"Vpc": vpc, **subnets, "Studio": domain, **more.pop("resources", {})}
    return json.dumps({**more, "Resources": resources}, indent=1)


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def document(done: Done) -> Any:
    """Return the JSON report, held against its schema."""
    report = json.loads(done.out)
    schema = json.loads(schema_file("capacity").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)
    assert report["exit_code"] == done.code
    return report


# -- the whitepaper's scenario, from a template of CloudFormation -----------------------------------------


def test_the_text_shows_the_seed(run: Run) -> None:
    done = run(STUDIO, *SEED)
    assert (done.code, done.err) == (0, "")
    domain = ["domain", "VPC endpoint", "1 in each of its subnets", "30", "10 of them"]
    assert row(done.out, "domain  VPC endpoint") == domain
    assert row(done.out, "domain  EFS mount target")[3:] == ["3"]
    apps = ["users", "Studio Classic apps", "100 users × (1 system + 2 instance types)", "300"]
    assert row(done.out, "users   Studio Classic apps") == apps
    assert row(done.out, "users   training jobs of users")[3:] == ["200"]
    assert row(done.out, "total ") == ["total", "533"]
    for name, number in (("PrivateA", 0), ("PrivateB", 1), ("PrivateC", 2)):
        zone = f"us-east-1{'abc'[number]}"
        shown = [name, f"10.0.{number}.0/24", zone, "251", "11", "178", "511", "73"]
        assert row(done.out, name) == shown
    assert "total                                 753     33       533           220" in done.out
    assert row(done.out, "total       fits") == ["total", "fits", "533 of 753"]
    assert row(done.out, "per subnet") == [
        *("per subnet", "fits"),
        "each has room for what is fixed in it, at most 11 of 251",
    ]
    assert row(done.out, "zone lost") == ["zone lost", "SHORT", "522 of 502 when us-east-1a is lost"]
    assert row(done.out, "size") == ["size", "three /24 would do, /23 to survive the loss of a zone"]
    assert "1 group of subnets: 1 fit; 1 would be short without a zone; read 1 file" in done.out


def test_every_table_fits_a_terminal_of_100_columns(run: Run) -> None:
    done = run(STUDIO, *SEED, "--growth", "20", "--horizon", "36", "--headroom", "10")
    assert max(map(len, done.out.splitlines())) <= 100 + len(str(STUDIO))
    tables = [line for line in done.out.splitlines() if str(STUDIO) not in line]
    assert max(map(len, tables)) <= 104


def test_the_json_holds_the_seed(run: Run) -> None:
    (estate,) = document(run(STUDIO, *SEED, "--horizon", "2", "--format", "json"))["estates"]
    assert estate["total"] == {
        "capacity": {"low": 753, "high": 753, "reason": ""},
        "needed_by_month": {"low": [533] * 3, "high": [533] * 3},
        "full": None,
    }
    assert [subnet["fixed_by_month"]["low"] for subnet in estate["subnets"]] == [[11] * 3] * 3
    assert [subnet["balanced_by_month"]["high"] for subnet in estate["subnets"]] == [[178] * 3] * 3
    assert [subnet["largest_by_month"]["high"] for subnet in estate["subnets"]] == [[511] * 3] * 3
    assert estate["zone_loss"] == {
        "zone": "us-east-1a",
        "lost_subnets": ["PrivateA"],
        "capacity": {"low": 502, "high": 502, "reason": ""},
        "needed_by_month": {"low": [522] * 3, "high": [522] * 3},
    }
    outcomes = {aspect: verdict["outcome"] for aspect, verdict in estate["verdicts"].items()}
    assert outcomes == {"total": "fits", "per_subnet": "fits", "zone_lost": "short"}
    by_group: dict[str, int] = {}
    for cause in estate["demand"]:
        by_group[cause["group"]] = by_group.get(cause["group"], 0) + cause["needed_by_month"]["low"][0]
    assert by_group == {"domain": 33, "users": 500}
    assert estate["expected_use"][0]["values"]["users"] == {"value": 100, "origin": "--users"}
    assert [subject["address"] for subject in estate["subjects"]] == ["Studio"]
    assert "explanation" not in estate


def test_the_csv_sums_up_to_the_seed(run: Run) -> None:
    done = run(STUDIO, *SEED, "--format", "csv")
    rows = list(csv.DictReader(StringIO(done.out)))
    demand = [each for each in rows if each["kind"] == "demand"]
    assert sum(int(each["low_now"]) for each in demand if each["scope"] == "total") == 533
    assert (
        sum(int(each["low_now"]) for each in demand if each["group"] == "domain" and not each["subnet"]) == 33
    )
    for name in ("PrivateA", "PrivateB", "PrivateC"):
        share = sum(float(each["high_at_horizon"]) for each in demand if each["subnet"] == name)
        assert share == pytest.approx(11 + 500 / 3, abs=0.001)
    usable = [each for each in rows if each["cause"] == "usable"]
    assert [each["low_now"] for each in usable] == ["753", "251", "251", "251"]
    assert {each["verdict_zone_lost"] for each in rows} == {"short"}
    assert {each["estate"] for each in rows} == {"Studio"}


def test_the_explanation_says_where_511_comes_from(run: Run) -> None:
    told = lines(run(STUDIO, "--explain", "--start", "2026-11").out)
    users = next(line for line in told if line.startswith("users ") and "beside" in line)
    assert users.split(maxsplit=2)[1:] == ["100", f"beside `Studio` ({STUDIO}:134)"]
    growth = next(line for line in told if line.startswith("growth_percent_per_year "))
    assert growth.split(maxsplit=2)[2] == "profile baseline: workload.default.growth_percent_per_year"
    for line in (
        "VPC endpoint: 1 in each of its subnets, 10 of them, 30 times = 30",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        "Studio Classic apps: 100 users × (1 system + 2 instance types) = 300",
        "a user of `Studio` takes 3 + 2 = 5",
        "in total: 3 + 30 + 300 + 200 = 533",
        "`PrivateA`, `PrivateB`, `PrivateC`: 2^(32 - 24) - 5 reserved = 251",
        "reserved are 5 of each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
        "total: 533 ≤ 753: fits",
        "balanced: `PrivateA` takes 11 + 167 (500 / 3, rounded up) = 178 ≤ 251",
        "zone lost: 522 > 502 in `PrivateB`, `PrivateC`: short",
        "if all that can move lands in one subnet: `PrivateA` takes 11 + 500 = 511",
        'The whitepaper "SageMaker Studio Administration Best Practices" gives this sum as its total,',
        "although the fixed addresses of all 3 subnets count (33): 33 + 500 = 533",
    ):
        assert line in told


def test_the_explanation_puts_the_numbers_into_the_growth(run: Run) -> None:
    options = ("--growth", "20", "--horizon", "36", "--headroom", "10", "--start", "2026-11")
    done = run(STUDIO, *SEED, *options, "--explain")
    told = lines(done.out)
    assert "users of `Studio`: 100 × (1 + 20/100)^(36/12), rounded up = 173" in told
    assert "Studio Classic apps: 173 × 3 = 519" in told
    assert "in total: 3 + 30 + 519 + 346 = 898" in told
    assert "10 % stay free: 251 × 90/100, rounded down = 225" in told
    assert "total: 898 > 675 in `PrivateA`, `PrivateB`, `PrivateC`: short" in told
    assert row(done.out, "full  ") == ["full", "in month 17 of 36 (2028-04)"]
    assert row(done.out, "total   ")[1:] == ["533", "898"]
    assert done.code == 1


def test_the_explanation_goes_into_json_and_not_into_csv(run: Run) -> None:
    report = document(run(STUDIO, *SEED, "--explain", "--format", "json"))
    assert "  a user of `Studio` takes 3 + 2 = 5" in report["estates"][0]["explanation"]
    done = run(STUDIO, "--explain", "--format", "csv")
    assert (done.code, done.out) == (2, "")
    assert "--explain goes with --format text or json" in done.err


# -- what-if ----------------------------------------------------------------------------------------------


def needed(run: Run, *options: str) -> int:
    (estate,) = document(run("t.json", "--format", "json", *options))["estates"]
    return int(estate["total"]["needed_by_month"]["low"][-1])


@pytest.mark.parametrize(
    ("options", "addresses"),
    [
        ((), 3 + 10 * 2),  # what the baseline expects
        (("--users", "40"), 3 + 40 * 2),
        (("--users", "41", "--concurrency", "50"), 3 + 21 * 2),
        (("--users", "40", "--spaces-per-user", "3"), 3 + 40 * 3),
        (("--users", "40", "--studio", "classic"), 3 + 40 * 3),
        (("--users", "40", "--studio", "classic", "--instance-types-per-user", "1"), 3 + 40 * 2),
        (("--users", "4", "--training-instances-per-user", "3"), 3 + 4 * (2 + 3 * 2)),
        (("--users", "4", "--training-instances-per-user", "3", "--efa"), 3 + 4 * (2 + 3 * 5)),
        (("--users", "4", "--processing-instances-per-user", "2"), 3 + 4 * (2 + 2 * 2)),
        (("--users", "40", "--growth", "50", "--horizon", "24"), 3 + 90 * 2),
        (("--users", "40", "--growth", "50", "--horizon", "0"), 3 + 40 * 2),
        (("--users", "40", "--other-addresses", "7"), 3 + 40 * 2 + 3 * 7),
        (("--users", "0"), 3),
    ],
)
def test_an_option_goes_before_the_expected_use(run: Run, options: tuple[str, ...], addresses: int) -> None:
    write("t.json", template())
    assert needed(run, *options) == addresses


def test_headroom_takes_from_each_subnet(run: Run) -> None:
    write("t.json", template())
    (estate,) = document(run("t.json", "--headroom", "10", "--format", "json"))["estates"]
    assert estate["total"]["capacity"]["low"] == 3 * 225
    assert estate["headroom_percent"] == 10


def test_an_option_goes_before_policy_and_template_and_no_efa_before_efa(run: Run) -> None:
    keys = {"users": 70, "training_instances_per_user": 1, "efa": True}
    write(".sagemaker-netlint.yaml", f"extends: vpc-only\nworkload:\n  default: {json.dumps(keys)}\n")
    write("t.json", template())
    assert needed(run) == 3 + 70 * (2 + 5)
    assert needed(run, "--no-efa") == 3 + 70 * (2 + 2)
    assert needed(run, "--users", "5") == 3 + 5 * (2 + 5)
    assert needed(run, "--users", "5", "--policy", "vpc-only") == 3 + 5 * 2


def test_an_option_stands_in_for_what_the_template_leaves_open(run: Run) -> None:
    text = template(Parameters={"Users": {"Type": "Number"}})
    beside = {"SageMakerNetlint": {"Workload": {"users": {"Ref": "Users"}, "spaces_per_user": 1}}}
    document_ = json.loads(text)
    document_["Resources"]["Studio"]["Metadata"] = beside
    write("t.json", json.dumps(document_))
    done = run("t.json")
    assert row(done.out, "users   Studio apps")[2:] == ["not known", "0 or more"]
    assert "`users` in its Metadata is not known: parameter Users has no default" in done.out
    assert (done.code, row(done.out, "total       undecided")[:2]) == (0, ["total", "undecided"])
    assert needed(run, "--users", "30") == 3 + 30
    write("values.json", '{"Users": 20}')
    assert needed(run, "--parameters", "values.json") == 3 + 20


def test_each_key_of_the_expected_use_has_its_option() -> None:
    assert set(OPTION_OF) == set(KEYS)
    shown = CliRunner().invoke(cli, ["capacity", "--help"]).output
    for option in OPTION_OF.values():
        assert f"  {option.partition('/')[0]}" in shown


def test_options_without_a_domain_are_told_to_have_no_effect(run: Run) -> None:
    write("t.json", template(resources={"Studio": {"Type": "AWS::SNS::Topic"}, **NOTEBOOK}))
    done = run("t.json", "--users", "9", "--growth", "5")
    assert done.err == "note: --users, --growth: no effect, there is no domain in subnets\n"
    assert run("t.json", "--users", "9", "--quiet").err == ""
    assert done.code == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--users", "-1"),
        ("--concurrency", "101"),
        ("--studio", "new"),
        ("--horizon", "121"),
        ("--start", "2026-13"),
        ("--start", "26-11"),
        ("--format", "xml"),
        ("nowhere.yaml",),
        ("--no-such-option",),
        ("--policy", "baselin"),
        ("--chart", "chart.pdf"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, options: tuple[str, ...]) -> None:
    write("t.json", template())
    done = run("t.json", *options)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


# -- inputs and exit codes --------------------------------------------------------------------------------

NOTEBOOK = {
    "Notebook": {
        "Type": "AWS::SageMaker::NotebookInstance",
        "Properties": {
            "InstanceType": "ml.t3.medium",
            "RoleArn": "arn:aws:iam::123456789012:role/notebook",
            "SubnetId": {"Ref": "SubnetA"},
        },
    }
}


def test_without_a_path_it_is_the_present_folder(run: Run) -> None:
    write("t.json", template())
    assert "`Studio` (t.json:" in run().out


def test_a_folder_named_plan_is_reached_by_its_path(run: Run) -> None:
    Path("plan").mkdir()
    write("plan/t.json", template())
    assert "`Studio` (plan/t.json:" in run("./plan").out
    assert "`Studio` (plan/t.json:" in run("--quiet", "plan").out
    assert "`Studio` (plan/t.json:" in run("--", "plan").out


def test_help_is_that_of_the_report(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    assert done.out.startswith("Usage: sagemaker-netlint capacity [OPTIONS] [PATH]...\n")
    assert "`./plan`" in done.out
    assert "capacity plan" in done.out


def test_what_is_short_ends_with_1_and_names_the_prefix(run: Run) -> None:
    write("t.json", template(26))
    done = run("t.json", "--users", "100")
    assert done.code == 1
    assert row(done.out, "total       SHORT") == ["total", "SHORT", "203 of 177"]
    assert row(done.out, "full ") == ["full", "now"]
    assert row(done.out, "size") == ["size", "three /25 would do, also when a zone is lost"]


def test_what_is_short_after_the_horizon_fits_and_names_the_month(run: Run) -> None:
    write("t.json", template(26))
    done = run("t.json", "--users", "80", "--growth", "10", "--horizon", "6", "--start", "2027-06")
    assert done.code == 0
    assert row(done.out, "full ") == ["full", "in month 11 (2028-05), after the horizon of 6"]
    assert row(done.out, "SubnetA")[-1] == "2028-05"
    quiet = run("t.json", "--users", "80", "--horizon", "6")
    assert "full  " not in quiet.out.replace("full in", "")


def test_no_workload_in_subnets_ends_with_4(run: Run) -> None:
    resources = {"Bucket": {"Type": "AWS::S3::Bucket"}}
    write("t.json", json.dumps({"Resources": resources}))
    done = run("t.json")
    assert done.code == 4
    assert done.out.startswith("nothing to reckon: no SageMaker workload in subnets; read ")
    assert run("t.json", "--allow-nothing").code == 0
    assert document(run("t.json", "--format", "json"))["outcome"] == "nothing-to-reckon"
    assert run("t.json", "--format", "csv").out.count("\n") == 1


def test_a_broken_file_is_told_and_fails_beside_what_fits(run: Run) -> None:
    write("t.json", template())
    write("broken.yaml", "Resources:\n  Studio: [\n    Type: AWS::SageMaker::Domain\n")
    done = run(".")
    assert done.code == 1
    assert done.err.startswith("broken.yaml:")
    assert " SMN001 " in done.err
    assert row(done.out, "total       fits")[2] == "23 of 753"
    report = document(run(".", "--format", "json"))
    assert [each["location"]["file"] for each in report["unreadable"]] == ["broken.yaml"]
    write("lenient.policy", "extends: vpc-only\nrules:\n  SMN001: {enabled: false}\n")
    assert run(".", "--policy", "./lenient.policy").code == 0


def test_undecided_fails_where_the_policy_says_so(run: Run) -> None:
    changed = json.loads(template(Parameters={"Cidr": {"Type": "String"}}))
    changed["Resources"]["SubnetA"]["Properties"]["CidrBlock"] = {"Ref": "Cidr"}
    write("t.json", json.dumps(changed))
    done = run("t.json", "--users", "300")
    assert done.code == 0
    assert row(done.out, "total       undecided")[2] == (
        "the size of `SubnetA` is not known: parameter Cidr has no default"
    )
    assert row(done.out, "SubnetA")[1:4] == ["not known", "us-east-1a", "11 to 65,531"]
    assert "1 group of subnets: 1 undecided" in done.out
    assert run("t.json", "--users", "10").code == 0
    write("strict.policy", "extends: vpc-only\nundecided: fail\n")
    strict = ("t.json", "--policy", "./strict.policy", "--users")
    assert run(*strict, "300").code == 1
    assert run(*strict, "10").code == 0  # whatever the size is, it fits


def test_a_workload_without_a_domain_is_reckoned(run: Run) -> None:
    resources = {"Studio": {"Type": "AWS::SNS::Topic"}, **NOTEBOOK}
    write("t.json", template(resources=resources))
    done = run("t.json")
    assert done.code == 0
    assert "`Notebook` (t.json:" in done.out
    assert row(done.out, "notebooks") == ["notebooks", "notebook instance", "1 in its subnet", "1"]
    assert row(done.out, "zone lost")[2] == "nothing else is asked for when us-east-1a is lost"
    assert "whitepaper" not in run("t.json", "--explain").out


# -- variants ---------------------------------------------------------------------------------------------


def conditional(resources: dict[str, Any]) -> str:
    return template(
        Parameters={"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        Conditions={"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        resources=resources,
    )


def test_variants_that_differ_are_told_with_their_condition(run: Run) -> None:
    write("t.json", conditional({"Notebook": {**NOTEBOOK["Notebook"], "Condition": "IsProd"}}))
    estates = document(run("t.json", "--format", "json"))["estates"]
    assert {each["when"]: each["total"]["needed_by_month"]["low"][0] for each in estates} == {
        "IsProd is true": 24,
        "IsProd is false": 23,
    }
    text = run("t.json").out
    assert text.count("when IsProd is true\n") == 1
    assert text.count("when IsProd is false\n") == 1


def test_variants_that_are_alike_are_told_once(run: Run) -> None:
    topic = {"Topic": {"Type": "AWS::EC2::SecurityGroup", "Condition": "IsProd", "Properties": {}}}
    write("t.json", conditional({**NOTEBOOK, **topic}))
    (estate,) = document(run("t.json", "--format", "json"))["estates"]
    assert estate["when"] == ""
    assert "when IsProd" not in run("t.json").out


# -- presentation -----------------------------------------------------------------------------------------


def many(count: int) -> str:
    resources: dict[str, Any] = {
        f"Subnet{n}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.0.{n}.0/{27 if n == 7 else 24}",
                "AvailabilityZone": f"us-east-1{'abcd'[n % 4]}",
            },
        }
        for n in range(count)
    }
    written = json.loads(template(resources=resources))
    written["Resources"]["Studio"]["Properties"]["SubnetIds"] = [{"Ref": name} for name in resources]
    return json.dumps(written)


def test_of_many_subnets_the_fullest_are_shown(run: Run) -> None:
    write("t.json", many(23))
    done = run("t.json", "--users", "100")
    shown = [line.split()[0] for line in done.out.splitlines() if line.startswith("  Subnet")]
    assert len(shown) == 20
    assert shown[0] == "Subnet7"
    assert "  3 more subnets have as much room or more; --verbose lists them\n" in done.out
    everything = run("t.json", "--users", "100", "--verbose").out
    assert sum(1 for line in everything.splitlines() if line.startswith("  Subnet")) == 23
    assert "more subnets" not in everything


def test_colours_are_for_terminals_and_for_those_who_ask(run: Run) -> None:
    write("t.json", template(27))
    plain = run("t.json").out
    assert "\x1b" not in plain
    coloured = run("t.json", "--color", "always", "--users", "99").out
    assert "\x1b[31m\x1b[1mSHORT" in coloured
    assert "\x1b[32mfits" in run("t.json", "--color", "always").out


def test_no_name_can_pass_for_output(run: Run) -> None:
    named = json.loads(template())
    named["Resources"]["Evil\x1b[32m\nfits"] = named["Resources"].pop("Studio")
    write("t.json", json.dumps(named))
    done = run("t.json")
    assert "\x1b" not in done.out
    assert "`Evil\\x1b[32m\\nfits`" in done.out


def test_no_name_becomes_a_formula_of_a_spreadsheet(run: Run) -> None:
    named = json.loads(template())
    named["Resources"]["=1+1"] = named["Resources"].pop("Studio")
    write("t.json", json.dumps(named))
    rows = list(csv.DictReader(StringIO(run("t.json", "--format", "csv").out)))
    assert {each["estate"] for each in rows} == {"'=1+1"}


def test_the_clock_is_read_where_no_month_is_given(run: Run) -> None:
    command = [str(Path(sys.executable).with_name("sagemaker-netlint")), "capacity", str(STUDIO)]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
    today = json.loads(done.stdout)["first_month"]
    assert today >= "2026-01"
    assert document(run(STUDIO, "--start", "2031-12", "--format", "json"))["first_month"] == "2031-12"


def test_the_schema_describes_every_key() -> None:
    schema = json.loads(schema_file("capacity").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    def undescribed(node: Any, path: str) -> list[str]:
        if isinstance(node, list):
            return [each for item in node for each in undescribed(item, path)]
        if not isinstance(node, dict):
            return []
        missing = [
            f"{path}.{key}" for key, value in node.get("properties", {}).items() if "description" not in value
        ]
        return missing + [each for key, value in node.items() for each in undescribed(value, f"{path}.{key}")]

    assert undescribed(schema, "") == []


def test_what_aws_gives_as_a_range_is_a_range(run: Run) -> None:
    job = {
        "Type": "AWS::SageMaker::DataQualityJobDefinition",
        "Properties": {
            "JobDefinitionName": "drift",
            "RoleArn": "arn:aws:iam::123456789012:role/drift",
            "JobResources": {"ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.p4d.24xlarge"}},
            "NetworkConfig": {
                "VpcConfig": {"Subnets": [{"Ref": "SubnetA"}], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
            },
        },
    }
    write("t.json", template(28, resources={"Studio": {"Type": "AWS::SNS::Topic"}, "Drift": job}))
    done = run("t.json")
    assert row(done.out, "jobs")[2:] == ["2 instances × 5 to 8", "10 to 16"]
    assert row(done.out, "SubnetA")[3:] == ["11", "0", "10 to 16", "10 to 16", "-5 to 1"]
    doubt = "`Drift`: AWS doesn't publish how many addresses ml.p4d.24xlarge takes in a job"
    assert row(done.out, "total       undecided") == ["total", "undecided", doubt]
    (estate,) = document(run("t.json", "--format", "json"))["estates"]
    assert estate["demand"][0]["needed_by_month"] == {"low": [10], "high": [16]}
    demand = next(iter(csv.DictReader(StringIO(run("t.json", "--format", "csv").out))))
    assert (demand["low_now"], demand["high_now"]) == ("10", "16")


@pytest.mark.parametrize("source", ["template.template", "main.tf", "tfplan.json"])
def test_each_language_tells_the_same_of_the_seed(run: Run, source: str) -> None:
    fixture = STUDIO.parents[2] / "fixtures" / "smn501-subnet-too-small" / "seed-scenario"
    report = document(run(fixture / source, "--format", "json"))
    assert (report["outcome"], report["exit_code"]) == ("fails", 1)
    told = {
        (
            *(estate["total"]["needed_by_month"]["low"][0], estate["total"]["capacity"]["low"]),
            *(verdict["outcome"] for verdict in estate["verdicts"].values()),
        )
        for estate in report["estates"]
    }
    assert told == {
        (533, 3 * 507, "fits", "fits", "fits"),
        (533, 3 * 251, "fits", "fits", "short"),
        (533, 3 * 123, "short", "fits", "short"),
    }


def test_domains_that_share_subnets_are_one_group_and_each_is_named(run: Run) -> None:
    written = json.loads(template())
    written["Resources"]["Other"] = written["Resources"]["Studio"]
    write("t.json", json.dumps(written, indent=1))
    done = run("t.json")
    assert "  `Studio` (t.json:39), `Other` (t.json:63)\n" in done.out
    assert row(done.out, "users   Studio apps")[2:] == ["10 users × 2 running spaces", "40", "2 of them"]
    assert row(done.out, "total       fits")[2] == "46 of 753"
