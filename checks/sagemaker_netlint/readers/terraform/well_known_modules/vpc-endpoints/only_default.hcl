# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws//modules/vpc-endpoints makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Followed only with these values: another one may change the network, so the whole call stays unread then.

variable "region" {
  default = null
}
