"""Network policy as code for Amazon SageMaker: Checkov and cfn-lint rules over one shared network model."""

__all__ = ["__version__"]

__version__ = "0.1.0"
