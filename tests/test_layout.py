"""The shape of the package: who imports whom, file names that Checkov survives, imports that do nothing."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "checks" / "sagemaker_netlint"
FILES = sorted(PACKAGE.rglob("*.py"))
HOSTS = {"checkov", "cfnlint"}
CHECKOV_DOOR = {"checkov_adapter", "checkov_places", "checkov_entry"}
DOORS = {"cli", "report", "cfn_lint_rules", "door_verdicts"} | CHECKOV_DOOR

# Who may be imported, by the first name below the package (DESIGN: imports point one way only).
BASE = {"", "findings", "network"}
MAY_IMPORT = {
    "network": {"network"},
    "findings": {"network"},
    "policy": {"findings", "network"},
    "capacity": {"network", "capacity"},
    "rules": BASE | {"rules", "policy", "capacity"},
    "readers": {"network", "readers"},
    "engine": BASE | {"rules", "policy"},
}

# Stems that are also installed top-level modules, and why that does no harm when Checkov loads ours.
SHARED_NAMES = {
    "build": "the front end that builds wheels; no linter imports it",
}


def _module(path: Path) -> str:
    return ".".join(("sagemaker_netlint", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    )


def _imports(path: Path) -> set[str]:
    """Return the modules that a file imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: Checkov can't run a relative import"
            found.add(node.module or "")
    return found


def _own(modules: set[str]) -> set[str]:
    """Return the first names below the package among the modules."""
    own = {m for m in modules if m.split(".")[0] == "sagemaker_netlint"}
    return {(*m.split(".")[1:], "")[0] for m in own}


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_imports_point_one_way(path: Path) -> None:
    area = _module(path).split(".")[1] if path.parent != PACKAGE or path.stem != "__init__" else ""
    imported = _own(_imports(path))
    if area in MAY_IMPORT:
        assert imported <= MAY_IMPORT[area]
    elif area not in DOORS:
        assert not imported & DOORS


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_only_the_doors_know_the_hosts(path: Path) -> None:
    hosts = {module.split(".")[0] for module in _imports(path)} & HOSTS
    allowed = {
        "checkov_adapter": {"checkov"},
        "checkov_places": {"checkov"},
        "cfn_lint_rules": {"cfnlint"},
    }
    assert hosts <= allowed.get(path.stem, set())


def test_only_the_doors_read_the_clock() -> None:
    clock = "sagemaker_netlint.clock"
    readers = {_module(path) for path in FILES if clock in _imports(path)}
    assert readers <= {
        f"sagemaker_netlint.{door}"
        for door in ("cfn_lint_rules", "door_verdicts", "cli.check", "cli.month_option")
    }
    calls = re.compile(r"\b(?:datetime\.(?:now|today|utcnow)|date\.today|time\.(?:time|localtime|gmtime))\(")
    assert {_module(path) for path in FILES if calls.search(path.read_text("utf-8"))} == {clock}


def test_file_names_shadow_no_other_module() -> None:
    others = set(sys.stdlib_module_names) | {
        name for name in importlib.metadata.packages_distributions() if name != "sagemaker_netlint"
    }
    stems = {path.stem for path in FILES if path.stem != "__init__"}
    assert stems & others <= set(SHARED_NAMES)
    assert "__main__" not in stems


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )


def test_importing_does_nothing() -> None:
    own = (path for path in FILES if not CHECKOV_DOOR & set(_module(path).split(".")))
    modules = [_module(path) for path in own]
    code = f"import importlib, sys\nfor name in {modules!r}:\n    importlib.import_module(name)\n"
    result = _run(code)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.slow
def test_importing_the_checkov_door_registers_nothing() -> None:
    code = (
        "import sagemaker_netlint.checkov_adapter\n"
        "from checkov.common.checks.base_check_registry import BaseCheckRegistry\n"
        "ids = [check.id for check in BaseCheckRegistry.get_all_registered_checks()]\n"
        "assert ids, 'Checkov has no checks of its own: the question is asked wrongly'\n"
        "print([id for id in ids if id.startswith('CKV_SMN')])\n"
    )
    result = _run(code)
    assert (result.returncode, result.stdout) == (0, "[]\n"), result.stderr


def test_the_command_starts_without_the_hosts(tmp_path: Path) -> None:
    template = tmp_path / "t.yaml"
    template.write_text("Resources:\n  N:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties: {}\n")
    code = (
        "import sys\n"
        "from sagemaker_netlint.cli.main import main\n"
        f"sys.argv = ['sagemaker-netlint', 'check', {str(template)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        f"print(sorted({HOSTS!r} & set(sys.modules)), code)\n"
    )
    result = _run(code)
    assert result.stdout.splitlines()[-1:] == ["[] 1"], result.stdout + result.stderr
