"""The rules: one file each, listed in `sagemaker_netlint.rules.catalogue`."""
