variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "cidr" {
  type    = string
  default = "10.64.0.0/16"
}

variable "nat" {
  type    = bool
  default = true
}

variable "domains" {
  type    = number
  default = 1 # 2 by domains.auto.tfvars
}

variable "trusted" {
  type    = list(string)
  default = []
}

variable "instance_type" {
  type     = string
  default  = null
  nullable = true
}

variable "defaults" {
  type = map(string)
  default = {
    size   = "ml.t3.medium"
    direct = "Enabled"
  }
}

variable "teams" {
  type = map(object({
    notebooks = optional(number, 1)
    access    = optional(string, "Disabled")
  }))
  default = {
    vision = { notebooks = 2 }
    nlp    = { access = "Enabled" }
    legacy = {}
  }
}
