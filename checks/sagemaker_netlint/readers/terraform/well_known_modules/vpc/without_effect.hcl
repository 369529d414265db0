# A stand-in of sagemaker-netlint: what terraform-aws-modules/vpc/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

# Nothing that this program judges depends on these.

variable "tags" {
  default = null
}

variable "assign_ipv6_address_on_creation" {
  default = null
}

variable "vpc_tags" {
  default = null
}

variable "igw_tags" {
  default = null
}

variable "nat_gateway_tags" {
  default = null
}

variable "nat_eip_tags" {
  default = null
}

variable "region" {
  default = null
}

variable "enable_classiclink" {
  default = null
}

variable "enable_classiclink_dns_support" {
  default = null
}

variable "enable_network_address_usage_metrics" {
  default = null
}

variable "ipv6_cidr_block_network_border_group" {
  default = null
}

variable "enable_dhcp_options" {
  default = null
}

variable "dhcp_options_domain_name" {
  default = null
}

variable "dhcp_options_ntp_servers" {
  default = null
}

variable "dhcp_options_netbios_name_servers" {
  default = null
}

variable "dhcp_options_netbios_node_type" {
  default = null
}

variable "dhcp_options_ipv6_address_preferred_lease_time" {
  default = null
}

variable "dhcp_options_tags" {
  default = null
}

variable "create_egress_only_igw" {
  default = null
}

variable "reuse_nat_ips" {
  default = null
}

variable "external_nat_ip_ids" {
  default = null
}

variable "external_nat_ips" {
  default = null
}

variable "customer_gateways" {
  default = null
}

variable "customer_gateway_tags" {
  default = null
}

variable "enable_vpn_gateway" {
  default = null
}

variable "vpn_gateway_id" {
  default = null
}

variable "amazon_side_asn" {
  default = null
}

variable "vpn_gateway_az" {
  default = null
}

variable "vpn_gateway_tags" {
  default = null
}

variable "default_vpc_name" {
  default = null
}

variable "default_vpc_enable_dns_support" {
  default = null
}

variable "default_vpc_enable_dns_hostnames" {
  default = null
}

variable "default_vpc_enable_classiclink" {
  default = null
}

variable "default_vpc_tags" {
  default = null
}

variable "default_security_group_name" {
  default = null
}

variable "default_security_group_tags" {
  default = null
}

variable "default_network_acl_name" {
  default = null
}

variable "default_network_acl_tags" {
  default = null
}

variable "default_route_table_name" {
  default = null
}

variable "default_route_table_tags" {
  default = null
}

variable "create_database_subnet_group" {
  default = null
}

variable "database_subnet_group_name" {
  default = null
}

variable "database_subnet_group_tags" {
  default = null
}

variable "create_redshift_subnet_group" {
  default = null
}

variable "redshift_subnet_group_name" {
  default = null
}

variable "redshift_subnet_group_tags" {
  default = null
}

variable "create_elasticache_subnet_group" {
  default = null
}

variable "elasticache_subnet_group_name" {
  default = null
}

variable "elasticache_subnet_group_tags" {
  default = null
}

variable "outpost_az" {
  default = null
}

variable "outpost_arn" {
  default = null
}

variable "customer_owned_ipv4_pool" {
  default = null
}

variable "map_customer_owned_ip_on_launch" {
  default = null
}

variable "outpost_subnet_suffix" {
  default = null
}

variable "outpost_subnet_names" {
  default = null
}

variable "outpost_subnet_tags" {
  default = null
}

variable "outpost_acl_tags" {
  default = null
}

variable "outpost_dedicated_network_acl" {
  default = null
}

variable "outpost_inbound_acl_rules" {
  default = null
}

variable "outpost_outbound_acl_rules" {
  default = null
}

variable "enable_flow_log" {
  default = null
}

variable "create_flow_log_cloudwatch_log_group" {
  default = null
}

variable "create_flow_log_cloudwatch_iam_role" {
  default = null
}

variable "vpc_flow_log_iam_role_name" {
  default = null
}

variable "vpc_flow_log_iam_role_use_name_prefix" {
  default = null
}

variable "vpc_flow_log_iam_policy_name" {
  default = null
}

variable "vpc_flow_log_iam_policy_use_name_prefix" {
  default = null
}

variable "vpc_flow_log_permissions_boundary" {
  default = null
}

variable "vpc_flow_log_tags" {
  default = null
}

variable "flow_log_max_aggregation_interval" {
  default = null
}

variable "flow_log_traffic_type" {
  default = null
}

variable "flow_log_destination_type" {
  default = null
}

variable "flow_log_log_format" {
  default = null
}

variable "flow_log_destination_arn" {
  default = null
}

variable "flow_log_deliver_cross_account_role" {
  default = null
}

variable "flow_log_file_format" {
  default = null
}

variable "flow_log_hive_compatible_partitions" {
  default = null
}

variable "flow_log_per_hour_partition" {
  default = null
}

variable "flow_log_cloudwatch_iam_role_arn" {
  default = null
}

variable "flow_log_cloudwatch_iam_role_conditions" {
  default = null
}

variable "flow_log_cloudwatch_log_group_name_prefix" {
  default = null
}

variable "flow_log_cloudwatch_log_group_name_suffix" {
  default = null
}

variable "flow_log_cloudwatch_log_group_retention_in_days" {
  default = null
}

variable "flow_log_cloudwatch_log_group_kms_key_id" {
  default = null
}

variable "flow_log_cloudwatch_log_group_skip_destroy" {
  default = null
}

variable "flow_log_cloudwatch_log_group_class" {
  default = null
}

variable "public_subnet_suffix" {
  default = null
}

variable "public_subnet_names" {
  default = null
}

variable "public_subnet_tags" {
  default = null
}

variable "public_route_table_tags" {
  default = null
}

variable "public_acl_tags" {
  default = null
}

variable "public_subnet_enable_dns64" {
  default = null
}

variable "public_subnet_assign_ipv6_address_on_creation" {
  default = null
}

variable "public_subnet_enable_resource_name_dns_aaaa_record_on_launch" {
  default = null
}

variable "public_subnet_enable_resource_name_dns_a_record_on_launch" {
  default = null
}

variable "public_subnet_private_dns_hostname_type_on_launch" {
  default = null
}

variable "private_subnet_suffix" {
  default = null
}

variable "private_subnet_names" {
  default = null
}

variable "private_subnet_tags" {
  default = null
}

variable "private_route_table_tags" {
  default = null
}

variable "private_acl_tags" {
  default = null
}

variable "private_subnet_enable_dns64" {
  default = null
}

variable "private_subnet_assign_ipv6_address_on_creation" {
  default = null
}

variable "private_subnet_enable_resource_name_dns_aaaa_record_on_launch" {
  default = null
}

variable "private_subnet_enable_resource_name_dns_a_record_on_launch" {
  default = null
}

variable "private_subnet_private_dns_hostname_type_on_launch" {
  default = null
}

variable "database_subnet_suffix" {
  default = null
}

variable "database_subnet_names" {
  default = null
}

variable "database_subnet_tags" {
  default = null
}

variable "database_route_table_tags" {
  default = null
}

variable "database_acl_tags" {
  default = null
}

variable "database_subnet_enable_dns64" {
  default = null
}

variable "database_subnet_assign_ipv6_address_on_creation" {
  default = null
}

variable "database_subnet_enable_resource_name_dns_aaaa_record_on_launch" {
  default = null
}

variable "database_subnet_enable_resource_name_dns_a_record_on_launch" {
  default = null
}

variable "database_subnet_private_dns_hostname_type_on_launch" {
  default = null
}

variable "redshift_subnet_suffix" {
  default = null
}

variable "redshift_subnet_names" {
  default = null
}

variable "redshift_subnet_tags" {
  default = null
}

variable "redshift_route_table_tags" {
  default = null
}

variable "redshift_acl_tags" {
  default = null
}

variable "redshift_subnet_enable_dns64" {
  default = null
}

variable "redshift_subnet_assign_ipv6_address_on_creation" {
  default = null
}

variable "redshift_subnet_enable_resource_name_dns_aaaa_record_on_launch" {
  default = null
}

variable "redshift_subnet_enable_resource_name_dns_a_record_on_launch" {
  default = null
}

variable "redshift_subnet_private_dns_hostname_type_on_launch" {
  default = null
}

variable "elasticache_subnet_suffix" {
  default = null
}

variable "elasticache_subnet_names" {
  default = null
}

variable "elasticache_subnet_tags" {
  default = null
}

variable "elasticache_route_table_tags" {
  default = null
}

variable "elasticache_acl_tags" {
  default = null
}

variable "elasticache_subnet_enable_dns64" {
  default = null
}

variable "elasticache_subnet_assign_ipv6_address_on_creation" {
  default = null
}

variable "elasticache_subnet_enable_resource_name_dns_aaaa_record_on_launch" {
  default = null
}

variable "elasticache_subnet_enable_resource_name_dns_a_record_on_launch" {
  default = null
}

variable "elasticache_subnet_private_dns_hostname_type_on_launch" {
  default = null
}

variable "intra_subnet_suffix" {
  default = null
}

variable "intra_subnet_names" {
  default = null
}

variable "intra_subnet_tags" {
  default = null
}

variable "intra_route_table_tags" {
  default = null
}

variable "intra_acl_tags" {
  default = null
}

variable "intra_subnet_enable_dns64" {
  default = null
}

variable "intra_subnet_assign_ipv6_address_on_creation" {
  default = null
}

variable "intra_subnet_enable_resource_name_dns_aaaa_record_on_launch" {
  default = null
}

variable "intra_subnet_enable_resource_name_dns_a_record_on_launch" {
  default = null
}

variable "intra_subnet_private_dns_hostname_type_on_launch" {
  default = null
}

variable "public_subnet_tags_per_az" {
  default = null
}

variable "private_subnet_tags_per_az" {
  default = null
}
