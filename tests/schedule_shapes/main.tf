# A pipeline, and what starts it with parameters of its own, or calls the API without one.

resource "aws_vpc" "vpc" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.vpc.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "elsewhere" {
  vpc_id     = aws_vpc.vpc.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_sagemaker_pipeline" "pipe" {
  pipeline_name         = "Nightly"
  pipeline_display_name = "nightly"
  role_arn              = "arn:aws:iam::123456789012:role/pipelines"

  pipeline_definition = jsonencode({
    Version = "2020-12-01"
    Parameters = [
      { Name = "Subnet", Type = "String", DefaultValue = "subnet-0aaa1111bbbb2222c" },
      { Name = "Isolate", Type = "Boolean", DefaultValue = true },
      { Name = "Data", Type = "String", DefaultValue = "s3://data" },
    ]
    Steps = [
      {
        Name = "Train"
        Type = "Training"
        Arguments = {
          InputDataConfig        = [{ Get = "Parameters.Data" }]
          EnableNetworkIsolation = { Get = "Parameters.Isolate" }
          VpcConfig = {
            Subnets          = [{ Get = "Parameters.Subnet" }]
            SecurityGroupIds = ["sg-0aaa1111bbbb2222c"]
          }
        }
      },
    ]
  })
}

resource "aws_scheduler_schedule" "by_reference" {
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sagemaker_pipeline.pipe.arn # known after the apply
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Subnet"
        value = aws_subnet.elsewhere.id # likewise
      }
    }
  }
}

resource "aws_scheduler_schedule" "by_name" {
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/nightly"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Isolate"
        value = "false"
      }
      pipeline_parameter {
        name  = "Data"
        value = "s3://other"
      }
    }
  }
}

resource "aws_scheduler_schedule" "as_it_is" {
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sagemaker_pipeline.pipe.arn
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Data"
        value = "s3://other"
      }
    }
  }
}

resource "aws_scheduler_schedule" "by_call" {
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    input = jsonencode({
      PipelineName       = "nightly"
      PipelineParameters = [{ Name = "Isolate", Value = aws_vpc.vpc.owner_id }]
    })
  }
}

resource "aws_scheduler_schedule" "direct" {
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    input = jsonencode({
      TrainingJobName        = "job-<aws.scheduler.execution-id>"
      EnableNetworkIsolation = true
    })
  }
}

resource "aws_cloudwatch_event_target" "of_rule" {
  rule     = "changes"
  arn      = aws_sagemaker_pipeline.pipe.arn
  role_arn = "arn:aws:iam::123456789012:role/rules"

  sagemaker_pipeline_target {
    pipeline_parameter_list {
      name  = "Subnet"
      value = "$.detail.subnet"
    }
  }
}

resource "aws_pipes_pipe" "stream" {
  source   = "arn:aws:sqs:eu-west-1:123456789012:queue"
  role_arn = "arn:aws:iam::123456789012:role/pipes"
  target   = aws_sagemaker_pipeline.pipe.arn

  target_parameters {
    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Isolate"
        value = "false"
      }
    }
  }
}
