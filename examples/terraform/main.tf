# A machine-learning platform: a network from a local module, a Studio domain, a notebook per team, two models
# and their monitoring. `terraform apply` takes it as it is. What is wrong with its network is what
# `sagemaker-netlint check` is for.

locals {
  name   = "ml-platform"
  common = { Team = "ml-platform" }
}

module "network" {
  source = "./modules/network"

  name   = local.name
  cidr   = var.cidr
  zones  = var.zones
  region = var.region

  # sagemaker.runtime is missing
  interface_endpoints = ["sagemaker.api", "sts", "logs"]
}

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_sagemaker_domain" "studio" {
  domain_name             = local.name
  auth_mode               = "IAM"
  app_network_access_type = var.vpc_only ? "VpcOnly" : "PublicInternetOnly"
  vpc_id                  = module.network.vpc_id
  subnet_ids              = module.network.private_subnet_ids

  default_user_settings {
    execution_role = aws_iam_role.execution.arn
    # The users' apps get no security group of their own here: in VPC-only mode they need one.
  }

  tags = local.common
}

module "notebook" {
  source   = "./modules/notebook"
  for_each = var.notebooks

  name              = each.key
  instance_type     = each.value.instance_type
  internet          = each.value.internet
  role_arn          = aws_iam_role.execution.arn
  subnet_id         = module.network.private_subnet_ids[0]
  security_group_id = aws_security_group.notebooks.id
}

resource "aws_sagemaker_notebook_instance" "labeling" {
  name                   = "labeling"
  role_arn               = aws_iam_role.execution.arn
  instance_type          = "ml.t3.medium"
  subnet_id              = var.labeling_subnet_id
  security_groups        = [aws_security_group.notebooks.id]
  direct_internet_access = "Disabled"
}

resource "aws_security_group" "notebooks" {
  name   = "${local.name}-notebooks"
  vpc_id = module.network.vpc_id

  dynamic "ingress" {
    for_each = toset(["10.0.0.0/8", "0.0.0.0/0"])
    content {
      protocol    = "tcp"
      from_port   = 443
      to_port     = 443
      cidr_blocks = [ingress.value]
    }
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
