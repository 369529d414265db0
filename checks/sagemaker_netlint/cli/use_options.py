"""The options that say how a domain is used, for a what-if: they go before policy and template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import wraps
from typing import Any

import click

from sagemaker_netlint.network.expected_use import ExpectedUse

_FIELDS = {each.name: each for each in fields(ExpectedUse)}

_NUMBERS = {
    "users": ("--users", "N", "People, or user profiles, of each domain."),
    "concurrency_percent": ("--concurrency", "PERCENT", "How many of the users work at once."),
    "spaces_per_user": ("--spaces-per-user", "N", "Spaces that a user runs at once (current Studio)."),
    "instance_types_per_user": (
        "--instance-types-per-user",
        "N",
        "Instance types that a user's apps run on at once (Studio Classic).",
    ),
    "training_instances_per_user": (
        "--training-instances-per-user",
        "N",
        "Training instances that run at once, per user.",
    ),
    "processing_instances_per_user": (
        "--processing-instances-per-user",
        "N",
        "Processing instances that run at once, per user.",
    ),
    "growth_percent_per_year": (
        "--growth",
        "PERCENT",
        "Growth of the number of users in a year, compounded.",
    ),
    "horizon_months": ("--horizon", "MONTHS", "How far ahead the subnets have to suffice."),
    "headroom_percent": ("--headroom", "PERCENT", "Usable addresses of each subnet that stay free."),
    "other_addresses_per_subnet": (
        "--other-addresses",
        "N",
        "Addresses in each subnet that are held by what is declared elsewhere.",
    ),
}
OPTION_OF = {**{key: names[0] for key, names in _NUMBERS.items()}, "studio": "--studio", "efa": "--efa"}
"""The option of each key of the expected use."""


def use_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command; it gets what was given as `use`, by key of the expected use."""

    @wraps(command)
    def collected(**options: Any) -> Any:
        given = {key: options.pop(key) for key in OPTION_OF}
        return command(**options, use={key: value for key, value in given.items() if value is not None})

    for option in (click.option(*names, **settings) for names, settings in reversed(list(_options()))):
        collected = option(collected)
    return collected


_Option = tuple[tuple[str, ...], dict[str, Any]]


def _options() -> list[_Option]:
    """Return the options in the order of the keys."""
    numbers: dict[str, _Option] = {
        key: (
            (name, key),
            {
                "metavar": metavar,
                "type": click.IntRange(_FIELDS[key].metadata["least"], _FIELDS[key].metadata["most"]),
                "help": text,
            },
        )
        for key, (name, metavar, text) in _NUMBERS.items()
    }
    studio: dict[str, Any] = {
        "type": click.Choice(("current", "classic")),
        "help": "The Studio that the users work with.",
    }
    efa: dict[str, Any] = {"default": None, "help": "Whether the users' training instances have an EFA."}
    others: dict[str, _Option] = {"studio": (("--studio",), studio), "efa": (("--efa/--no-efa",), efa)}
    merged = {**numbers, **others}
    return [merged[key] for key in _FIELDS if key in merged]


def overridden(use: ExpectedUse, given: Mapping[str, Any]) -> ExpectedUse:
    """Return the use with what was given on the command line; its origin is the option."""
    for key, value in given.items():
        use = use.changed({key: value}, OPTION_OF[key])
    return use
