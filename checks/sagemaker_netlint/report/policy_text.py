"""A policy as YAML that can be loaded again, each setting with the place that states it; or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click
import yaml

from sagemaker_netlint.marked_yaml import KeyPath
from sagemaker_netlint.policy_layers import Setting
from sagemaker_netlint.report.clean_text import clean
from sagemaker_netlint.rules.catalogue import BY_ID

Settings = Mapping[KeyPath, Setting]


def policy_yaml(settings: Settings) -> Iterator[str]:
    """Yield the lines of a policy file that extends nothing, with a comment at each setting."""
    yield "extends: none"
    open_keys: KeyPath = ()
    for path, setting in _in_order(settings):
        above = path[:-1]
        if path[0] not in open_keys[:1]:
            yield ""
        for depth, key in enumerate(above):
            if open_keys[: depth + 1] != above[: depth + 1]:
                yield f"{'  ' * depth}{flow(key)}:"
        open_keys = above
        indent = "  " * len(above)
        key = "-" if isinstance(path[-1], int) else f"{flow(path[-1])}:"
        comment = click.style(f"# {clean(_comment(path, setting))}", dim=True)
        yield f"{indent}{key} {flow(setting.value)} {comment}"


def _in_order(settings: Settings) -> list[tuple[KeyPath, Setting]]:
    """Return the settings with all keys of a mapping together, in the order in which they first occur."""
    tops = list(dict.fromkeys(path[0] for path in settings))
    seconds = list(dict.fromkeys(path[:2] for path in settings))
    order = {path: index for index, path in enumerate(settings)}

    def place(item: tuple[KeyPath, Setting]) -> tuple[int, int, int]:
        path = item[0]
        return tops.index(path[0]), seconds.index(path[:2]), order[path]

    return sorted(settings.items(), key=place)


def _comment(path: KeyPath, setting: Setting) -> str:
    rule = BY_ID.get(str(path[-1])) if path[0] == "rules" else None
    return f"{rule.name}; {setting.origin}" if rule else setting.origin


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def policy_json(name: str, found: str, chain: list[str], settings: Settings) -> str:
    """Return the settings with their origins, and which policy it is."""
    listed = [
        {"key": list(path), "value": setting.value, "origin": setting.origin}
        for path, setting in _in_order(settings)
    ]
    return json.dumps({"policy": name, "found": found, "layers": chain, "settings": listed}, indent=2)
