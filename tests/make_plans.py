"""Make the `tfplan.json` of fixtures with the real terraform and the real hashicorp/aws provider.

    python tests/make_plans.py [FOLDER...]      (default: every scenario below fixtures/)
    python tests/make_plans.py --stale          (only those whose plan is missing or stale)

It needs `terraform` (1.11) on the PATH, and in the environment variable SAGEMAKER_NETLINT_TF_PLUGINS the
folder of a filesystem mirror that holds hashicorp/aws 5.100.0 (`terraform providers mirror FOLDER` makes
one). Nothing is asked of AWS: the keys are dummies, and the provider's checks are off. Step Functions, which
the provider asks at plan time whether a definition is valid, are played by a server of ours that says yes.

A scenario is a folder with a `main.tf`. It is copied aside, gets an override file with the provider's
settings, and is planned; what changes from run to run is taken out of the plan. `generated.inputs_sha256`
in the plan is the digest of its inputs, so that a test can tell a stale plan without terraform.

`main.tf.before` (beside `main.tf`) is the configuration that is in force already: the plan then updates or
replaces. Its state is not made by an apply but grown: plan, take what is planned into a state file with
made-up ids, plan again without refresh, until nothing is left to create. What an attribute's change leads
to is thus the provider's own word.

`plan.handmade` (its text says why) marks a scenario that the provider in the mirror cannot plan, such as
`awscc_*` types and types newer than 5.100. It is left alone: it has no plan, or one written by hand.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
MIRROR_VARIABLE = "SAGEMAKER_NETLINT_TF_PLUGINS"
PROVIDER = "registry.terraform.io/hashicorp/aws"
PROVIDER_VERSION = "5.100.0"
FORMAT = 1  # raise it where the shape of the stored plans changes: they all become stale
AT_ONCE = 2
PLAN, BEFORE, HANDMADE = "tfplan.json", "main.tf.before", "plan.handmade"
_NO_INPUTS = {
    PLAN,
    HANDMADE,
    "fix.yaml",
    "template.template",
    ".sagemaker-netlint.yaml",
    ".terraform",
    ".terraform.lock.hcl",
    "README.md",
}
_RUN_DEPENDENT = ("timestamp", "applyable", "complete", "relevant_attributes", "checks")

OVERRIDE = f"""
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{PROVIDER_VERSION}"
    }}
  }}
}}

provider "aws" {{
  region                      = "eu-west-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}}
"""

# ids look like those of AWS, so that nothing takes them for addresses
_ID_PREFIX = {
    "aws_default_security_group": "sg",
    "aws_internet_gateway": "igw",
    "aws_nat_gateway": "nat",
    "aws_route_table": "rtb",
    "aws_sagemaker_domain": "d",
    "aws_security_group": "sg",
    "aws_subnet": "subnet",
    "aws_vpc": "vpc",
    "aws_vpc_endpoint": "vpce",
}

# what the provider computes, and would otherwise want to update
_NOTHING: dict[str, Any] = {"tags_all": {}, "ingress": [], "egress": []}


class PlanError(Exception):
    """A scenario could not be planned; the text is what terraform said."""


def scenarios(folders: Sequence[Path]) -> list[Path]:
    """Return the folders below the given ones that the generator plans, sorted."""
    found = {main.parent for folder in folders for main in folder.glob("**/main.tf")}
    # a folder inside a scenario is a module of it
    return sorted(f for f in found if not (f / HANDMADE).exists() and found.isdisjoint(f.parents))


def digest(folder: Path) -> str:
    """Return the digest of everything that the plan of a scenario depends on."""
    total = hashlib.sha256(f"format {FORMAT}, provider {PROVIDER_VERSION}\n{OVERRIDE}".encode())
    for path in _inputs(folder):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()


def _inputs(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _NO_INPUTS.intersection(path.relative_to(folder).parts):
            yield path


def is_stale(folder: Path) -> bool:
    """Say whether the stored plan is missing or was made from other inputs."""
    try:
        plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return bool(plan.get("generated", {}).get("inputs_sha256") != digest(folder))


def make_plan(folder: Path) -> str:
    """Return the text of a scenario's plan.

    Raises:
        PlanError: terraform refuses the scenario.

    """
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "root"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*_NO_INPUTS))
        (copy / "netlint_override.tf").write_text(OVERRIDE, encoding="utf-8")
        if (copy / BEFORE).is_file():
            _grow_state(copy)
        plan = _plan(copy)
        text = json.dumps(_trimmed(plan, folder), indent=2, ensure_ascii=False)
        return text.replace(str(copy), ".") + "\n"


def validate(folder: Path) -> None:
    """Let terraform check a root module: its form, and its types against the provider's schema.

    Raises:
        PlanError: terraform refuses it.

    """
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "root"
        shutil.copytree(folder, copy)
        _terraform(copy, _environment(copy / ".terraform"), "fmt", "-check", "-diff")
        (copy / "netlint_override.tf").write_text(OVERRIDE, encoding="utf-8")
        _terraform(copy, _initialised(copy), "validate", "-no-color")


def _plan(root: Path) -> dict[str, Any]:
    environment = _initialised(root)
    out = root / "netlint.tfplan"
    _terraform(root, environment, "plan", "-input=false", "-refresh=false", "-no-color", f"-out={out.name}")
    plan: dict[str, Any] = json.loads(_terraform(root, environment, "show", "-json", out.name))
    out.unlink()
    return plan


def _initialised(root: Path) -> dict[str, str]:
    """Return the environment for terraform; roots without modules share one folder of provider links."""
    if any("module" in path.read_text(encoding="utf-8") for path in root.glob("*.tf")):
        environment = _environment(root / ".terraform")
        _init(root, environment)
        return environment
    shared = _shared_init()
    shutil.copy(shared / ".terraform.lock.hcl", root)
    return _environment(shared / ".terraform")


@functools.cache
def _shared_init() -> Path:
    folder = _temporary_folder()
    (folder / "netlint.tf").write_text(OVERRIDE, encoding="utf-8")
    _init(folder, _environment(folder / ".terraform"))
    return folder


def _temporary_folder() -> Path:
    # the object lives as long as the cached function: the folder goes with the process
    _KEPT.append(tempfile.TemporaryDirectory())
    return Path(_KEPT[-1].name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _init(root: Path, environment: dict[str, str]) -> None:
    mirror = os.environ.get(MIRROR_VARIABLE)
    if not mirror:
        raise PlanError(f"set {MIRROR_VARIABLE} to the folder of the provider mirror")
    _terraform(root, environment, "init", "-input=false", "-no-color", f"-plugin-dir={mirror}")


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return kept | {
        "TF_DATA_DIR": str(data),
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_SFN": _step_functions(),
    }


class _Agreeable(BaseHTTPRequestHandler):
    """Answers ValidateStateMachineDefinition: whatever is asked, it is valid."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = b'{"result": "OK", "diagnostics": [], "truncated": false}'
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base's
        """Keep quiet."""


@functools.cache
def _step_functions() -> str:
    """Return the address of the server that stands for Step Functions; it ends with the process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Agreeable)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _terraform(root: Path, environment: dict[str, str], *arguments: str) -> str:
    for _ in range(2):
        done = subprocess.run(
            ("terraform", *arguments),
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        # a provider of 700 MB needs long on a busy machine
        if "timeout while waiting for plugin" not in done.stderr:
            break
    if done.returncode:
        raise PlanError(f"terraform {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


# -- the state before ------------------------------------------------------------------------------


def _grow_state(root: Path) -> None:
    """Make a state in which `main.tf.before` is in force, then put `main.tf` back."""
    main = (root / "main.tf").read_text(encoding="utf-8")
    shutil.move(root / BEFORE, root / "main.tf")
    state: dict[str, Any] = {"version": 4, "serial": 1, "lineage": "netlint", "outputs": {}, "resources": []}
    for _ in range(8):
        plan = _plan(root)
        new = [r for r in plan["resource_changes"] if r["change"]["actions"] == ["create"]]
        if not new:
            break
        settled = [r for r in new if not _waits(plan, r)]
        if not settled:
            raise PlanError(f"{BEFORE}: nothing more can be settled of {[r['address'] for r in new]}")
        state["resources"] += [_in_state(resource, plan) for resource in settled]
        state["terraform_version"] = plan["terraform_version"]
        (root / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
    (root / "main.tf").write_text(main, encoding="utf-8")


def _waits(plan: dict[str, Any], resource: dict[str, Any]) -> bool:
    """Say whether an attribute that is written is unknown still: what it refers to comes first."""
    unknown = resource["change"]["after_unknown"]
    written = _configured(plan, resource)
    return any(_any_unknown(unknown.get(name), expression) for name, expression in written.items())


def _any_unknown(unknown: Any, expression: Any) -> bool:
    if unknown is True:
        return True
    if isinstance(unknown, list) and isinstance(expression, list):
        return any(_any_unknown(*pair) for pair in zip(unknown, expression, strict=False))
    if isinstance(unknown, list):
        return any(_any_unknown(item, expression) for item in unknown)
    if isinstance(unknown, dict) and isinstance(expression, dict):
        return any(_any_unknown(unknown.get(name), inner) for name, inner in expression.items())
    return False


def _configured(plan: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    module = plan["configuration"]["root_module"]
    for name in re.findall(r"module\.([\w-]+)", resource.get("module_address", "")):
        module = module["module_calls"][name]["module"]
    key = f"{resource['type']}.{resource['name']}"
    return next(r.get("expressions", {}) for r in module["resources"] if r["address"] == key)


def _in_state(resource: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
    address, kind = resource["address"], resource["type"]
    hashed = hashlib.sha256(address.encode()).hexdigest()[:17]
    identity = f"{_ID_PREFIX[kind]}-{hashed}" if kind in _ID_PREFIX else resource["name"]
    computed = {"id": identity, "arn": f"arn:aws:netlint:eu-west-1:123456789012:{identity}"} | _NOTHING
    unknown = resource["change"]["after_unknown"]
    made_up = {name: value for name, value in computed.items() if unknown.get(name) is True}
    instance: dict[str, Any] = {
        "schema_version": _schema_version(plan, address),
        "attributes": resource["change"]["after"] | made_up,
    }
    if "index" in resource:
        instance["index_key"] = resource["index"]
    entry = {"mode": "managed", "type": kind, "name": resource["name"], "instances": [instance]}
    if "module_address" in resource:
        entry["module"] = resource["module_address"]
    return entry | {"provider": f'provider["{resource["provider_name"]}"]'}


def _schema_version(plan: dict[str, Any], address: str) -> int:
    pending = [plan["planned_values"]["root_module"]]
    while pending:
        module = pending.pop()
        pending += module.get("child_modules", ())
        for resource in module.get("resources", ()):
            if resource["address"] == address:
                return int(resource["schema_version"])
    raise PlanError(f"{address} is not among the planned values")


# -- what is stored --------------------------------------------------------------------------------


def _trimmed(plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    note = {
        "by": "tests/make_plans.py",
        "terraform": plan["terraform_version"],
        "provider": f"{PROVIDER} {PROVIDER_VERSION}",
        "inputs_sha256": digest(folder),
    }
    kept = {name: value for name, value in plan.items() if name not in _RUN_DEPENDENT}
    if not kept.get("errored"):
        kept.pop("errored", None)
    # the provider's settings are ours and not the scenario's; keys in a file alarm secret scanners
    for provider in kept["configuration"].get("provider_config", {}).values():
        provider.pop("expressions", None)
    return {"format_version": kept.pop("format_version"), "generated": note, **kept}


def _make(folder: Path) -> tuple[Path, str]:
    try:
        text = make_plan(folder)
    except (PlanError, subprocess.TimeoutExpired, OSError) as error:
        return folder, str(error)
    (folder / PLAN).write_text(text, encoding="utf-8")
    return folder, ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the plans of the given scenarios; return 1 where one failed."""
    parser = argparse.ArgumentParser(description="Make the tfplan.json of fixtures with the real terraform.")
    parser.add_argument("folders", nargs="*", type=Path, help="scenarios, or folders above them")
    parser.add_argument("--stale", action="store_true", help="only plans that are missing or stale")
    options = parser.parse_args(arguments)
    wanted = scenarios([folder.resolve() for folder in options.folders] or [FIXTURES])
    wanted = [folder for folder in wanted if not options.stale or is_stale(folder)]
    failed = 0
    if wanted:
        _shared_init()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for folder, error in pool.map(_make, wanted):
            failed += bool(error)
            print(f"{folder.parent.name}/{folder.name}: {error or 'made'}", flush=True)  # noqa: T201
    print(f"{len(wanted) - failed} plans made, {failed} failed", file=sys.stderr)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
