"""Compare cold runs of `sagemaker-netlint check` with cfn-lint and Checkov on the same input.

No host reckons capacity; `sagemaker-netlint capacity` is held against a second after its start.

    python benchmarks/bench.py [ROUNDS]    (or: make bench; 5 rounds are the default)

Each run is a process of its own, so the start of the interpreter and all imports count. The programs take
turns (ours, theirs, ours, theirs, ...), so that a slow moment of the machine meets both.
docs/performance.md says more.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ROUNDS = 5
MOST_SECONDS = 1.0
CHECKOV = ("checkov", "--quiet", "--compact", "--skip-download")
# no setting of the user's takes part
ENVIRONMENT = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}

NETWORK = """\
resource "aws_vpc" "team_TEAM" {
  cidr_block = "10.TEAM.0.0/16"
}

resource "aws_security_group" "team_TEAM" {
  vpc_id = aws_vpc.team_TEAM.id
}
"""
WORKLOADS = """
resource "aws_subnet" "team_TEAM_NUMBER" {
  vpc_id     = aws_vpc.team_TEAM.id
  cidr_block = cidrsubnet(aws_vpc.team_TEAM.cidr_block, 4, NUMBER)
}

resource "aws_sagemaker_notebook_instance" "team_TEAM_NUMBER" {
  name            = "team-TEAM-NUMBER"
  role_arn        = "arn:aws:iam::123456789012:role/platform"
  instance_type   = "ml.t3.medium"
  subnet_id       = aws_subnet.team_TEAM_NUMBER.id
  security_groups = [aws_security_group.team_TEAM.id]
}

resource "aws_sagemaker_model" "team_TEAM_NUMBER" {
  execution_role_arn = "arn:aws:iam::123456789012:role/platform"

  vpc_config {
    subnets            = [aws_subnet.team_TEAM_NUMBER.id]
    security_group_ids = [aws_security_group.team_TEAM.id]
  }
}
"""


@dataclass(frozen=True)
class Case:
    """The same input for our command and for a host, and the part of the host's time that we may take."""

    title: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    target: float


@dataclass(frozen=True)
class Run:
    """One run: wall-clock and processor seconds."""

    wall: float
    processor: float


def cases(work: Path) -> Iterator[Case]:
    """Yield what is compared; inputs that are not in the repository are made in `work`."""
    template = str(ROOT / "examples" / "cloudformation" / "ml-platform.template")
    root = str(ROOT / "examples" / "terraform")
    check = ("sagemaker-netlint", "check")
    yield Case("one template, cfn-lint", (*check, template), ("cfn-lint", template), 1 / 4)
    yield Case("one template, Checkov", (*check, template), (*CHECKOV, "-f", template), 1 / 8)
    yield Case("a small Terraform root, Checkov", (*check, root), (*CHECKOV, "-d", root), 1 / 8)
    large = str(large_root(work / "large"))
    yield Case("2,000 Terraform resources, Checkov", (*check, large), (*CHECKOV, "-d", large), 1 / 4)


def large_root(folder: Path) -> Path:
    """Write a root module with 2,000 resources: 100 teams with a network, notebooks and models each."""
    folder.mkdir()
    for team in range(100):
        (folder / f"team_{team}.tf").write_text("".join(_team(team)), encoding="utf-8")
    return folder


def _team(team: int) -> Iterator[str]:
    yield NETWORK.replace("TEAM", str(team))
    for number in range(6):
        yield WORKLOADS.replace("TEAM", str(team)).replace("NUMBER", str(number))


def forecasts(work: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield runs of `capacity` on 500 subnets or so, with a forecast over three years."""
    use = ("--users", "100", "--growth", "20", "--horizon", "36")
    for title, domains, each in (
        ("501 subnets of 167 domains", 167, 3),
        ("500 subnets of one domain", 1, 500),
    ):
        template = work / f"domains_{domains}.json"
        template.write_text(json.dumps({"Resources": dict(_resources(domains, each))}), encoding="utf-8")
        yield title, ("sagemaker-netlint", "capacity", str(template), *use)


def _resources(domains: int, subnets: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield domains with subnets of their own and an interface endpoint in those."""
    vpc = {"Ref": "Vpc"}
    yield "Vpc", {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/8"}}
    for domain in range(domains):
        names = [f"Subnet{domain}x{number}" for number in range(subnets)]
        for number, name in enumerate(names):
            block, zone = divmod(domain * subnets + number, 256), "abcdef"[number % 6]
            place = {"CidrBlock": f"10.{block[0]}.{block[1]}.0/24", "AvailabilityZone": f"eu-west-1{zone}"}
            yield name, {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, **place}}
        where = {"VpcId": vpc, "SubnetIds": [{"Ref": name} for name in names]}
        service = {"ServiceName": "com.amazonaws.eu-west-1.sts", "VpcEndpointType": "Interface"}
        yield f"Endpoint{domain}", {"Type": "AWS::EC2::VPCEndpoint", "Properties": {**where, **service}}
        yield f"Domain{domain}", {"Type": "AWS::SageMaker::Domain", "Properties": where}


def timed(command: Sequence[str], folder: Path) -> Run:
    """Run a command in an empty folder and return what it took.

    Raises:
        RuntimeError: the command did not do its work (findings are no failure).

    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before, started = used.ru_utime + used.ru_stime, time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT | {"HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    findings = done.returncode == 1 or (command[0] == "cfn-lint" and done.returncode in range(2, 15))
    if "Traceback" in done.stderr or not (done.returncode == 0 or findings):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return Run(wall, used.ru_utime + used.ru_stime - before)


def measured(case: Case, rounds: int, folder: Path) -> list[list[str]]:
    """Run both programs in turns and return their rows of the table."""
    runs: dict[str, list[Run]] = {"ours": [], "theirs": []}
    timed(case.ours, folder)  # fills the caches of the file system; not counted
    timed(case.theirs, folder)
    for _ in range(rounds):
        runs["ours"].append(timed(case.ours, folder))
        runs["theirs"].append(timed(case.theirs, folder))
    ratio = _median(runs["ours"]) / _median(runs["theirs"])
    verdict = "met" if ratio <= case.target else "missed"
    return [
        [
            case.title,
            case.ours[0],
            *_spread(runs["ours"]),
            f"1/{1 / ratio:.1f}",
            f"1/{1 / case.target:.0f} {verdict}",
        ],
        ["", case.theirs[0], *_spread(runs["theirs"]), "", ""],
    ]


def measured_alone(title: str, command: tuple[str, ...], rounds: int, folder: Path) -> list[str]:
    """Run a command and its mere start in turns and return a row of the table."""
    start, runs = [], []
    timed(command, folder)  # as above
    for _ in range(rounds):
        start.append(timed((command[0], "--version"), folder))
        runs.append(timed(command, folder))
    after = _median(runs) - _median(start)
    verdict = "met" if after <= MOST_SECONDS else "missed"
    target = f"{MOST_SECONDS:.0f} s {verdict}"
    return [title, "sagemaker-netlint capacity", *_spread(runs), f"{after:.2f} s after start", target]


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.wall for run in runs)


def _spread(runs: Sequence[Run]) -> list[str]:
    wall = [run.wall for run in runs]
    processor = statistics.median(run.processor for run in runs)
    return [f"{value:.2f} s" for value in (min(wall), statistics.median(wall), max(wall), processor)]


def main(arguments: Sequence[str]) -> int:
    """Print the table; return 1 where a target is missed."""
    rounds = int(arguments[0]) if arguments else ROUNDS
    day = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    print(f"{day}, Python {platform.python_version()}, {os.cpu_count()} cores, {rounds} runs each\n")
    print("| Input | Program | min | median | max | processor | ratio | target |")
    print("|---|---|---|---|---|---|---|---|")
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as work:
        (folder := Path(work, "empty")).mkdir()
        for case in cases(Path(work)):
            for row in measured(case, rounds, folder):
                print(f"| {' | '.join(row)} |", flush=True)
                rows.append(row)
        for title, command in forecasts(Path(work)):
            rows.append(measured_alone(title, command, rounds, folder))
            print(f"| {' | '.join(rows[-1])} |", flush=True)
    return 1 if any("missed" in row[-1] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
