locals {
  models = {
    churn    = { image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4", in_vpc = true }
    forecast = { image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/forecast:0.9", in_vpc = false }
  }
}

resource "aws_sagemaker_model" "this" {
  for_each = local.models

  name               = each.key
  execution_role_arn = aws_iam_role.execution.arn

  primary_container {
    image = each.value.image
  }

  dynamic "vpc_config" {
    for_each = each.value.in_vpc ? [1] : []
    content {
      subnets            = module.network.private_subnet_ids
      security_group_ids = [aws_security_group.notebooks.id]
    }
  }
}

resource "aws_sagemaker_data_quality_job_definition" "churn" {
  name     = "churn-data-quality"
  role_arn = aws_iam_role.execution.arn

  data_quality_app_specification {
    image_uri = local.models.churn.image
  }

  data_quality_job_input {
    endpoint_input {
      endpoint_name = "churn"
    }
  }

  data_quality_job_output_config {
    monitoring_outputs {
      s3_output {
        s3_uri = "s3://churn-monitoring/data-quality"
      }
    }
  }

  job_resources {
    cluster_config {
      instance_count    = 2
      instance_type     = "ml.m5.large"
      volume_size_in_gb = 20
    }
  }

  network_config {
    # Two instances, and what they say to each other is readable. Whether they talk in isolation, AWS doesn't say.
    enable_network_isolation = true

    vpc_config {
      subnets            = slice(module.network.private_subnet_ids, 0, 2)
      security_group_ids = [aws_security_group.notebooks.id]
    }
  }
}
