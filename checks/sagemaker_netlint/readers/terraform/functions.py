"""The functions of Terraform's language that carry references, over partly unknown arguments.

tfparse evaluates all functions when their arguments are known. These are those that are worth
evaluating when a part is unknown: an unknown item must not hide the known ones beside it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.job_documents.local_files import from_yaml
from sagemaker_netlint.readers.job_documents.texts import document_in
from sagemaker_netlint.readers.terraform.partial_values import (
    GAP,
    Missing,
    OpenObject,
    Spread,
    Unsupported,
    Zones,
    as_index,
    first_unknown,
    step_into,
    together,
    unknowns_in,
)

_MAX_LENGTH = 4 * 1024 * 1024
_MAX_RANGE = 1_000  # more is tfparse's matter
_VERB = re.compile(r"%[sdvt]")
Function = Callable[[Sequence[Any]], Any]


def call(name: str, arguments: Sequence[Any], text: str) -> Any:
    """Call a function; `text` is the whole call, for reasons."""
    function = _FUNCTIONS.get(name)
    if function is not None:
        try:
            return function(arguments)
        except (LookupError, TypeError, ValueError):
            pass  # arguments that this function refuses: no value, as for an unsupported one
    unknown = first_unknown(list(arguments))
    return unknown if unknown is not None else Unsupported(f"`{text}` could not be evaluated")


def _items(value: Any) -> list[Any]:
    """Return the items of a list argument, an unknown one as one item that stands for many."""
    if isinstance(value, Zones):
        found = value.items()
        return [_spread(value.unknown())] if found is None else found
    if isinstance(value, Unknown):
        return [_spread(value)]
    if isinstance(value, list):
        return value
    raise TypeError


def _spread(value: Unknown) -> Spread:
    return Spread(value.reason, value.text)


def _concat(arguments: Sequence[Any]) -> Any:
    return [item for argument in arguments for item in _items(argument)]


def _flatten(arguments: Sequence[Any]) -> Any:
    def walk(value: Any) -> list[Any]:
        if isinstance(value, (list, Zones)):
            return [leaf for item in _items(value) for leaf in walk(item)]
        return [value]

    return _whole(arguments[0], [leaf for item in _items(arguments[0]) for leaf in walk(item)])


def _whole(source: Any, items: Any) -> Any:
    """Keep an unknown list unknown as a whole."""
    return source if isinstance(source, Unknown) else items


def as_set(value: Any) -> Any:
    """Return the items of a set, each once, in the order in which Terraform goes through them."""
    items = _distinct([value])
    if isinstance(items, list) and all(isinstance(item, str) for item in items):
        return sorted(items)
    return items


def _distinct(arguments: Sequence[Any]) -> Any:
    items: list[Any] = []
    for item in _items(arguments[0]):
        if item not in items:
            items.append(item)
    return _whole(arguments[0], items)


def _same(arguments: Sequence[Any]) -> Any:
    return arguments[0]


def _as_list(arguments: Sequence[Any]) -> Any:
    return arguments[0] if isinstance(arguments[0], Zones) else _whole(arguments[0], _items(arguments[0]))


def _compact(arguments: Sequence[Any]) -> Any:
    return _whole(arguments[0], [item for item in _items(arguments[0]) if item is not None and item != ""])


def _slice(arguments: Sequence[Any]) -> Any:
    value, start, end = arguments
    first, last = as_index(start), as_index(end)
    if isinstance(value, Unknown):
        return value
    if first is None or last is None:
        raise TypeError
    if isinstance(value, Zones):
        return Zones(value.text, value.start + first, last - first)
    return [step_into(value, index, "slice") for index in range(first, last)]


def _element(arguments: Sequence[Any]) -> Any:
    value, index = arguments
    if isinstance(value, list):
        if not value or any(isinstance(item, Spread) for item in value):
            raise LookupError
        position = as_index(index)
        return index if position is None else step_into(value, position % len(value), "element")
    return step_into(value, index, "element")


def _length(arguments: Sequence[Any]) -> Any:
    value = arguments[0]
    if isinstance(value, Zones) and value.length is not None:
        return value.length
    if isinstance(value, (str, Mapping)) or (
        isinstance(value, list) and not any(isinstance(i, Spread) for i in value)
    ):
        return len(value)
    raise TypeError


def _keys(arguments: Sequence[Any]) -> Any:
    return sorted(arguments[0].keys()) if isinstance(arguments[0], Mapping) else _refuse()


def _values(arguments: Sequence[Any]) -> Any:
    value = arguments[0]
    return [value[key] for key in sorted(value)] if isinstance(value, Mapping) else _refuse()


def _refuse() -> Any:
    raise TypeError


def _try(arguments: Sequence[Any]) -> Any:
    return next((argument for argument in arguments if not _fails(argument)), arguments[-1])


def _fails(value: Any) -> bool:
    """Say whether a part of the value does not exist: Terraform gives an error for the whole then."""
    if isinstance(value, Mapping):
        return any(_fails(item) for item in value.values())
    return any(_fails(item) for item in value) if isinstance(value, list) else isinstance(value, Missing)


def _lookup(arguments: Sequence[Any]) -> Any:
    value, key, *default = arguments
    if not isinstance(value, Mapping) or isinstance(key, Unknown):
        raise TypeError
    return value.get(str(key), *default) if default else value[str(key)]


def _coalesce(arguments: Sequence[Any]) -> Any:
    for argument in arguments:
        if argument is not None and argument != "":  # not for 0
            return argument
    raise ValueError


def _one(arguments: Sequence[Any]) -> Any:
    items = _items(arguments[0])
    if isinstance(arguments[0], Unknown) or len(items) > 1 or any(isinstance(item, Spread) for item in items):
        raise ValueError
    return items[0] if items else None


def _join(arguments: Sequence[Any]) -> Any:
    separator, *lists = arguments
    items = [item for argument in lists for item in _items(argument)]
    if isinstance(separator, Unknown):
        return Unknown(separator.reason)
    return _together(items, str(separator).join(_as_text(item) for item in items))


def _together(values: Sequence[Any], text: str) -> Any:
    """Return a text that is made of the values: unknown where one of them is."""
    unknown = list(unknowns_in(list(values)))
    return together(unknown, text) if unknown else text


def _as_text(value: Any) -> str:
    return (value.text or GAP) if isinstance(value, Unknown) else to_string(value)


def _merge(arguments: Sequence[Any]) -> Any:
    merged: dict[str, Any] = {}
    for argument in arguments:
        if argument is not None:
            merged.update(argument if isinstance(argument, Mapping) else _refuse())
    return merged


def _json(arguments: Sequence[Any]) -> Any:
    return _together(arguments, json.dumps(_shown(arguments[0]), separators=(",", ":")))


def _from_json(arguments: Sequence[Any]) -> Any:
    return document_in(arguments[0]) if isinstance(arguments[0], (str, Unknown)) else _refuse()


def _from_yaml(arguments: Sequence[Any]) -> Any:
    if not isinstance(arguments[0], (str, Unknown)):
        raise TypeError
    return from_yaml(arguments[0], "", lambda _problem: None)


def _shown(value: Any) -> Any:
    if isinstance(value, Zones):
        value = value.unknown()
    if isinstance(value, OpenObject):
        value = value.members
    if isinstance(value, Unknown):
        return value.text or GAP
    if isinstance(value, Mapping):
        return {str(key): _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _format(arguments: Sequence[Any]) -> Any:
    pattern, *values = arguments
    verbs = _VERB.split(pattern.replace("%%", "\0")) if isinstance(pattern, str) else _refuse()
    parts = [part.replace("\0", "%") for part in verbs]
    if len(parts) != len(values) + 1 or any("%" in part for part in verbs):
        raise ValueError
    text = "".join(a + b for a, b in zip(parts, [*map(_as_text, values), ""], strict=True))
    return _together(values, text)


def _replace(arguments: Sequence[Any]) -> Any:
    source, _, replacement = arguments
    searched = _literal(arguments)
    text, by = _as_text(source), _as_text(replacement)
    count = text.count(searched)
    if count * len(by) > _MAX_LENGTH:
        raise ValueError
    known = isinstance(source, str) and not count
    return _together([source] if known else [source, replacement], text.replace(searched, by))


def _text(arguments: Sequence[Any], index: int = 0) -> str:
    value = arguments[index]
    return value if isinstance(value, str) else _refuse()


def _literal(arguments: Sequence[Any]) -> str:
    """Return what `replace` searches for; a pattern between slashes is left to tfparse."""
    searched = _text(arguments, 1)
    return _refuse() if searched.startswith("/") and searched.endswith("/") else searched


def _contains(arguments: Sequence[Any]) -> Any:
    items = arguments[0] if first_unknown(list(arguments)) is None else _refuse()
    return arguments[1] in items


def _number(value: Any) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return float(value) if "." in str(value) else int(str(value))


def _boolean(arguments: Sequence[Any]) -> Any:
    return {"true": True, "false": False}[to_string(arguments[0])]


def _sort(arguments: Sequence[Any]) -> Any:
    items = arguments[0]
    return sorted(items) if isinstance(items, list) and first_unknown(items) is None else _refuse()


def _reverse(arguments: Sequence[Any]) -> Any:
    items = _items(arguments[0])
    return items[::-1] if not any(isinstance(item, Spread) for item in items) else _refuse()


def _zipmap(arguments: Sequence[Any]) -> Any:
    names, values = (_items(argument) for argument in arguments)
    if first_unknown(names) is not None or any(isinstance(value, Spread) for value in values):
        raise TypeError
    return dict(zip(names, values, strict=True))


def _range(arguments: Sequence[Any]) -> Any:
    numbers = [as_index(argument) for argument in arguments]
    found = range(*[number for number in numbers if number is not None])
    return list(found) if None not in numbers and len(found) <= _MAX_RANGE else _refuse()


def _to_map(arguments: Sequence[Any]) -> Any:
    return arguments[0] if isinstance(arguments[0], Mapping) else _refuse()


def _base64(arguments: Sequence[Any]) -> Any:
    """Return the encoded string; one that is known in part keeps its encoded text."""
    encoding = to_string(arguments[1]) if arguments[1:] else "UTF-8"
    if encoding.upper() != "UTF-8":
        raise ValueError
    encoded = base64.b64encode(_as_text(arguments[0]).encode("utf-8", "replace")).decode("ascii")
    return _together(arguments[:1], encoded)


def _cidrhost(arguments: Sequence[Any]) -> Any:
    """Return an address of a block by its number; a negative one counts from the end."""
    block, number = ip_network(_text(arguments), strict=False), as_index(arguments[1])
    return _refuse() if number is None else str(block[number])


def _cidrsubnet(arguments: Sequence[Any]) -> Any:
    """Return a part of a block by its number: `[for i, zone in zones : cidrsubnet(...)]` needs no zone."""
    number, first = as_index(arguments[2]), _parts(arguments[0], arguments[1:2])[0]
    count = 1 << (first.prefixlen - ip_network(_text(arguments), strict=False).prefixlen)
    if number is None or not 0 <= number < count:
        return _refuse()
    return str(ip_network((int(first.network_address) + number * first.num_addresses, first.prefixlen)))


def _parts(block: Any, sizes: Sequence[Any]) -> list[IPv4Network | IPv6Network]:
    """Return parts of a block one behind the other, each by how many bits it is longer than the block."""
    whole = ip_network(_text([block]), strict=False)
    end, parts = int(whole.network_address), []
    for size in map(as_index, sizes):
        if size is None or not 0 <= size <= whole.max_prefixlen - whole.prefixlen:
            raise ValueError
        length = whole.prefixlen + size
        addresses = 1 << (whole.max_prefixlen - length)
        first = -(-end // addresses) * addresses
        parts.append(ip_network((first, length)))
        end = first + addresses
    if end - 1 > int(whole.broadcast_address):
        raise ValueError
    return parts


def _made_of(arguments: Sequence[Any]) -> Any:
    """Return why the result is not known: what is known of the arguments is no part of its text."""
    unknown = first_unknown(list(arguments))
    return _refuse() if unknown is None else type(unknown)(unknown.reason)


def _convert(arguments: Sequence[Any]) -> Any:
    return (
        arguments[0] if arguments[0] is None or isinstance(arguments[0], Unknown) else to_string(arguments[0])
    )


def to_string(value: Any) -> str:
    """Return a scalar as Terraform writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (list, Mapping)):
        raise TypeError
    return str(value)


_FUNCTIONS: dict[str, Function] = {
    "base64decode": _made_of,
    "base64encode": _base64,
    "base64gzip": _made_of,
    "cidrhost": _cidrhost,
    "cidrsubnet": _cidrsubnet,
    "cidrsubnets": lambda arguments: [str(part) for part in _parts(arguments[0], arguments[1:])],
    "coalesce": _coalesce,
    "contains": _contains,
    "endswith": lambda arguments: _text(arguments).endswith(_text(arguments, 1)),
    "lower": lambda arguments: _text(arguments).lower(),
    "max": lambda arguments: max(map(_number, arguments)),
    "min": lambda arguments: min(map(_number, arguments)),
    "range": _range,
    "replace": _replace,
    "split": lambda arguments: _text(arguments, 1).split(_text(arguments)),
    "startswith": lambda arguments: _text(arguments).startswith(_text(arguments, 1)),
    "strcontains": lambda arguments: _text(arguments, 1) in _text(arguments),
    "textencodebase64": _base64,
    "tobool": _boolean,
    "tonumber": lambda arguments: _number(arguments[0]),
    "trimprefix": lambda arguments: _text(arguments).removeprefix(_text(arguments, 1)),
    "trimspace": lambda arguments: _text(arguments).strip(),
    "trimsuffix": lambda arguments: _text(arguments).removesuffix(_text(arguments, 1)),
    "upper": lambda arguments: _text(arguments).upper(),
    "compact": _compact,
    "concat": _concat,
    "distinct": _distinct,
    "element": _element,
    "file": _made_of,
    "filebase64": _made_of,
    "flatten": _flatten,
    "format": _format,
    "join": _join,
    "jsondecode": _from_json,
    "jsonencode": _json,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "merge": _merge,
    "nonsensitive": _same,
    "one": _one,
    "sensitive": _same,
    "reverse": _reverse,
    "slice": _slice,
    "sort": _sort,
    "tolist": _as_list,
    "tomap": _to_map,
    "toset": lambda arguments: as_set(arguments[0]),
    "tostring": _convert,
    "try": _try,
    "values": _values,
    "yamldecode": _from_yaml,
    "zipmap": _zipmap,
}
