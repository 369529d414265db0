variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "cidr" {
  type    = string
  default = "10.60.0.0/20"
}

variable "zones" {
  type    = list(string)
  default = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

variable "vpc_only" {
  description = "Keep Studio off the internet"
  type        = bool
  default     = true
}

variable "notebooks" {
  description = "Notebook instances by team"
  type = map(object({
    instance_type = string
    internet      = optional(bool, false)
  }))
}

variable "labeling_subnet_id" {
  description = "The subnet of the labeling team, from their own state"
  type        = string
}
