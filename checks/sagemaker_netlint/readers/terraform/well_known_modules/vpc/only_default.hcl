# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Followed only with these values: another one may change the network, so the whole call stays unread then.

variable "enable_ipv6" {
  default = false
}

variable "use_ipam_pool" {
  default = false
}

variable "ipv4_ipam_pool_id" {
  default = null
}

variable "ipv4_netmask_length" {
  default = null
}

variable "ipv6_cidr" {
  default = null
}

variable "ipv6_ipam_pool_id" {
  default = null
}

variable "ipv6_netmask_length" {
  default = null
}

variable "outpost_subnets" {
  default = []
}

variable "propagate_intra_route_tables_vgw" {
  default = false
}

variable "propagate_private_route_tables_vgw" {
  default = false
}

variable "propagate_public_route_tables_vgw" {
  default = false
}

variable "default_route_table_propagating_vgws" {
  default = []
}

variable "default_route_table_routes" {
  default = []
}

variable "manage_default_vpc" {
  default = false
}

variable "vpc_block_public_access_options" {
  default = {}
}

variable "vpc_block_public_access_exclusions" {
  default = {}
}

variable "dhcp_options_domain_name_servers" {
  default = ["AmazonProvidedDNS"]
}

variable "public_subnet_ipv6_native" {
  default = false
}

variable "public_subnet_ipv6_prefixes" {
  default = []
}

variable "private_subnet_ipv6_native" {
  default = false
}

variable "private_subnet_ipv6_prefixes" {
  default = []
}

variable "database_subnet_ipv6_native" {
  default = false
}

variable "database_subnet_ipv6_prefixes" {
  default = []
}

variable "redshift_subnet_ipv6_native" {
  default = false
}

variable "redshift_subnet_ipv6_prefixes" {
  default = []
}

variable "elasticache_subnet_ipv6_native" {
  default = false
}

variable "elasticache_subnet_ipv6_prefixes" {
  default = []
}

variable "intra_subnet_ipv6_native" {
  default = false
}

variable "intra_subnet_ipv6_prefixes" {
  default = []
}
