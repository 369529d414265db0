"""The routes that the scripts of a notebook instance's lifecycle configuration add at each start."""

from __future__ import annotations

from typing import Union

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import HookScript, LifecycleConfig, NotebookInstance

Added = Union[ScriptRoute, Unknown]
"""A route that a script adds, or the reason why it may add one that is not known."""

_NAMELESS = "${...}"  # what stands for any expression that has no text


def config_of(deployment: Deployment, notebook: NotebookInstance) -> Maybe[LifecycleConfig]:
    """Return the lifecycle configuration of a notebook instance.

    A name that is known in part leads to the one configuration whose name is made of the same expressions.
    """
    reference = notebook.lifecycle_config
    text = reference.text if isinstance(reference, Unknown) else None
    if text is not None and "${" in text and _NAMELESS not in text:
        named = [each for each in deployment.each(LifecycleConfig) if _name_text(each) == text]
        if len(named) == 1:
            return named[0]
    return deployment.find(LifecycleConfig, reference)


def _name_text(config: LifecycleConfig) -> str | None:
    return config.name.text if isinstance(config.name, Unknown) else None


def routes_at_start(deployment: Deployment, notebook: NotebookInstance) -> tuple[Added, ...]:
    """Return what is known of the routes that the instance gets at each start, in the order of the script.

    What the script for its creation adds is gone after a stop and a start, and counts for nothing.
    """
    config = config_of(deployment, notebook)
    if config is None:
        return ()
    if isinstance(config, Unknown):
        return (Unknown(f"what its lifecycle configuration does is not in sight: {config.reason}"),)
    return () if config.on_start is None else added_by(config.on_start, f"the OnStart script of {config}")


def added_by(script: HookScript | Unknown, what: str) -> tuple[Added, ...]:
    """Return the routes that a script adds; `what` is its noun for people."""
    if isinstance(script, Unknown):
        return (Unknown(f"{what} is not known: {script.reason}"),)
    if script.refused:
        return (Unknown(f"the service refuses {what}: {script.refused}"),)
    return script.routes
