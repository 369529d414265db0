# How resources are wired in practice: two levels of modules, objects of ids, optional resources, rules of all kinds.
# tests/test_terraform_against_plan.py holds our reading of it against the plan.

variable "settings" {
  default = {
    name     = "ml"
    nat      = false
    peer     = null
    networks = { a = 0, b = 1 }
    admins   = ["192.168.10.0/24", "192.168.20.0/24"]
  }
}

module "platform" {
  source = "./modules/platform"

  settings = var.settings
  cidr     = "10.${var.settings.nat ? 10 : 20}.0.0/16"
}

locals {
  network = module.platform.network
  studio  = { for name, subnet in local.network.subnets : name => subnet.id if name != "c" }
  script  = <<-SCRIPT
    #!/bin/bash
    echo "${var.settings.name}"
  SCRIPT
}

resource "aws_sagemaker_domain" "this" {
  domain_name             = "${var.settings.name}-studio"
  auth_mode               = "IAM"
  app_network_access_type = var.settings.nat == false && length(local.studio) >= 2 ? "VpcOnly" : "PublicInternetOnly"
  vpc_id                  = local.network.vpc
  subnet_ids              = values(local.studio)

  default_user_settings {
    execution_role  = "arn:aws:iam::123456789012:role/studio"
    security_groups = [module.platform.groups["apps"].id, one(aws_security_group.extra[*].id)]
  }

  domain_settings {
    security_group_ids = try([aws_security_group.missing[0].id], [module.platform.groups["endpoints"].id])
  }
}

resource "aws_security_group" "extra" {
  count  = var.settings.peer == null ? 1 : 0
  name   = "extra"
  vpc_id = local.network.vpc
}

resource "aws_security_group" "missing" {
  count  = var.settings.peer != null ? 1 : 0
  name   = "missing"
  vpc_id = local.network.vpc
}

resource "aws_security_group_rule" "admins" {
  for_each = { for index, range in var.settings.admins : "admin-${index}" => range }

  type              = "ingress"
  security_group_id = aws_security_group.extra[0].id
  protocol          = "TCP"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = [each.value]
}

resource "aws_security_group_rule" "self" {
  type              = "egress"
  security_group_id = module.platform.groups["apps"].id
  protocol          = -1
  from_port         = 0
  to_port           = 0
  self              = true
}

resource "aws_vpc_security_group_ingress_rule" "nfs" {
  security_group_id            = module.platform.groups["apps"].id
  referenced_security_group_id = module.platform.groups["apps"].id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_vpc_security_group_egress_rule" "all" {
  for_each = module.platform.groups

  security_group_id = each.value.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "this" {
  name     = "routes"
  on_start = base64encode(local.script)
}

resource "aws_sagemaker_notebook_instance" "this" {
  for_each = local.studio

  name                   = "notebook-${each.key}"
  role_arn               = "arn:aws:iam::123456789012:role/notebook"
  instance_type          = "ml.t3.medium"
  subnet_id              = each.value
  security_groups        = [for name, group in module.platform.groups : group.id if startswith(name, "app")]
  direct_internet_access = contains(keys(local.studio), "z") ? "Enabled" : "Disabled"
  lifecycle_config_name  = aws_sagemaker_notebook_instance_lifecycle_configuration.this.name
}

resource "aws_sagemaker_data_quality_job_definition" "this" {
  name     = "quality"
  role_arn = "arn:aws:iam::123456789012:role/quality"

  data_quality_app_specification {
    image_uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/monitor"
  }

  data_quality_job_input {
    endpoint_input {
      endpoint_name = "churn"
    }
  }

  data_quality_job_output_config {
    monitoring_outputs {
      s3_output {
        s3_uri = "s3://monitoring/churn"
      }
    }
  }

  job_resources {
    cluster_config {
      instance_count    = max(length(local.studio), 1)
      instance_type     = "ml.m5.large"
      volume_size_in_gb = 20
    }
  }

  network_config {
    enable_network_isolation                  = tobool("true")
    enable_inter_container_traffic_encryption = !var.settings.nat

    vpc_config {
      subnets            = [for subnet in local.network.subnets : subnet.id]
      security_group_ids = distinct([module.platform.groups["apps"].id, module.platform.groups["apps"].id])
    }
  }
}
