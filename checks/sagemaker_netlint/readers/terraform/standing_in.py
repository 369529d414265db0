"""Whether a stand-in may be taken for a module call: its version is known, and so is all that it is given.

An input that the stand-in does not follow may change the network. The call stays unread then, as any other
module that is not on the disk, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.raw import Path
from sagemaker_netlint.readers.terraform.expressions import Scope, evaluate
from sagemaker_netlint.readers.terraform.syntax import Block, SourceFile, text_of
from sagemaker_netlint.readers.terraform.well_known import WellKnown, find, inputs_of

if TYPE_CHECKING:
    from sagemaker_netlint.readers.terraform.module_scope import Module

_META_ARGUMENTS = {"source", "version", "providers", "count", "for_each", "depends_on"}
_VARIABLE = re.compile(r"\bvar\.(\w+)")


def stand_in_for(caller: Module, name: str) -> WellKnown | Unknown | None:
    """Return the stand-in for a call, or why there is none; `None` for modules that are not well known."""
    call = caller.declared.get(("module", name))
    if call is None:
        return None
    source, version = (_text(call, argument, caller.scope) for argument in ("source", "version"))
    if not isinstance(source, str):
        return None
    found = find(source, version if isinstance(version, str) else "")
    if not isinstance(found, WellKnown):
        return found
    if not isinstance(version, str):
        return Unknown("its version is not known here")
    if not _evaluated(caller, name, found):
        return Unknown("its stand-in was not evaluated")
    doubt = next(_doubts(caller, name, call, found), None)
    return found if doubt is None else Unknown(doubt)


def _text(call: Block, argument: str, scope: Scope) -> Any:
    written = call.attributes.get(argument)
    return "" if written is None else evaluate(written.expression, scope)


def _evaluated(caller: Module, name: str, found: WellKnown) -> bool:
    """Say whether tfparse read the stand-in: it lists the variables of what it reads."""
    instances = caller.program.find(caller.address, "module", "module", name)
    children = (caller.address_of_child(name, key) for key in instances)
    inputs = inputs_of(found.name, found.major).followed
    return all(
        any(caller.program.find(child, "variable", "variable", name) for name in inputs) for child in children
    )


def _doubts(caller: Module, name: str, call: Block, found: WellKnown) -> Iterator[str]:
    """Yield what the stand-in does not follow, of what the call gives."""
    inputs = inputs_of(found.name, found.major)
    keys = _followed_keys(found.files)
    where = f"its stand-in for {found.major}.x"
    for argument in call.attributes.keys() - _META_ARGUMENTS:
        if argument in inputs.only_default:
            for value in _values(caller, name, call, argument):
                if isinstance(value, Unknown):
                    yield f"{where} needs to know the input `{argument}`: {value.reason}"
                elif value != inputs.only_default[argument]:
                    yield f"{where} does not follow the input `{argument}`"
        elif argument in keys:
            for value in _values(caller, name, call, argument):
                for key in _keys_of(value) - keys[argument]:
                    yield f"{where} does not follow `{key}` in the input `{argument}`"
        elif argument not in inputs.followed and argument not in inputs.without_effect:
            yield f"{where} does not know the input `{argument}`"


def _values(caller: Module, name: str, call: Block, argument: str) -> Iterator[Any]:
    """Yield what each instance of the call gives."""
    instances = caller.program.find(caller.address, "module", "module", name)
    for key in instances or (None,):
        scope = caller.scope.bind(**caller.bindings_of(name, key))
        yield evaluate(call.attributes[argument].expression, scope)


def _keys_of(value: Any) -> set[str]:
    """Return the keys of the items in a list or a map of objects."""
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {str(key) for item in items if isinstance(item, Mapping) for key in item}


@cache
def _followed_keys(files: tuple[FilePath, ...]) -> Mapping[str, frozenset[str]]:
    """Return the local `followed_keys` of a stand-in: the keys that it follows, by input."""
    for path in files:
        for block in SourceFile(path).blocks:
            if block.kind == "locals" and "followed_keys" in block.attributes:
                value = evaluate(block.attributes["followed_keys"].expression, Scope(Unknown))
                return {name: frozenset(keys) for name, keys in value.items()}
    return {}


# -- places ------------------------------------------------------------------------------------------


def place_of_call(module: Module) -> Location | None:
    """Return the lines of the call that made a module instance."""
    caller = module.caller
    if caller is None or caller.block is None:
        return None
    block = caller.block
    file = next((file for file in caller.module.files() if block in file.blocks), None)
    return None if file is None else Location(str(file.path), block.line, block.end_line)


def place_of_input(module: Module, block: Block, path: Path, call: Location) -> Location | None:
    """Return the argument of the call that decides an attribute in a stand-in; `None` where none does."""
    written = block.attributes.get(str(path[0])) if path else None
    given = module.caller.block.attributes if module.caller and module.caller.block else {}
    names = _VARIABLE.findall(text_of(written.expression)) if written is not None else []
    argument = next((given[name] for name in names if name in given), None)
    return None if argument is None else Location(call.file, argument.line, argument.end_line)
