# A stand-in of sagemaker-netlint: what terraform-aws-modules/security-group/aws makes of its inputs, as far as networks go.
# Written from its documentation; docs/well-known-modules.md says how to extend it.

locals {
  # the module's names of rules: first port, last port, protocol; a rule of another name has unknown ports
  named = {
    "all-all"                 = [-1, -1, "-1"]
    "all-tcp"                 = [0, 65535, "tcp"]
    "all-udp"                 = [0, 65535, "udp"]
    "all-icmp"                = [-1, -1, "icmp"]
    "http-80-tcp"             = [80, 80, "tcp"]
    "http-8080-tcp"           = [8080, 8080, "tcp"]
    "https-443-tcp"           = [443, 443, "tcp"]
    "https-8443-tcp"          = [8443, 8443, "tcp"]
    "dns-tcp"                 = [53, 53, "tcp"]
    "dns-udp"                 = [53, 53, "udp"]
    "ntp-udp"                 = [123, 123, "udp"]
    "nfs-tcp"                 = [2049, 2049, "tcp"]
    "ssh-tcp"                 = [22, 22, "tcp"]
    "rdp-tcp"                 = [3389, 3389, "tcp"]
    "ldap-tcp"                = [389, 389, "tcp"]
    "ldaps-tcp"               = [636, 636, "tcp"]
    "smtp-tcp"                = [25, 25, "tcp"]
    "smtp-submission-587-tcp" = [587, 587, "tcp"]
    "postgresql-tcp"          = [5432, 5432, "tcp"]
    "mysql-tcp"               = [3306, 3306, "tcp"]
    "mssql-tcp"               = [1433, 1433, "tcp"]
    "oracle-db-tcp"           = [1521, 1521, "tcp"]
    "redis-tcp"               = [6379, 6379, "tcp"]
    "memcached-tcp"           = [11211, 11211, "tcp"]
    "mongodb-27017-tcp"       = [27017, 27017, "tcp"]
    "redshift-tcp"            = [5439, 5439, "tcp"]
    "elasticsearch-rest-tcp"  = [9200, 9200, "tcp"]
    "kubernetes-api-tcp"      = [6443, 6443, "tcp"]
    "kafka-broker-tcp"        = [9092, 9092, "tcp"]
    "kafka-broker-tls-tcp"    = [9094, 9094, "tcp"]
    "prometheus-http-tcp"     = [9090, 9090, "tcp"]
    "grafana-tcp"             = [3000, 3000, "tcp"]
  }

  # keys of an item that are followed: another one may change the rule, so the whole call stays unread then
  followed_keys = {
    ingress_with_self = ["rule", "from_port", "to_port", "protocol", "description", "self"]
    ingress_with_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "cidr_blocks"]
    ingress_with_ipv6_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "ipv6_cidr_blocks"]
    ingress_with_source_security_group_id = ["rule", "from_port", "to_port", "protocol", "description", "source_security_group_id"]
    egress_with_self = ["rule", "from_port", "to_port", "protocol", "description", "self"]
    egress_with_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "cidr_blocks"]
    egress_with_ipv6_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "ipv6_cidr_blocks"]
    egress_with_source_security_group_id = ["rule", "from_port", "to_port", "protocol", "description", "source_security_group_id"]
    computed_ingress_with_self = ["rule", "from_port", "to_port", "protocol", "description", "self"]
    computed_ingress_with_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "cidr_blocks"]
    computed_ingress_with_ipv6_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "ipv6_cidr_blocks"]
    computed_ingress_with_source_security_group_id = ["rule", "from_port", "to_port", "protocol", "description", "source_security_group_id"]
    computed_egress_with_self = ["rule", "from_port", "to_port", "protocol", "description", "self"]
    computed_egress_with_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "cidr_blocks"]
    computed_egress_with_ipv6_cidr_blocks = ["rule", "from_port", "to_port", "protocol", "description", "ipv6_cidr_blocks"]
    computed_egress_with_source_security_group_id = ["rule", "from_port", "to_port", "protocol", "description", "source_security_group_id"]
  }

  group_id = var.create_sg ? try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id) : var.security_group_id
}

resource "aws_security_group" "this" {
  count  = var.create && var.create_sg && !var.use_name_prefix ? 1 : 0
  vpc_id = var.vpc_id
}

resource "aws_security_group" "this_name_prefix" {
  count  = var.create && var.create_sg && var.use_name_prefix ? 1 : 0
  vpc_id = var.vpc_id
}

output "security_group_id" {
  value = local.group_id
}

output "security_group_arn" {
  value = try(aws_security_group.this[0].arn, aws_security_group.this_name_prefix[0].arn, null)
}

output "security_group_vpc_id" {
  value = try(aws_security_group.this[0].vpc_id, aws_security_group.this_name_prefix[0].vpc_id, null)
}
