"""Taking an inventory of networks that exist: AWS is asked by describe calls, what it says is redacted."""
