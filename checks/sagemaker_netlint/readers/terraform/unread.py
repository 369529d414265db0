"""Module calls whose module is not on disk: what they are given, they may add to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.topology import UnreadPart
from sagemaker_netlint.readers.raw import strings_in
from sagemaker_netlint.readers.terraform.expressions import evaluate
from sagemaker_netlint.readers.terraform.module_scope import Module
from sagemaker_netlint.readers.terraform.partial_values import plain
from sagemaker_netlint.readers.terraform.program import Entry, Program


def unread_modules(program: Program) -> Iterator[UnreadPart]:
    """Yield a part for each call of a module that is not on disk."""
    for (address, kind, words), instances in program.entries.items():
        if kind != "module":
            continue
        caller = program.module(address)
        if caller.folder_of(words[1]) is None:
            for entry in instances.values():
                yield _part(program, caller, words[1], entry)


def _part(program: Program, caller: Module, name: str, entry: Entry) -> UnreadPart:
    meta = entry["__tfmeta"]
    file = str(program.source_of(meta).path)
    return UnreadPart(
        address=meta["path"],
        type="module",
        identity=entry["id"],
        location=Location(file, meta["line_start"], meta["line_end"]),
        reason=f"module {name} (source {entry.get('source')}) is not downloaded{caller.why_unread(name)}",
        given=tuple(dict.fromkeys((*strings_in(_evaluated(entry)), *_written(caller, name)))),
    )


def _evaluated(entry: Entry) -> Any:
    return {key: value for key, value in entry.items() if key not in {"__tfmeta", "id"}}


def _written(caller: Module, name: str) -> Iterator[str]:
    """Yield the strings of the arguments as written: tfparse drops a list of which a part is open."""
    call = caller.declared.get(("module", name))
    for attribute in call.attributes.values() if call is not None else ():
        yield from strings_in(plain(evaluate(attribute.expression, caller.scope)))
