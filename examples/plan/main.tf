# `main.tf.before` is what is deployed; this file adds a second zone and a few notebooks. The plan beside it,
# made with the real terraform and the real provider (`make plans`), says what that would do.

locals {
  cidr  = "10.80.0.0/21"
  zones = ["eu-central-1a", "eu-central-1b"]
}

resource "aws_vpc" "platform" {
  cidr_block           = local.cidr
  enable_dns_hostnames = true
}

resource "aws_subnet" "studio" {
  for_each = { for index, zone in local.zones : zone => cidrsubnet(local.cidr, 3, index) }

  vpc_id            = aws_vpc.platform.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_subnet" "notebooks" {
  vpc_id            = aws_vpc.platform.id
  availability_zone = local.zones[0]
  cidr_block        = cidrsubnet(local.cidr, 7, 127) # a /28
}

resource "aws_security_group" "studio" {
  vpc_id = aws_vpc.platform.id
}

resource "aws_vpc_security_group_ingress_rule" "studio" {
  security_group_id = aws_security_group.studio.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

# The subnet that the network team's tool hands out: known after apply.
resource "terraform_data" "ticket" {
  input = "NET-4711"
}

resource "aws_iam_role" "execution" {
  name = "ml-platform-execution"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
    }]
  })
}

resource "aws_sagemaker_domain" "studio" {
  domain_name = "ml-platform"
  auth_mode   = "IAM"
  vpc_id      = aws_vpc.platform.id
  subnet_ids  = values(aws_subnet.studio)[*].id

  default_user_settings {
    execution_role  = aws_iam_role.execution.arn
    security_groups = [aws_security_group.studio.id]
  }
}

resource "aws_sagemaker_notebook_instance" "research" {
  count = 2

  name                   = "research-${count.index}"
  role_arn               = aws_iam_role.execution.arn
  instance_type          = "ml.t3.medium"
  subnet_id              = count.index == 0 ? aws_subnet.notebooks.id : null
  security_groups        = count.index == 0 ? [aws_security_group.studio.id] : null
  direct_internet_access = count.index == 0 ? "Disabled" : "Enabled"
}

resource "aws_sagemaker_notebook_instance" "labeling" {
  name                   = "labeling"
  role_arn               = aws_iam_role.execution.arn
  instance_type          = "ml.t3.medium"
  subnet_id              = terraform_data.ticket.output
  security_groups        = [aws_security_group.studio.id]
  direct_internet_access = "Disabled"
}

resource "aws_sagemaker_model" "churn" {
  name               = "churn"
  execution_role_arn = aws_iam_role.execution.arn

  primary_container {
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4"
  }

  vpc_config {
    subnets            = values(aws_subnet.studio)[*].id
    security_group_ids = [aws_security_group.studio.id]
  }
}
