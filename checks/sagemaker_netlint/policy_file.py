"""Policies in YAML: our profiles, and the user's files that extend them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from sagemaker_netlint.data_files import policies_folder, schema_file
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.marked_yaml import KeyPath, Marked, MarkedFileError, load_marked
from sagemaker_netlint.policy import EndpointSettings, JobSettings, Policy, RuleSetting, SubnetSettings
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID

DEFAULT_PROFILE = "vpc-only"
PROFILES = ("baseline", "vpc-only", "regulated")
ENVIRONMENT_VARIABLE = "SAGEMAKER_NETLINT_POLICY"
FILE_NAMES = (".sagemaker-netlint.yaml", ".sagemaker-netlint.yml")
_NOTHING = "none"
_NOT_ACTED_ON = ("workload", "inventory", "waivers")


class PolicyError(MarkedFileError):
    """A policy that is not valid: file, line, key path and reason."""


def load_policy(name_or_path: str | None = None) -> Policy:
    """Load a profile by its name, or a policy file; `None` is the default profile.

    Raises:
        PolicyError: the policy, or one that it extends, can't be read or is not valid.

    """
    try:
        return _load(name_or_path or DEFAULT_PROFILE)
    except PolicyError:
        raise
    except MarkedFileError as error:
        raise PolicyError(error.file, error.line, error.message, tuple(filter(None, [error.key_path]))) from None


def policy_for(path: Path) -> Policy:
    """Return the policy for an input: the environment's, else the nearest file upward, else the default.

    The search goes up from the input to the folder that holds `.git`, or to the root of the file system.

    Raises:
        PolicyError: the policy can't be read or is not valid.

    """
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return _cached(named)
    resolved = path.resolve()
    found = _nearest(resolved if resolved.is_dir() else resolved.parent)
    return _cached(str(found) if found else DEFAULT_PROFILE)


def not_acted_on(policy: Policy) -> tuple[str, ...]:
    """Return the keys of the policy that are accepted, but have no effect in this version."""
    return tuple(key for key in _NOT_ACTED_ON if getattr(policy, key))


@lru_cache(maxsize=256)
def _cached(name_or_path: str) -> Policy:
    return load_policy(name_or_path)


@lru_cache(maxsize=4096)
def _nearest(folder: Path) -> Path | None:
    for name in FILE_NAMES:
        if (folder / name).is_file():
            return folder / name
    if (folder / ".git").exists() or folder.parent == folder:
        return None
    return _nearest(folder.parent)


def _load(name: str, base: Path | None = None, chain: tuple[Path, ...] = ()) -> Policy:
    if name in PROFILES:
        path = policies_folder() / f"{name}.yaml"
    elif _is_path(name):
        path = Path(name) if base is None else base / name
    else:
        raise PolicyError(name, 1, f"no profile has this name{_did_you_mean(name, PROFILES)}; {_HOW}")
    resolved = path.resolve()
    if resolved in chain:
        way = " -> ".join(str(step) for step in (*chain[chain.index(resolved) :], resolved))
        raise PolicyError(str(path), 1, f"the policies extend each other in a circle: {way}", ("extends",))
    marked = load_marked(path, text_below="parameters")
    if name not in PROFILES:
        _validate(marked)
    data: Mapping[str, Any] = marked.data or {}
    parent = _parent(data, marked, path, (*chain, resolved))
    return _merge(parent, data, name=name if name in PROFILES else str(path), marked=marked)


_HOW = f"give one of {', '.join(PROFILES)}, or the path of a policy file"


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml", ".json")) or "/" in name or os.sep in name or Path(name).is_file()


def _parent(data: Mapping[str, Any], marked: Marked, path: Path, chain: tuple[Path, ...]) -> Policy:
    extends = str(data.get("extends", DEFAULT_PROFILE))
    if extends == _NOTHING:
        return Policy(name=_NOTHING)
    if extends not in PROFILES and not _is_path(extends):
        known = (*PROFILES, _NOTHING)
        raise marked.error(f"no profile is named {extends!r}{_did_you_mean(extends, known)}; {_HOW}", ("extends",))
    if extends not in PROFILES and not (path.parent / extends).exists():
        raise marked.error(f"there is no file {path.parent / extends}", ("extends",))
    return _load(extends, path.parent, chain)


def _merge(parent: Policy, data: Mapping[str, Any], *, name: str, marked: Marked) -> Policy:
    folder = Path(marked.file).parent
    subnets, endpoints, jobs = (data.get(key, {}) for key in ("subnets", "endpoints", "jobs"))
    return Policy(
        name=name,
        rules=_rules(parent.rules, data.get("rules", {}), marked),
        fail_undecided=data["undecided"] == "fail" if "undecided" in data else parent.fail_undecided,
        parameters={**parent.parameters, **_texts(data.get("parameters", {}))},
        subnets=SubnetSettings(
            subnets.get("longest_prefix", parent.subnets.longest_prefix),
            subnets.get("minimum_zones", parent.subnets.minimum_zones),
        ),
        endpoints=EndpointSettings(
            tuple(endpoints.get("required", parent.endpoints.required)),
            endpoints.get("nat_may_stand_in", parent.endpoints.nat_may_stand_in),
        ),
        jobs=JobSettings(jobs.get("encrypt_single_instance", parent.jobs.encrypt_single_instance)),
        workload={**parent.workload, **data.get("workload", {})},
        inventory=parent.inventory + tuple(str(folder / entry) for entry in data.get("inventory", ())),
        waivers=parent.waivers + tuple(data.get("waivers", ())),
    )


def _rules(
    inherited: Mapping[str, RuleSetting], own: Mapping[str, Any], marked: Marked
) -> dict[str, RuleSetting]:
    rules = dict(inherited)
    seen: dict[str, str] = {}
    for key, value in own.items():
        rule_id = rule_id_of(key) or key
        if rule_id not in BY_ID and Path(marked.file).parent != policies_folder():
            raise marked.error(f"no rule has this id or name{did_you_mean_rule(key)}", ("rules", key))
        if rule_id in seen:
            raise marked.error(f"the same rule is set as {seen[rule_id]} above", ("rules", key))
        seen[rule_id] = key
        before = rules.get(rule_id, RuleSetting())
        if isinstance(value, bool):
            rules[rule_id] = RuleSetting(value, before.severity)
        else:
            severity = Severity[value["severity"].upper()] if "severity" in value else before.severity
            rules[rule_id] = RuleSetting(value.get("enabled", True), severity)
    return rules


def _texts(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return parameter values in CloudFormation's own form: text, a list with commas."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in parameters.items()
    }


def rule_id_of(text: str) -> str | None:
    """Return the id for a rule's id or name, in whatever case; `None` for neither."""
    if text.upper() in BY_ID:
        return text.upper()
    return next((rule.id for rule in ALL_RULES if rule.name == text.lower()), None)


def did_you_mean_rule(text: str) -> str:
    """Return a hint with the rule that was probably meant, or an empty text."""
    by_text = {rule.id: rule for rule in ALL_RULES} | {rule.name: rule for rule in ALL_RULES}
    close = get_close_matches(text.upper(), by_text, 1) or get_close_matches(text.lower(), by_text, 1)
    return f"; did you mean {by_text[close[0]].id} ({by_text[close[0]].name})?" if close else ""


def _did_you_mean(text: str, known: Iterable[str]) -> str:
    close = get_close_matches(text, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""


def _validate(marked: Marked) -> None:
    """Check the file against the schema; the first error in the file is the one that is told."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, and only needed here

    if marked.data is None:
        return
    schema = json.loads(schema_file("policy").read_text(encoding="utf-8"))
    errors = [_told(error, marked) for error in Draft202012Validator(schema).iter_errors(marked.data)]
    if errors:
        raise min(errors, key=lambda error: (error.line, error.key_path))


def _told(error: Any, marked: Marked) -> MarkedFileError:
    path: KeyPath = tuple(error.absolute_path)
    value, rule = error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            unknown = next(key for key in value if key not in known)
            hint = _did_you_mean(unknown, known) or f"; known are {', '.join(known)}"
            return marked.error(f"unknown key{hint}", (*path, unknown))
        case "enum":
            hint = _did_you_mean(str(value), rule)
            return marked.error(f"{value!r} is none of {', '.join(rule)}{hint}", path)
        case "type":
            wanted = rule if isinstance(rule, str) else " or ".join(rule)
            return marked.error(f"must be of type {wanted}, and is {_shown(value)}", path)
        case _:
            return marked.error(error.message, path)


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
