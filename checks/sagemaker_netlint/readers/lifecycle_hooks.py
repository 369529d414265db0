"""The scripts of lifecycle configurations, from their attributes to the model, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import HookScript, LifecycleConfig
from sagemaker_netlint.readers.job_documents.places import line_of_text
from sagemaker_netlint.readers.parsers import text
from sagemaker_netlint.readers.raw import Data, RawResource

_GAP = re.compile(r"\$\{[^{}]*\}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def hook_script(values: Sequence[Data]) -> Maybe[HookScript]:
    """Parse the content of a hook: Base64 of a script, which may be known in part."""
    from sagemaker_netlint.readers.lifecycle_scripts import scripts  # noqa: PLC0415 - a parser of bash

    value = text(values)
    script = scripts.decoded(value)
    refused = script.reason if isinstance(script, scripts.RefusedScript) else ""
    if isinstance(value, Unknown):
        refused = _refusal(value, script, scripts.MAX_CONTENT)
    if refused or isinstance(script, scripts.RefusedScript):
        return HookScript(refused=refused)
    if isinstance(value, Unknown) and (isinstance(script, Unknown) or _GAP.fullmatch(script.strip())):
        return Unknown(value.reason)
    if isinstance(script, Unknown):  # what is not read, in Base64 as it must be
        return HookScript(routes=(script,))
    routes = tuple(_with_reasons(route, value) for route in scripts.routes_of(script))
    return HookScript(text=script, routes=routes)


def _with_reasons(route: ScriptRoute | Unknown, content: Maybe[str]) -> ScriptRoute | Unknown:
    """Return a route whose unknown parts say why the gap that they come from is not known."""
    gaps = list(_gaps(content)) if isinstance(content, Unknown) else []
    if isinstance(route, Unknown) or not gaps:
        return route
    known: dict[str, Any] = {}
    for name in ("destination", "via", "dev"):
        part = getattr(route, name)
        text_of = part.text or "" if isinstance(part, Unknown) else ""
        found = (Unknown(gap.reason, text_of) for gap in gaps if gap.text and gap.text in text_of)
        known[name] = next(found, part)
    return replace(route, **known)


def _gaps(unknown: Unknown) -> Iterator[Unknown]:
    """Yield the innermost unknown parts of a text: a part of it may be joined of others."""
    for part in unknown.parts:
        if part.parts:
            yield from _gaps(part)
        else:
            yield part


def _refusal(content: Unknown, script: object, limit: int) -> str:
    """Return why the service refuses a content that is known in part, whatever the gaps hold; "" else."""
    if not _BASE64.fullmatch(_GAP.sub("", content.text or "")):
        return "the script is not encoded in Base64"
    size = len(_GAP.sub("", script).encode("utf-8", "replace")) if isinstance(script, str) else 0
    characters = 4 * -(-size // 3)  # of Base64
    return (
        f"the script has over {limit:,} characters in Base64, which is the limit"
        if characters > limit
        else ""
    )


def with_lines(component: Declared, resource: RawResource) -> Declared:
    """Return a lifecycle configuration that knows the lines of its scripts; others as they are."""
    if not isinstance(component, LifecycleConfig):
        return component
    return replace(component, locate=lambda name: _place(component, resource, name))


def _place(config: LifecycleConfig, resource: RawResource, name: str) -> Location | None:
    field, _, number = name.partition(":")
    whole = config.locate(field)
    script = getattr(config, field) if number else None
    if whole is None or not isinstance(script, HookScript):
        return whole
    at = _line(resource.lines(whole), script.text, int(number))
    return whole if at is None else Location(whole.file, whole.line + at, whole.line + at)


def _line(lines: Sequence[str], script: str, number: int) -> int | None:
    """Return the index of the source line: one of a block, or the only one of a list that holds the text."""
    at = line_of_text(lines, script, number)
    wanted = script.split("\n")[number - 1].strip()
    if at is not None or not wanted:
        return at
    found = [index for index, line in enumerate(lines) if wanted in line]
    return found[0] if len(found) == 1 and len(lines) > 1 else None
