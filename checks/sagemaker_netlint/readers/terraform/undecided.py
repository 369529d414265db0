"""Instances that tfparse leaves out: resources and modules whose `for_each` could not be evaluated.

Left out, a domain would not be judged and a VPC endpoint would be missing. So each such block gives one
resource under its address without a key, and what depends on the key is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.expressions import Scope, evaluate
from sagemaker_netlint.readers.terraform.program import Module, Program
from sagemaker_netlint.readers.terraform.syntax import Block, SourceFile
from sagemaker_netlint.readers.terraform.partial_values import Unsupported, first_unknown

_MAX_MODULES = 200  # a bound on modules in modules whose number nobody knows


@dataclass(frozen=True, slots=True)
class Undecided:
    """A resource block that stands for instances nobody can count."""

    address: str
    type: str
    identity: str
    block: Block
    file: Path
    scope: Scope


def undecided_resources(program: Program, addresses: list[str]) -> Iterator[Undecided]:
    """Yield the resources that tfparse left out: in these module instances, and in those it left out too."""
    modules = [(program.module(address), False) for address in addresses]
    seen = 0
    while modules and seen < _MAX_MODULES + len(addresses):
        module, is_ghost = modules.pop(0)
        seen += 1
        for file in module.files():
            if is_ghost or "for_each" in file.text:
                yield from _resources(module, file, is_ghost=is_ghost)
                modules += [(child, True) for child in _modules(module, file, is_ghost=is_ghost)]


def _resources(module: Module, file: SourceFile, *, is_ghost: bool) -> Iterator[Undecided]:
    for block in file.blocks:
        if block.kind != "resource" or len(block.labels) != 2:  # noqa: PLR2004 - type and name
            continue
        kind, name = block.labels
        reason = _reason(module, block)
        if reason is None and (not is_ghost or _is_empty(module, block)):
            continue
        if not is_ghost and module.program.find(module.address, "resource", kind, name):
            continue
        address = f"{module.address}.{kind}.{name}" if module.address else f"{kind}.{name}"
        meta = {"path": address, "filename": str(file.path), "line_start": block.line}
        module.ghosts[kind, name] = {"__tfmeta": meta, "id": f"undecided:{address}"}
        unknown = Unknown(reason or "its module's instances are not known")
        scope = module.scope.bind(each={"key": unknown, "value": unknown}, count={"index": unknown})
        yield Undecided(address, kind, f"undecided:{address}", block, file.path, scope)


def _modules(module: Module, file: SourceFile, *, is_ghost: bool) -> Iterator[Module]:
    for block in file.blocks:
        if block.kind != "module" or len(block.labels) != 1:
            continue
        name = block.labels[0]
        reason = _reason(module, block)
        known = module.program.find(module.address, "module", "module", name)
        if known or (reason is None and not is_ghost) or module.folder_of(name) is None:
            continue
        yield module.ghost_child(name, Unknown(reason or "its module's instances are not known"))


def _reason(module: Module, block: Block) -> str | None:
    """Return why the number of instances is unknown; `None` where tfparse decided it."""
    for name in ("for_each", "count"):
        written = block.attributes.get(name)
        if written is None:
            continue
        unknown = first_unknown(_keys(evaluate(written.expression, module.scope)))
        if unknown is not None and not isinstance(unknown, Unsupported):
            return f"{name} of {'.'.join(block.labels)} could not be evaluated: {unknown.reason}"
    return None


def _keys(value: Any) -> Any:
    """Only the keys of a map decide how many instances there are."""
    return list(value) if isinstance(value, dict) else value


def _is_empty(module: Module, block: Block) -> bool:
    for name in ("for_each", "count"):
        written = block.attributes.get(name)
        if written is not None and evaluate(written.expression, module.scope) in (0, [], {}):
            return True
    return False
