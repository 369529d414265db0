"""Documents that declare jobs: pipeline definitions, state machines, schedules.

A document is data by the time it gets here, whatever language it was written in: JSON whose leaves may be
`Unknown`. Each kind of document has one module that finds the calls of the SageMaker API in it; `reading`
turns those into raw resources, for which the mapping table has rows like for any other.
"""
