variable "name" {
  type = string
}

variable "instance_type" {
  type = string
}

variable "internet" {
  type = bool
}

variable "role_arn" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "security_group_id" {
  type = string
}

resource "aws_sagemaker_notebook_instance" "this" {
  name                   = var.name
  role_arn               = var.role_arn
  instance_type          = var.instance_type
  subnet_id              = var.subnet_id
  security_groups        = [var.security_group_id]
  direct_internet_access = var.internet ? "Enabled" : "Disabled"
}
