variable "name" {}
variable "subnet" {}
variable "groups" {}
variable "access" {}
variable "enabled" { default = true }

resource "aws_sagemaker_notebook_instance" "this" {
  count = var.enabled ? 1 : 0

  name                   = var.name
  role_arn               = "arn:aws:iam::123456789012:role/notebook"
  instance_type          = "ml.t3.medium"
  subnet_id              = var.subnet
  security_groups        = var.groups
  direct_internet_access = var.access
}
