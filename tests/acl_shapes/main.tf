# Network ACLs, default parts and a workforce, as template.template declares them too (tests/test_acl_readers.py).

resource "aws_vpc" "vpc" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "subnet_a" {
  vpc_id     = aws_vpc.vpc.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "subnet_b" {
  vpc_id     = aws_vpc.vpc.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "group" {
  vpc_id = aws_vpc.vpc.id
}

resource "aws_network_acl" "acl" {
  vpc_id = aws_vpc.vpc.id
}

resource "aws_network_acl_association" "association" {
  network_acl_id = aws_network_acl.acl.id
  subnet_id      = aws_subnet.subnet_a.id
}

resource "aws_network_acl_rule" "inbound" {
  network_acl_id = aws_network_acl.acl.id
  rule_number    = 100
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/16"
  from_port      = 443
  to_port        = 443
}

resource "aws_network_acl_rule" "outbound" {
  network_acl_id = aws_network_acl.acl.id
  egress         = true
  rule_number    = 110
  protocol       = "-1"
  rule_action    = "deny"
  cidr_block     = "0.0.0.0/0"
}

resource "aws_network_acl_rule" "other_version" {
  network_acl_id  = aws_network_acl.acl.id
  egress          = true
  rule_number     = 120
  protocol        = "17"
  rule_action     = "allow"
  ipv6_cidr_block = "::/0"
  from_port       = 53
  to_port         = 53
}

# what a template can't write: entries and subnets inside of the ACL, and what a VPC has from the start
resource "aws_network_acl" "inline" {
  vpc_id     = aws_vpc.vpc.id
  subnet_ids = [aws_subnet.subnet_b.id]

  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.0.0.0/16"
    from_port  = 443
    to_port    = 443
  }

  egress {
    rule_no    = 110
    protocol   = "-1"
    action     = "deny"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_default_network_acl" "default" {
  default_network_acl_id = aws_vpc.vpc.default_network_acl_id

  ingress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_default_vpc" "default" {
}

resource "aws_default_subnet" "default" {
  availability_zone = "eu-west-1a"
}

resource "aws_sagemaker_workforce" "workforce" {
  workforce_name = "labelers"

  cognito_config {
    client_id = "0a1b2c3d4e5f6g7h8i9j0k1l2m"
    user_pool = "eu-west-1_0a1b2c3d4"
  }

  workforce_vpc_config {
    vpc_id             = aws_vpc.vpc.id
    subnets            = [aws_subnet.subnet_a.id, aws_subnet.subnet_b.id]
    security_group_ids = [aws_security_group.group.id]
  }
}
