"""SageMaker pipeline definitions.

https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-pipelines.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sagemaker_netlint.readers.job_documents.calls import Found, Malformed
from sagemaker_netlint.readers.raw import Data


def calls_of_pipeline(
    body: Data, identity: Callable[[str], str], parameters: Mapping[str, Data]
) -> Iterator[Found]:
    """Yield the calls of a pipeline's steps.

    `identity` gives the identity of a step by its name: `{"Get": "Steps.X.ModelName"}` becomes that identity,
    a slash and the property. `parameters` override the defaults of the pipeline's own.
    What has not the form that the service takes is `Malformed`.
    """
    if not isinstance(body, dict):
        yield Malformed("", (), "a mapping belongs at its top")
        return
    yield from ()
