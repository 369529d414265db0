"""`capacity plan`: sizes, places in the VPC, code to paste, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from ipaddress import IPv4Network
from pathlib import Path

import jsonschema
import make_plans
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sagemaker_netlint.capacity.planner import NoPlanError, Plan, Request, plan
from sagemaker_netlint.capacity.room import block_for, carve, free_blocks
from sagemaker_netlint.capacity.sizing import resized
from sagemaker_netlint.capacity.verdicts import Outcome, in_total, per_subnet, without_a_zone
from sagemaker_netlint.cli.main import main
from sagemaker_netlint.data_files import schema_file
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.report.plan_snippets import cloudformation, terraform

# the scenario of the whitepaper: two notebook apps and a training job for each of 100 users, ten endpoints
SEED = ExpectedUse(users=100, studio="classic", training_instances_per_user=1)
SEED_OPTIONS = ("--users", "100", "--studio", "classic", "--training-instances-per-user", "1")
TEN = tuple(f"endpoint {number}" for number in range(1, 11))
VPC = (IPv4Network("10.0.0.0/16"),)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start where no policy of the surroundings is found."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)


@dataclass(frozen=True)
class Run:
    """What a run of the command left."""

    exit_code: int
    stdout: str
    stderr: str


def command(*arguments: str) -> Run:
    """Run the command in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return Run(end.value.code, out.getvalue(), err.getvalue())


def run(*arguments: str) -> Run:
    return command("capacity", "plan", *arguments)


def blocks(*texts: str) -> tuple[IPv4Network, ...]:
    return tuple(IPv4Network(text) for text in texts)


def seed(**changed: object) -> Request:
    request = Request(use=SEED, zones=3, vpc_cidrs=VPC, endpoints=TEN)
    return replace(request, **changed)  # type: ignore[arg-type] # the tests name the fields


# -- sizes -----------------------------------------------------------------------------------------


def test_the_whitepapers_scenario_takes_three_23_to_survive_the_loss_of_a_zone() -> None:
    made = plan(seed())
    assert made.cidrs == blocks("10.0.0.0/23", "10.0.2.0/23", "10.0.4.0/23")
    assert (made.prefix, made.for_total, made.for_zone_loss) == (23, 24, 23)
    assert [subnet.shares[-1].balanced.high for subnet in made.analysis.subnets] == [178, 178, 178]
    assert made.analysis.loss is not None
    assert (made.analysis.loss.needed[-1].high, made.analysis.loss.capacity.low) == (522, 1014)


def test_it_takes_three_24_where_the_loss_need_not_be_survived() -> None:
    made = plan(seed(survive_zone_loss=False))
    assert made.cidrs == blocks("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24")
    assert made.analysis.zone_lost.outcome is Outcome.SHORT


def test_a_single_zone_has_nothing_to_survive() -> None:
    made = plan(seed(zones=1))
    # 1 mount target, 10 endpoints and 500 for users are 511; a /23 has 507
    assert (made.prefix, made.for_total, made.for_zone_loss) == (22, 22, None)


def test_growth_is_planned_for_the_horizon() -> None:
    use = replace(SEED, growth_percent_per_year=100, horizon_months=12)
    assert plan(seed(use=use)).prefix == 22
    assert plan(seed(use=replace(use, horizon_months=0))).prefix == 23


def test_no_subnet_is_smaller_than_the_floor() -> None:
    small = replace(SEED, users=1)
    assert plan(seed(use=small, longest_prefix=28)).prefix == 27
    made = plan(seed(use=small, longest_prefix=25))
    assert (made.prefix, made.for_total, made.at_floor) == (25, 27, True)
    assert not plan(seed(use=small, longest_prefix=27)).at_floor


def test_an_efa_job_of_each_user_lies_whole_in_a_subnet() -> None:
    use = ExpectedUse(users=1, spaces_per_user=0, training_instances_per_user=50, efa=True)
    # 250 for the job and 1 for the mount target: a /24 has exactly 251
    assert plan(seed(use=use, endpoints=())).prefix == 24
    assert plan(seed(use=use, endpoints=("sts",))).prefix == 23


# -- places ----------------------------------------------------------------------------------------


def test_what_is_used_is_left_alone() -> None:
    used = blocks("10.0.0.0/24", "10.0.3.128/28", "10.0.6.0/23")
    assert plan(seed(used=used)).cidrs == blocks("10.0.4.0/23", "10.0.8.0/23", "10.0.10.0/23")


def test_secondary_cidrs_take_what_the_first_has_no_room_for() -> None:
    vpc = blocks("10.0.0.0/22", "100.64.0.0/23")
    assert plan(seed(vpc_cidrs=vpc)).cidrs == blocks("10.0.0.0/23", "10.0.2.0/23", "100.64.0.0/23")


NEEDED = "1,536 addresses are needed"
SECONDARY = "what would do: 1 secondary CIDR of"
SMALLER = "/24, for which there is room, without surviving the loss of a zone"


@pytest.mark.parametrize(
    ("vpc", "used", "left", "remedy"),
    [
        (
            ("10.0.0.0/22",),
            (),
            "1,024 are free, in blocks of /22 at most, with room for 2",
            f"/23 or larger, or {SMALLER}",
        ),
        (("10.0.0.0/23",), (), "512 are free, in blocks of /23 at most, with room for 1", "/22 or larger"),
        (
            ("10.0.0.0/23", "10.1.0.0/24"),
            ("10.0.0.0/24", "10.0.1.0/24", "10.1.0.0/24"),
            "none is free",
            "/21 or larger",
        ),
    ],
)
def test_without_room_it_says_what_would_do(
    vpc: tuple[str, ...], used: tuple[str, ...], left: str, remedy: str
) -> None:
    with pytest.raises(NoPlanError) as caught:
        plan(seed(vpc_cidrs=blocks(*vpc), used=blocks(*used)))
    where = f"no room for 3 subnets of /23 in {', '.join(vpc)}"
    assert str(caught.value) == f"{where}: {NEEDED}, {left}; {SECONDARY} {remedy}"


def test_where_a_secondary_cidr_is_not_enough_it_says_how_many() -> None:
    with pytest.raises(NoPlanError, match=r"what would do: 2 secondary CIDRs of /16 or larger$"):
        plan(seed(use=replace(SEED, users=38_000), survive_zone_loss=False))


@pytest.mark.parametrize(
    ("users", "survive", "text"),
    [
        (40_000, None, "; what would do: more zones, or several domains"),
        (
            30_000,
            True,
            ", too few when a zone is lost; what would do: more zones, or /16 without surviving that",
        ),
    ],
)
def test_what_no_subnet_holds_is_told(users: int, survive: bool | None, text: str) -> None:  # noqa: FBT001 - a case
    with pytest.raises(NoPlanError) as caught:
        plan(seed(use=replace(SEED, users=users), survive_zone_loss=survive))
    needed = f"{users * 5 + 33:,} addresses are needed in 3 zones"
    assert str(caught.value) == f"{needed}, and the largest subnet, a /16, has 65,531 usable ones{text}"


# -- properties ------------------------------------------------------------------------------------

USES = st.builds(
    ExpectedUse,
    users=st.integers(0, 3000),
    spaces_per_user=st.integers(0, 4),
    training_instances_per_user=st.integers(0, 3),
    efa=st.booleans(),
    other_addresses_per_subnet=st.integers(0, 300),
    growth_percent_per_year=st.integers(0, 80),
    horizon_months=st.integers(0, 60),
    headroom_percent=st.integers(0, 50),
)
WIDE = IPv4Network("10.0.0.0/16")


@st.composite
def used_blocks(draw: st.DrawFn, within: tuple[IPv4Network, ...]) -> tuple[IPv4Network, ...]:
    """Draw blocks of the VPC that don't overlap."""
    taken: list[IPv4Network] = []
    for _ in range(draw(st.integers(0, 6))):
        block = draw(st.sampled_from(within))
        prefix = draw(st.integers(max(block.prefixlen, 17), 28))
        offset = draw(st.integers(0, (1 << (prefix - block.prefixlen)) - 1))
        start = int(block.network_address) + (offset << (32 - prefix))
        candidate = IPv4Network((start, prefix))
        if not any(candidate.overlaps(other) for other in taken):
            taken.append(candidate)
    return tuple(taken)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    vpc = draw(
        st.sampled_from(
            [(WIDE,), blocks("10.1.0.0/20", "100.64.0.0/18"), blocks("10.2.0.0/22", "10.3.0.0/24")]
        )
    )
    zones = draw(st.integers(1, 6))
    return Request(
        use=draw(USES),
        zones=zones,
        vpc_cidrs=vpc,
        used=draw(used_blocks(vpc)),
        endpoints=TEN[: draw(st.integers(0, 10))],
        survive_zone_loss=draw(st.sampled_from([None, False, *([True] if zones > 1 else [])])),
        longest_prefix=draw(st.integers(24, 28)),
    )


def answers(made: Plan) -> list[Outcome]:
    estate, month = made.analysis.estate, made.month
    questions = [in_total, per_subnet, *([without_a_zone] if made.request.loses_a_zone else [])]
    return [question(estate, month).outcome for question in questions]


@settings(deadline=None, max_examples=150)
@given(requests())
def test_a_plan_satisfies_the_very_check(request: Request) -> None:
    try:
        made = plan(request)
    except NoPlanError:
        return
    assert set(answers(made)) == {Outcome.FITS}
    assert len(made.cidrs) == request.zones
    for index, cidr in enumerate(made.cidrs):
        assert cidr.prefixlen == made.prefix <= request.longest_prefix
        assert any(cidr.subnet_of(block) for block in request.vpc_cidrs)
        others = (*made.cidrs[:index], *request.used)
        assert not any(cidr.overlaps(other) for other in others)


@settings(deadline=None, max_examples=150)
@given(requests())
def test_no_smaller_size_passes(request: Request) -> None:
    try:
        made = plan(request)
    except NoPlanError:
        return
    if made.at_floor or made.prefix == 28:
        return
    estate = resized(made.analysis.estate, made.prefix + 1)
    smaller = replace(made, analysis=replace(made.analysis, estate=estate))
    assert set(answers(smaller)) != {Outcome.FITS}


@settings(deadline=None, max_examples=100)
@given(used_blocks((WIDE,)), st.integers(16, 28))
def test_no_room_means_that_every_aligned_block_is_touched(
    used: tuple[IPv4Network, ...], prefix: int
) -> None:
    free = list(free_blocks((WIDE,), used))
    expected = [
        block
        for block in WIDE.subnets(new_prefix=min(prefix, 24))
        if not any(block.overlaps(other) for other in used)
    ]
    assert carve(free, min(prefix, 24), 1 << 16) == expected
    assert sum(b.num_addresses for b in free) == WIDE.num_addresses - sum(b.num_addresses for b in used)


@pytest.mark.parametrize(("prefix", "count", "block"), [(24, 1, 24), (24, 2, 23), (24, 3, 22), (24, 5, 21)])
def test_a_block_holds_so_many(prefix: int, count: int, block: int) -> None:
    assert block_for(prefix, count) == block
    assert len(carve(blocks(f"10.0.0.0/{block}"), prefix, 99)) >= count


# -- the command -----------------------------------------------------------------------------------


def test_the_report_shows_table_sums_and_verdicts() -> None:
    result = run(*SEED_OPTIONS, "--endpoints", "10", "--vpc-cidr", "10.0.0.0/16")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        """\
3 subnets of /23 in 10.0.0.0/16, for 100 users in 3 zones

  subnet       zone  CIDR         usable  needed  free  full
  sagemaker-1     1  10.0.0.0/23     507     178   329  no growth
  sagemaker-2     2  10.0.2.0/23     507     178   329  no growth
  sagemaker-3     3  10.0.4.0/23     507     178   329  no growth
  in total                         1,521     533   988  no growth

  needed: the share of each subnet when balanced, rounded up

needed for:
        3  EFS mount target: 1 in each zone of the domain's subnets
       30  VPC endpoints: 10 × 1 in each of its subnets
      300  Studio Classic apps: 100 users × (1 system + 2 instance types)
      200  training jobs of users: 100 users × training instances 1 × 2

fits: needs 533 of 1,521 usable addresses in 3 subnets (domain 33, users 500)
fits: when a zone is lost, needs 522 of 1,014 usable addresses in 2 subnets (domain 22, users 500)
size: /24 does while all zones are there, /23 survives the loss of one: the latter is the default with \
several zones

# Terraform

"""
    )
    cidrs = blocks("10.0.0.0/23", "10.0.2.0/23", "10.0.4.0/23")
    assert terraform(cidrs) in result.stdout
    assert result.stdout.endswith(f"# CloudFormation\n\n{cloudformation(cidrs)}")


BOTH = "/24 does while all zones are there, /23 survives the loss of one"
TWO_ZONES = "/23 does while all zones are there, /22 survives the loss of one: the latter is the default with"
FLOOR = "/27, since the policy asks for no smaller one; /28 does, also when a zone is lost"
TWO_MORE = ("--vpc-cidr", "10.1.0.0/16", "--vpc-cidr", "10.2.0.0/16")
HUGE = ("--users", "30000", "--no-survive-zone-loss", *TWO_MORE)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--survive-zone-loss",), f"{BOTH}: the latter was asked for"),
        (("--no-survive-zone-loss",), f"{BOTH}: the former was asked for"),
        (("--zones", "1"), "/22 does; with one zone, nothing is left when it is lost"),
        (("--zones", "2"), f"{TWO_ZONES} several zones"),
        (("--users", "1", "--endpoints", "2"), FLOOR),
        (HUGE, "/16 does while all zones are there; no size survives the loss of one"),
    ],
)
def test_the_sizes_are_told(options: tuple[str, ...], line: str) -> None:
    result = run(*SEED_OPTIONS, "--endpoints", "10", "--vpc-cidr", "10.0.0.0/16", *options)
    assert result.exit_code == 0, result.stdout
    assert f"\nsize: {line}\n" in result.stdout


def test_growth_names_the_month_in_which_it_is_full() -> None:
    result = run(*SEED_OPTIONS, "--growth", "30", "--horizon", "36", "--vpc-cidr", "10.0.0.0/16")
    assert "  in total                         3,057   1,109  1,948  in month 83\n" in result.stdout
    total = "fits: needs 1,109 of 3,057 usable addresses in 3 subnets in month 36 (domain 9, users 1,100)"
    assert f"\n{total}\n" in result.stdout


def test_endpoints_are_those_of_the_policy_unless_they_are_named() -> None:
    interface = "VPC endpoints: 2 × 1 in each of its subnets"
    assert interface in run("--vpc-cidr", "10.0.0.0/16").stdout
    named = run(
        "--vpc-cidr", "10.0.0.0/16", "--endpoints", "sts, s3,com.amazonaws.eu-west-1.logs,dynamodb,sts"
    )
    assert interface in named.stdout
    none = run("--vpc-cidr", "10.0.0.0/16", "--endpoints", "s3")
    assert "        0  VPC endpoints: no interface endpoint is planned\n" in none.stdout


def test_the_policy_says_what_no_option_does() -> None:
    text = "extends: none\nsubnets: {longest_prefix: 26}\nworkload: {default: {users: 40}}\n"
    Path("mine.yaml").write_text(text + "endpoints: {required: [sts]}\n", encoding="utf-8")
    result = run(
        "--vpc-cidr", "10.0.0.0/16", "--policy", "mine.yaml", "--format", "json", "--spaces-per-user", "1"
    )
    made = json.loads(result.stdout)
    use = made["request"]["expected_use"]
    assert (use["users"], use["spaces_per_user"], made["prefix"]) == (40, 1, 26)
    assert made["request"]["interface_endpoints"] == ["sts"]
    Path(".sagemaker-netlint.yaml").write_text(text, encoding="utf-8")
    assert "for 40 users" in run("--vpc-cidr", "10.0.0.0/16").stdout


def test_the_json_has_the_shape_of_its_schema() -> None:
    result = run(*SEED_OPTIONS, "--endpoints", "10", "--vpc-cidr", "10.0.0.0/16", "--format", "json")
    made = json.loads(result.stdout)
    validator = jsonschema.Draft202012Validator(json.loads(schema_file("capacity-plan").read_text("utf-8")))
    validator.validate(made)
    assert made["when_a_zone_is_lost"] == {"outcome": "fits", "usable": 1014, "needed": 522}
    assert (made["usable"], made["needed"], made["full_month"]) == (1521, 533, None)
    assert made["subnets"][1] == {
        "name": "sagemaker-2",
        "zone": 2,
        "cidr": "10.0.2.0/23",
        "usable": 507,
        "needed": 178,
        "free": 329,
        "full_month": None,
    }
    one = json.loads(run("--zones", "1", "--vpc-cidr", "10.0.0.0/16", "--format", "json").stdout)
    validator.validate(one)
    assert one["when_a_zone_is_lost"] is None


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "Missing option '--vpc-cidr'"),
        (("--vpc-cidr", "10.0.0.5/16"), "'10.0.0.5/16' is no block as it stands; is 10.0.0.0/16 meant?"),
        (("--vpc-cidr", "10.0.0.0"), "'10.0.0.0' has no prefix length, such as 10.0.0.0/16"),
        (("--vpc-cidr", "fd00::/64"), "'fd00::/64' is IPv6"),
        (("--vpc-cidr", "VPC"), "'VPC' is no IPv4 block, such as 10.0.0.0/16"),
        (("--vpc-cidr", "10.0.0.0/255.255.0.0"), "'10.0.0.0/255.255.0.0' is no block as it stands"),
        (("--vpc-cidr", "10.0.0.0/29"), "10.0.0.0/29 can't be the CIDR of the VPC, which is /16 to /28"),
        (("--vpc-cidr", "10.0.0.0/15"), "10.0.0.0/15 can't be the CIDR of the VPC, which is /16 to /28"),
        (
            ("--vpc-cidr", "10.0.0.0/16", "--vpc-cidr", "10.0.4.0/22"),
            "10.0.0.0/16 and 10.0.4.0/22 overlap",
        ),
        (
            ("--vpc-cidr", "10.0.0.0/16", "--used-cidr", "10.0.0.0/24", "--used-cidr", "10.0.0.0/24"),
            "10.0.0.0/24 and 10.0.0.0/24 overlap",
        ),
        (
            ("--vpc-cidr", "10.0.0.0/16", "--used-cidr", "10.0.0.0/29"),
            "10.0.0.0/29 can't be the CIDR of a subnet, which is /16 to /28",
        ),
        (
            ("--vpc-cidr", "10.0.0.0/16", "--used-cidr", "10.1.0.0/24"),
            "10.1.0.0/24 is used, but doesn't lie in 10.0.0.0/16",
        ),
        (("--vpc-cidr", "10.0.0.0/16", "--zones", "0"), "a region has 1 to 6 availability zones, not 0"),
        (("--vpc-cidr", "10.0.0.0/16", "--zones", "7"), "a region has 1 to 6 availability zones, not 7"),
        (
            ("--vpc-cidr", "10.0.0.0/16", "--zones", "1", "--survive-zone-loss"),
            "with one zone nothing is left when it is lost: plan two or more",
        ),
        (("--vpc-cidr", "10.0.0.0/16", "--endpoints", "256"), "256 is more than 255 endpoints"),
        (("--vpc-cidr", "10.0.0.0/16", "--endpoints", "9" * 5000), "is more than 255 endpoints"),
        (("--vpc-cidr", "10.0.0.0/16", "--endpoints", "-1"), "'-1' is no service"),
        (("--vpc-cidr", "10.0.0.0/16", "--endpoints", "sts,,"), "'' is no service"),
        (("--vpc-cidr", "10.0.0.0/16", "--region", 'x"'), "'x\"' is no region, such as eu-west-1"),
        (("--vpc-cidr", "10.0.0.0/16", "--users", "-1"), "-1 is not in the range 0<=x<=100000"),
        (("--vpc-cidr", "10.0.0.0/16", "--policy", "nope"), "nope: no profile has this name"),
    ],
)
def test_bad_usage_is_refused(arguments: tuple[str, ...], text: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert text in result.stderr
    assert result.stdout == ""


def test_no_room_ends_with_1() -> None:
    result = run(*SEED_OPTIONS, "--vpc-cidr", "10.0.0.0/23")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("no room for 3 subnets of /23 in 10.0.0.0/23: ")


# -- the code to paste -----------------------------------------------------------------------------

THREE = blocks("10.0.0.0/23", "10.0.2.0/23", "10.0.4.0/23")

TERRAFORM_REST = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_endpoint" "interface" {
  count             = 10
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.service-${count.index}"
  vpc_endpoint_type = "Interface"
  subnet_ids        = local.sagemaker_subnet_ids
}

resource "aws_sagemaker_domain" "studio" {
  domain_name = "studio"
  auth_mode   = "IAM"
  vpc_id      = aws_vpc.main.id
  subnet_ids  = local.sagemaker_subnet_ids

  default_user_settings {
    execution_role = "arn:aws:iam::123456789012:role/studio"
  }
}
"""

POLICY = """
extends: none
rules: {SMN501: true, SMN502: true, SMN503: true}
undecided: fail
workload:
  default: {users: 100, studio: classic, training_instances_per_user: 1, growth_percent_per_year: 30,
            horizon_months: 36}
"""
USE_OPTIONS = (*SEED_OPTIONS, "--growth", "30", "--horizon", "36", "--endpoints", "10")


def planned(style: str, *options: str) -> str:
    result = run(*USE_OPTIONS, "--vpc-cidr", "10.0.0.0/16", "--format", style, *options)
    assert result.exit_code == 0, result.stdout
    return result.stdout


def checked(path: Path) -> tuple[int, set[tuple[str, str]]]:
    """Return the exit code of a check with the use that was planned for, and the findings."""
    Path("policy.yaml").write_text(POLICY, encoding="utf-8")
    result = command("check", str(path), "--policy", "policy.yaml", "--format", "json")
    findings = json.loads(result.stdout)["findings"]
    return result.exit_code, {(finding["rule"], finding["outcome"]) for finding in findings}


def completed_terraform(*options: str) -> Path:
    folder = Path("root")
    folder.mkdir()
    snippet = planned("terraform", *options)
    start, end = snippet.index("variable"), snippet.index("data ")
    # a user has the VPC at hand, and puts it in the place of the variable
    text = snippet[:start] + snippet[end:].replace("var.sagemaker_vpc_id", "aws_vpc.main.id") + TERRAFORM_REST
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return folder


def completed_template(*options: str) -> Path:
    text = planned("cloudformation", *options)
    domain = next(line for line in text.splitlines() if "SubnetIds: [" in line).partition("SubnetIds: ")[2]
    endpoints = "".join(
        f"""\
  Endpoint{number}:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${{AWS::Region}}.service-{number}
      SubnetIds: {domain}
"""
        for number in range(10)
    )
    rest = f"""\
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
{endpoints}  Domain:
    Type: AWS::SageMaker::Domain
    Properties:
      DomainName: studio
      AuthMode: IAM
      VpcId: !Ref Vpc
      SubnetIds: {domain}
      DefaultUserSettings:
        ExecutionRole: arn:aws:iam::123456789012:role/studio
"""
    path = Path("template.yaml")
    head, _, tail = text.partition("Parameters:")
    text = f"{head}Resources:{tail.partition('Resources:')[2]}".replace("!Ref VpcId", "!Ref Vpc")
    path.write_text(text.replace("\nOutputs:", f"{rest}\nOutputs:"), encoding="utf-8")
    return path


def test_the_planned_terraform_passes_the_very_check() -> None:
    assert checked(completed_terraform()) == (0, set())


def test_the_planned_template_passes_the_very_check() -> None:
    assert checked(completed_template()) == (0, set())


def test_what_was_not_asked_for_fails_the_check() -> None:
    short = (1, {("SMN502", "violation")})
    assert checked(completed_terraform("--no-survive-zone-loss")) == short
    assert checked(completed_template("--no-survive-zone-loss")) == short


@pytest.mark.slow
@pytest.mark.parametrize("region", [None, "eu-west-1"])
def test_terraform_accepts_the_snippet(region: str | None) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("THE SNIPPET WAS NOT VALIDATED: terraform is not on the PATH")
    if not os.environ.get(make_plans.MIRROR_VARIABLE):
        pytest.skip(f"THE SNIPPET WAS NOT VALIDATED: {make_plans.MIRROR_VARIABLE} names no provider mirror")
    folder = Path("snippet")
    folder.mkdir()
    (folder / "main.tf").write_text(terraform(THREE, region), encoding="utf-8")
    make_plans.validate(folder)
    (folder / "main.tf").write_text(terraform(THREE).replace("cidr_block", "cidr"), encoding="utf-8")
    with pytest.raises(make_plans.PlanError, match="cidr"):
        make_plans.validate(folder)


@pytest.mark.slow
@pytest.mark.parametrize("region", [None, "eu-west-1"])
def test_cfn_lint_accepts_the_template(region: str | None) -> None:
    Path("alone.yaml").write_text(cloudformation(THREE, region), encoding="utf-8")
    for path in (Path("alone.yaml"), completed_template()):
        done = subprocess.run(("cfn-lint", path), capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), path


def test_the_snippets_name_each_subnet_once() -> None:
    text = terraform(THREE)
    for index, cidr in enumerate(THREE):
        assert f'resource "aws_subnet" "sagemaker_{index + 1}" {{' in text
        assert text.count(f'"{cidr}"') == 1
        assert text.count(f"aws_subnet.sagemaker_{index + 1}.id") == 1
        assert text.count(f"sagemaker.names[{index}]") == 1
    assert "region-name" not in text
    assert 'values = ["eu-west-1"]' in terraform(THREE, "eu-west-1")
    assert '!GetAZs "eu-west-1"' in cloudformation(THREE, "eu-west-1")
    loaded = yaml.load(cloudformation(THREE), _PlainLoader)  # noqa: S506 - it is a safe loader
    resources = loaded["Resources"].values()
    assert [resource["Properties"]["CidrBlock"] for resource in resources] == [str(cidr) for cidr in THREE]
    assert [r["Properties"]["AvailabilityZone"] for r in resources] == [[0, ""], [1, ""], [2, ""]]
    names = list(loaded["Resources"])
    assert loaded["Outputs"]["SageMakerSubnetIds"]["Value"] == [",", names]


class _PlainLoader(yaml.SafeLoader):
    """Reads the functions of a template as what they are given."""


def _plain(loader: _PlainLoader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


_PlainLoader.add_multi_constructor("!", _plain)
