"""From a resource as Checkov shows it to the input that holds it: a template, a root module, a plan.

Checkov hands a check the resource's configuration and, for Terraform, its graph of all resources.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from sagemaker_netlint.inspection import InputKind


class UnknownPlaceError(Exception):
    """Checkov's data don't tell which file the resource stands in."""


@dataclass(frozen=True, slots=True)
class Place:
    """An input of ours: what `inspect_cached` takes."""

    kind: InputKind
    path: Path


def template_of(configuration: Mapping[str, Any], scanned_file: str) -> Place:
    """Return the template that declares the resource."""
    properties = configuration.get("Properties")
    file = properties.get("__file__") if isinstance(properties, dict) else None
    # a resource without Properties carries no path
    path = Path(file) if isinstance(file, str) else _absolute(scanned_file)
    return Place(InputKind.CLOUDFORMATION, path)


def roots_of(graph: Any, address: str, scanned_file: str) -> list[Place]:
    """Return the plan or the root modules that hold the resource.

    There are several where two roots call one module: Checkov's question doesn't tell them apart.
    """
    parts = [part for part in Path(scanned_file).parts if part not in {"/", "\\", ".."}]
    found = _index(graph).get(address, ()) if graph is not None else ()
    files = {root for file, root in found if list(file.parts[-len(parts) :]) == parts}
    return sorted(
        {_place(file) for file in files or {_absolute(scanned_file)}}, key=lambda place: str(place.path)
    )


def _place(file: Path) -> Place:
    if file.name.endswith(".json") and not file.name.endswith(".tf.json"):
        return Place(InputKind.TERRAFORM_PLAN, file)
    return Place(InputKind.TERRAFORM, file.parent)


@lru_cache(maxsize=4)
def _index(graph: Any) -> dict[str, list[tuple[Path, Path]]]:
    """Map each address to the file of its block and a file of its root module, once per graph."""
    index: dict[str, list[tuple[Path, Path]]] = defaultdict(list)
    for node in _nodes(graph):
        address, file = node.get("__address__"), node.get("file_path_")
        if isinstance(address, str) and isinstance(file, str):
            caller = _calling_file(node.get("source_module_object_"))
            index[address].append((Path(file), Path(caller or file)))
    return index


def _nodes(graph: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the attributes of a graph's nodes: rustworkx by default, networkx where Checkov is told so."""
    if hasattr(graph, "node_indices"):
        for node in graph.nodes():
            yield node[1] if isinstance(node, tuple) else node
    else:
        for _, attributes in graph.nodes(data=True):
            yield attributes


def _calling_file(module: Any) -> str | None:
    """Return the file of the outermost call of a module, `None` for a resource of the root itself."""
    path = None
    while module is not None:
        fields = dict(module)  # from Checkov's object, which yields pairs, or from a mapping
        path, module = fields.get("path"), fields.get("nested_tf_module")
    return path


def _absolute(scanned_file: str) -> Path:
    """Find a file that Checkov names relative to the folder that it was called with."""
    arguments = checkov_arguments()
    folders = [Path.cwd(), *(Path(folder) for folder in getattr(arguments, "directory", None) or ())]
    files = [Path(file) for group in getattr(arguments, "file", None) or () for file in group]
    relative = scanned_file.lstrip("/\\")
    for folder in (*folders, *(file.parent for file in files)):
        if (path := folder / relative).is_file():
            return path
    raise UnknownPlaceError(f"the folder that `{scanned_file}` is relative to is not known")


@cache
def checkov_arguments() -> Any:
    """Return Checkov's arguments, from the command line, environment and its configuration file.

    A check gets no access to them, so Checkov's own parser reads them again. `None` where the program
    that runs Checkov takes other arguments.
    """
    import sys  # noqa: PLC0415 - the arguments belong to this question alone

    from checkov.common.util import ext_argument_parser  # noqa: PLC0415 - only where it is asked
    from checkov.common.util.config_utils import get_default_config_paths  # noqa: PLC0415 - as above

    arguments = sys.argv[1:]
    parser = ext_argument_parser.ExtArgumentParser(
        default_config_files=get_default_config_paths(arguments),
        # Checkov imports the library under this name and does not re-export it
        config_file_parser_class=ext_argument_parser.configargparse.YAMLConfigFileParser,  # type: ignore[attr-defined]
        add_env_var_help=True,
    )
    parser.add_parser_args()
    with suppress(SystemExit), redirect_stderr(StringIO()):
        return parser.parse_args(arguments)
    return None
