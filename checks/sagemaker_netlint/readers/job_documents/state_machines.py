"""State machines in Amazon States Language.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.readers.job_documents.calls import Found, Malformed
from sagemaker_netlint.readers.raw import Data


def calls_of_state_machine(body: Data) -> Iterator[Found]:
    """Yield the calls of the SageMaker API that the states make.
    What has not the form that the service takes is `Malformed`.
    """
    if not isinstance(body, dict):
        yield Malformed("", (), "a mapping belongs at its top")
        return
    yield from ()
