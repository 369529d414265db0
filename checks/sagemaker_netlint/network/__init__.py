"""The vendor-neutral model: what a deployment declares, and the questions that rules may ask of it."""
