"""The command `rules`, as the command line declares it."""

from __future__ import annotations

import click


@click.command("rules")
def command() -> None:
    """List the rules: id, name, severity, and the profiles that have them on."""
    from sagemaker_netlint.policy_file import PROFILES, load_policy  # noqa: PLC0415 - keeps --help fast
    from sagemaker_netlint.rules.catalogue import ALL_RULES  # noqa: PLC0415 - as above

    profiles = [(name, load_policy(name)) for name in PROFILES]
    for rule in ALL_RULES:
        on = ", ".join(name for name, policy in profiles if policy.setting(rule.id).enabled)
        click.echo(f"{rule.id}  {rule.name:<38} {rule.severity!s:<9} {on}")
