variable "name" {}
variable "vpc" {}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc
}

output "group" {
  value = aws_security_group.this
}
