# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws 3.x makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

locals {
  longest = max(
    length(var.private_subnets),
    length(var.database_subnets),
    length(var.redshift_subnets),
    length(var.elasticache_subnets),
  )
  has_private_tables = local.longest > 0
}

variable "enable_dns_hostnames" {
  default = false
}

variable "manage_default_security_group" {
  default = false
}

variable "manage_default_network_acl" {
  default = false
}

variable "manage_default_route_table" {
  default = false
}

variable "map_public_ip_on_launch" {
  default = true
}
