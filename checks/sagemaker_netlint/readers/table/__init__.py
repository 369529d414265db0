"""The rows of the mapping table, by what they describe; `sagemaker_netlint.readers.mapping` joins them."""
