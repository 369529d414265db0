"""Policies in YAML: our profiles, and the user's files that extend them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from sagemaker_netlint.data_files import POLICY_FILE_NAMES, POLICY_VARIABLE, policies_folder
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.inventory_file import Inventory, load_inventory
from sagemaker_netlint.marked_yaml import KeyPath, Marked, MarkedFileError, load_marked
from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.policy import (
    DomainUse,
    EgressSettings,
    EndpointSettings,
    JobSettings,
    Policy,
    RuleSetting,
    SubnetSettings,
    SuppressionSettings,
    Waiver,
    WorkloadSettings,
    stated,
)
from sagemaker_netlint.policy_schema import did_you_mean, validate
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID

DEFAULT_PROFILE = "vpc-only"
PROFILES = ("baseline", "vpc-only", "regulated")
_NOTHING = "none"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

PolicyError = MarkedFileError
"""A policy that is not valid: file, line, key path and reason."""


def load_policy(name_or_path: str | None = None) -> Policy:
    """Load a profile by its name, or a policy file; `None` is the default profile.

    Raises:
        PolicyError: the policy, one that it extends or its inventory can't be read or is not valid.

    """
    policy = _load(name_or_path or DEFAULT_PROFILE)
    inventory_of(policy)
    return policy


def policy_for(path: Path) -> Policy:
    """Return the policy for an input: the environment's, else the nearest file upward, else the default.

    The search goes up from the input to the folder that holds `.git`, or to the root of the file system.

    Raises:
        PolicyError: the policy can't be read or is not valid.

    """
    return _cached(policy_name_for(path)[0])


def policy_name_for(path: Path) -> tuple[str, str]:
    """Return the profile or the file that is the policy for an input, and what led to it."""
    named = os.environ.get(POLICY_VARIABLE)
    if named:
        return named, f"named by {POLICY_VARIABLE}"
    real = Path(os.path.realpath(path))  # Path.resolve raises where links form a loop
    found = _nearest(real if os.path.isdir(real) else real.parent)  # noqa: PTH112 - is_dir may raise, too
    if found:
        return str(found), "the nearest policy file upward"
    return DEFAULT_PROFILE, "the default, as there is no policy file"


def not_acted_on(policy: Policy) -> tuple[str, ...]:
    """Return what of the policy's inventory is accepted, but has no effect in this version."""
    return tuple(f"inventory: {section}" for section in inventory_of(policy).not_used)


def inventory_of(policy: Policy) -> Inventory:
    """Return what the policy's inventory files tell of networks that exist already.

    Raises:
        PolicyError: an inventory file can't be read or is not valid, or two contradict each other.

    """
    return load_inventory(policy.inventory)


@lru_cache(maxsize=256)
def _cached(name_or_path: str) -> Policy:
    return load_policy(name_or_path)


@lru_cache(maxsize=4096)
def _nearest(folder: Path) -> Path | None:
    for name in POLICY_FILE_NAMES:
        if os.path.isfile(folder / name):  # noqa: PTH113 - as above
            return folder / name
    if os.path.lexists(folder / ".git") or folder.parent == folder:
        return None
    return _nearest(folder.parent)


def _load(name: str) -> Policy:
    if name in PROFILES:
        return _load_file(_profile_file(name), name)
    if not _is_path(name):
        raise PolicyError(name, 0, f"no profile has this name{did_you_mean(name, PROFILES)}; {_HOW}")
    if not Path(name).exists():
        raise PolicyError(name, 0, "there is no such policy file")
    return _load_file(Path(name), name)


_HOW = f"give one of {', '.join(PROFILES)}, or the path of a policy file"


def _profile_file(name: str) -> Path:
    return policies_folder() / f"{name}.yaml"


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml", ".json")) or "/" in name or os.sep in name or Path(name).is_file()


def _load_file(path: Path, name: str, children: tuple[Path, ...] = ()) -> Policy:
    """Load a file on top of what it extends. `children` are the files that led here, for circles."""
    marked = load_marked(path, text_below="parameters")
    if name not in PROFILES:
        validate(marked)
        _check_rule_names(marked)
        _check_inventory(marked)
    data: Mapping[str, Any] = marked.data or {}
    parent = _parent(str(data.get("extends", DEFAULT_PROFILE)), marked, (*children, path.resolve()))
    merged = _merge(parent, data, name=name, folder=path.parent)
    return replace(merged, waivers=parent.waivers + tuple(_waivers(marked)))


def _parent(extends: str, marked: Marked, children: tuple[Path, ...]) -> Policy:
    if extends == _NOTHING:
        return Policy(name=_NOTHING)
    if extends in PROFILES:
        return _load_file(_profile_file(extends), extends, children)
    file = Path(marked.file).parent / extends
    if not file.exists():
        reason = f"there is no file {file}" if _is_path(extends) else f"no profile is named {extends!r}"
        hint = "" if _is_path(extends) else f"{did_you_mean(extends, (*PROFILES, _NOTHING))}; {_HOW}"
        raise marked.error(reason + hint, ("extends",))
    if file.resolve() in children:
        way = " -> ".join(step.name for step in (*children, file))
        raise marked.error(f"the policies extend each other in a circle: {way}", ("extends",))
    return _load_file(file, str(file), children)


def _merge(parent: Policy, data: Mapping[str, Any], *, name: str, folder: Path) -> Policy:
    keys = ("subnets", "jobs", "egress", "suppressions")
    subnets, jobs, egress, suppressions = (data.get(key, {}) for key in keys)
    return Policy(
        name=name,
        rules=_rules(parent.rules, data.get("rules", {})),
        fail_undecided=data["undecided"] == "fail" if "undecided" in data else parent.fail_undecided,
        parameters={**parent.parameters, **_texts(data.get("parameters", {}))},
        subnets=SubnetSettings(
            subnets.get("longest_prefix", parent.subnets.longest_prefix),
            subnets.get("minimum_zones", parent.subnets.minimum_zones),
        ),
        endpoints=_endpoints(parent.endpoints, data.get("endpoints", {})),
        jobs=JobSettings(
            jobs.get("encrypt_single_instance", parent.jobs.encrypt_single_instance),
            tuple(jobs.get("approved_subnets", parent.jobs.approved_subnets)),
            jobs["definitions_in_sight"] == "required"
            if "definitions_in_sight" in jobs
            else parent.jobs.definitions_required,
        ),
        egress=EgressSettings(egress["internet"] == "allow") if "internet" in egress else parent.egress,
        workload=_workload(parent.workload, data.get("workload", {}), name),
        inventory=parent.inventory + tuple(str(folder / entry) for entry in data.get("inventory", ())),
        suppressions=SuppressionSettings(suppressions["reason"] == "required")
        if "reason" in suppressions
        else parent.suppressions,
    )


def _endpoints(parent: EndpointSettings, own: Mapping[str, Any]) -> EndpointSettings:
    features = {name: tuple(services) for name, services in own.get("by_feature", {}).items()}
    return EndpointSettings(
        tuple(own.get("required", parent.required)),
        {**parent.by_feature, **features},
        own.get("nat_may_stand_in", parent.nat_may_stand_in),
    )


def _workload(parent: WorkloadSettings, own: Mapping[str, Any], name: str) -> WorkloadSettings:
    place = f"{'profile' if name in PROFILES else 'policy'} {name}: workload"
    return WorkloadSettings(
        stated(parent.default, own.get("default", {}), f"{place}.default"),
        parent.domains
        + tuple(
            DomainUse(pattern, values, f"{place}.domains.{pattern}")
            for pattern, values in own.get("domains", {}).items()
        ),
    )


def _rules(inherited: Mapping[str, RuleSetting], own: Mapping[str, Any]) -> dict[str, RuleSetting]:
    rules = dict(inherited)
    for key, value in own.items():
        rule_id = rule_id_of(key) or key
        before = rules.get(rule_id, RuleSetting())
        if isinstance(value, bool):
            rules[rule_id] = RuleSetting(value, before.severity)
        else:
            severity = Severity[value["severity"].upper()] if "severity" in value else before.severity
            rules[rule_id] = RuleSetting(value.get("enabled", True), severity)
    return rules


def _check_rule_names(marked: Marked) -> None:
    """Refuse what the schema can't: a rule that doesn't exist, or that is set twice, by id and by name."""
    seen: dict[str, str] = {}
    for key in (marked.data or {}).get("rules", {}):
        rule_id = rule_id_of(key)
        if rule_id is None:
            raise marked.error(f"no rule has this id or name{did_you_mean_rule(key)}", ("rules", key))
        if rule_id in seen:
            raise marked.error(f"the same rule is set as {seen[rule_id]} already", ("rules", key))
        seen[rule_id] = key


def _check_inventory(marked: Marked) -> None:
    """Refuse inventory files that are not there, at the line that names them."""
    for index, entry in enumerate((marked.data or {}).get("inventory", ())):
        file = Path(marked.file).parent / entry
        if not file.exists():
            raise marked.error(f"there is no file {file}", ("inventory", index))
        if file.is_dir():
            raise marked.error(f"{file} is a folder, and a file belongs here", ("inventory", index))


def _waivers(marked: Marked) -> Iterator[Waiver]:
    """Yield the waivers of a file; refuse those that can't hold."""
    for index, entry in enumerate((marked.data or {}).get("waivers", ())):
        here: KeyPath = ("waivers", index)
        yield Waiver(
            rule_id=_waived_rule(marked, entry["rule"], (*here, "rule")),
            reason=" ".join(entry["reason"].split()),
            location=_place(marked, here),
            folder=os.path.realpath(Path(marked.file).parent),
            subject=entry.get("subject", "*"),
            files=entry.get("files", "*").removeprefix("./"),
            owner=entry.get("owner", ""),
            expires=_day(marked, entry["expires"], (*here, "expires")) if "expires" in entry else None,
        )


def _waived_rule(marked: Marked, text: str, path: KeyPath) -> str:
    rule_id = rule_id_of(text)
    if rule_id is None:
        raise marked.error(f"no rule has the id or name {text!r}{did_you_mean_rule(text)}", path)
    if not BY_ID[rule_id].subjects:
        reason = "it is about files, not about resources, and what it says must not get lost"
        raise marked.error(f"{rule_id} can't be waived: {reason}", path)
    return rule_id


def _day(marked: Marked, text: str, path: KeyPath) -> date:
    try:
        # Python 3.11 takes further forms, 3.10 does not: both shall take the same
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise marked.error(f"{text!r} is no day; write it as 2030-12-31", path) from None


def _place(marked: Marked, path: KeyPath) -> Location:
    """Return the lines of an item, in a file that is named from the working folder if it lies below it."""
    lines = [line for other, line in marked.lines.items() if other[: len(path)] == path]
    relative = os.path.relpath(marked.file)
    file = marked.file if relative.startswith(os.pardir) else relative
    return Location(file, marked.line(path), max(lines))


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
