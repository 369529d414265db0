# Documents that the reader renders itself: tests/test_terraform_policy_documents.py compares them with the plan,
# in which the real provider has rendered them. The policies of endpoints carry them.

locals {
  buckets = ["arn:aws:s3:::models", "arn:aws:s3:::data"]
}

data "aws_iam_policy_document" "plain" {
  statement {
    sid       = "ReadModels"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = local.buckets

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "conditions" {
  policy_id = "guard"

  statement {
    effect        = "Deny"
    not_actions   = ["s3:GetObject"]
    not_resources = ["arn:aws:s3:::public/*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:SourceVpce"
      values   = ["vpce-0123456789abcdef0"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalAccount"
      values   = ["111122223333", "444455556666"]
    }
  }
}

data "aws_iam_policy_document" "dynamic" {
  dynamic "statement" {
    for_each = local.buckets

    content {
      actions   = ["s3:PutObject"]
      resources = ["${statement.value}/*"]
    }
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents = [data.aws_iam_policy_document.plain.json, data.aws_iam_policy_document.dynamic.json]

  statement {
    sid       = "ReadModels"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }

  override_policy_documents = [
    jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Extra", Effect = "Deny", Action = "s3:*", Resource = "*" }] }),
  ]
}

data "aws_iam_policy_document" "repeated" {
  statement {
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::home/&{aws:username}/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = ["vpce-0a", "vpce-0b"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = ["vpce-0c"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["&{aws:RequestTag/team}"]
    }
  }
}

data "aws_iam_policy_document" "each" {
  for_each = toset(["models", "data"])

  statement {
    sid       = each.key
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${each.value}/*"]
  }
}

data "aws_iam_policy_document" "counted" {
  count = 2

  statement {
    not_actions = ["s3:Get*"]
    resources   = ["arn:aws:s3:::bucket-${count.index}/*"]
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_endpoint" "this" {
  for_each = {
    plain      = data.aws_iam_policy_document.plain.json
    conditions = data.aws_iam_policy_document.conditions.json
    dynamic    = data.aws_iam_policy_document.dynamic.json
    merged     = data.aws_iam_policy_document.merged.minified_json
    repeated   = data.aws_iam_policy_document.repeated.json
    each       = data.aws_iam_policy_document.each["data"].json
    counted    = data.aws_iam_policy_document.counted[1].json
  }

  vpc_id       = aws_vpc.this.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = each.value
}

resource "aws_vpc_endpoint" "unknown" {
  vpc_id       = aws_vpc.this.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = data.aws_iam_policy_document.unknown.json
}

resource "terraform_data" "bucket" {
  input = "models"
}

data "aws_iam_policy_document" "unknown" {
  statement {
    actions   = ["s3:*"]
    resources = [terraform_data.bucket.output]
  }
}
