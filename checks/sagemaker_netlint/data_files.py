"""Where the profiles, the schemas and the rules' pages lie: in a clone, or in the installed package."""

from __future__ import annotations

from pathlib import Path

POLICY_FILE_NAMES = (".sagemaker-netlint.yaml", ".sagemaker-netlint.yml")
"""How a policy file is called that holds for the inputs beside and below it."""

POLICY_VARIABLE = "SAGEMAKER_NETLINT_POLICY"
"""The environment variable that names a profile or a policy file."""

WITNESS_VARIABLE = "SAGEMAKER_NETLINT_WITNESS"
"""The environment variable that names a file which is written once Checkov has loaded our checks."""

_PACKAGE = Path(__file__).parent


def policies_folder() -> Path:
    """Return the folder of the shipped profiles."""
    return _folder("policies")


def schema_file(name: str) -> Path:
    """Return the path of a shipped schema: `policy` is `policy.schema.json`."""
    return _folder("schemas") / f"{name}.schema.json"


def rule_page_file(rule_id: str, name: str) -> Path:
    """Return the path of a rule's page: the one that the documentation shows, too."""
    return _folder("rules", "docs/rules") / f"{rule_id}-{name}.md"


def checkov_folder() -> Path:
    """Return the folder for Checkov's --external-checks-dir: the one file that Checkov may load by path."""
    return _PACKAGE.resolve() / "checkov_entry"


def _folder(name: str, in_clone: str | None = None) -> Path:
    """Return the copy in the wheel (pyproject.toml puts it there), else the one in the clone."""
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _PACKAGE.parent.parent / (in_clone or name)
