# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws//modules/vpc-endpoints 4.x makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Nothing of what is followed differs between the major versions.
