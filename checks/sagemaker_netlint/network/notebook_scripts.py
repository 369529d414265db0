"""The routes that the scripts of a notebook instance's lifecycle configuration add at each start."""

from __future__ import annotations

from typing import Union

from sagemaker_netlint.network.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance

Added = Union[ScriptRoute, Unknown]
"""A route that a script adds, or the reason why it may add one that is not known."""


def routes_at_start(notebook: NotebookInstance) -> tuple[Added, ...]:
    """Return what is known of the routes that the instance gets at each start.

    The scripts are no part of the model yet, so a lifecycle configuration may add any route.
    """
    if notebook.lifecycle_config is None:
        return ()
    return (Unknown("what its lifecycle configuration does is not in sight"),)
