# What takes addresses in subnets, as template.template declares it too (tests/test_capacity_readers.py).

resource "aws_vpc" "vpc" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_ipv4_cidr_block_association" "more_space" {
  vpc_id     = aws_vpc.vpc.id
  cidr_block = "100.64.0.0/16"
}

resource "aws_subnet" "subnet_a" {
  vpc_id            = aws_vpc.vpc.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_subnet" "subnet_b" {
  vpc_id            = aws_vpc_ipv4_cidr_block_association.more_space.vpc_id
  cidr_block        = "100.64.0.0/24"
  availability_zone = "eu-west-1b"
}

resource "aws_subnet" "subnet_six" {
  vpc_id          = aws_vpc.vpc.id
  ipv6_cidr_block = "2a05:d018:10::/64"
  ipv6_native     = true

  assign_ipv6_address_on_creation                = true
  enable_resource_name_dns_aaaa_record_on_launch = true
}

resource "aws_security_group" "group" {
  vpc_id = aws_vpc.vpc.id
}

resource "aws_nat_gateway" "nat_plain" {
  subnet_id         = aws_subnet.subnet_a.id
  connectivity_type = "private"
}

resource "aws_nat_gateway" "nat_count" {
  subnet_id                          = aws_subnet.subnet_a.id
  connectivity_type                  = "private"
  secondary_private_ip_address_count = 7
}

resource "aws_nat_gateway" "nat_addresses" {
  subnet_id                      = aws_subnet.subnet_a.id
  connectivity_type              = "private"
  secondary_private_ip_addresses = ["10.0.0.20", "10.0.0.21"]
}

resource "aws_nat_gateway" "nat_allocations" {
  subnet_id                = aws_subnet.subnet_a.id
  allocation_id            = "eipalloc-0123456789abcdef0"
  secondary_allocation_ids = ["eipalloc-0123456789abcdef1"]
}

resource "aws_lb" "balancer" {
  load_balancer_type = "network"
  subnets            = [aws_subnet.subnet_a.id, aws_subnet.subnet_b.id]
}

resource "aws_lb" "mapped_balancer" {
  security_groups = [aws_security_group.group.id]

  subnet_mapping {
    subnet_id = aws_subnet.subnet_a.id
  }

  subnet_mapping {
    subnet_id = aws_subnet.subnet_b.id
  }
}

resource "aws_elb" "classic_balancer" {
  subnets         = [aws_subnet.subnet_a.id]
  security_groups = [aws_security_group.group.id]

  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}

resource "aws_lambda_function" "function" {
  function_name = "inside"
  role          = "arn:aws:iam::123456789012:role/function"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/function:1"

  vpc_config {
    subnet_ids         = [aws_subnet.subnet_a.id]
    security_group_ids = [aws_security_group.group.id]
  }
}

resource "aws_lambda_function" "outside" {
  function_name = "outside"
  role          = "arn:aws:iam::123456789012:role/function"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/function:1"
}

resource "aws_lambda_function" "outside_too" {
  function_name = "outside-too"
  role          = "arn:aws:iam::123456789012:role/function"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/function:1"

  vpc_config {
    subnet_ids         = []
    security_group_ids = []
  }
}

resource "aws_db_subnet_group" "subnet_group" {
  name       = "databases"
  subnet_ids = [aws_subnet.subnet_a.id, aws_subnet.subnet_b.id]
}

resource "aws_db_instance" "database" {
  instance_class         = "db.t4g.small"
  allocated_storage      = 20
  engine                 = "postgres"
  username               = "netlint"
  db_subnet_group_name   = aws_db_subnet_group.subnet_group.name
  vpc_security_group_ids = [aws_security_group.group.id]
  multi_az               = true

  manage_master_user_password = true
}

resource "aws_db_instance" "named_database" {
  instance_class       = "db.t4g.small"
  allocated_storage    = 20
  engine               = "postgres"
  username             = "netlint"
  db_subnet_group_name = "databases"
  multi_az             = false

  manage_master_user_password = true
}

resource "aws_db_instance" "database_of_default_vpc" {
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  engine            = "postgres"
  username          = "netlint"

  manage_master_user_password = true
}

resource "aws_neptune_subnet_group" "graph_group" {
  subnet_ids = [aws_subnet.subnet_b.id]
}

resource "aws_neptune_cluster_instance" "graph" {
  cluster_identifier        = "graph"
  instance_class            = "db.r6g.large"
  neptune_subnet_group_name = aws_neptune_subnet_group.graph_group.name
}

resource "aws_fsx_lustre_file_system" "file_system" {
  storage_capacity   = 4800
  subnet_ids         = [aws_subnet.subnet_a.id]
  security_group_ids = [aws_security_group.group.id]
}

resource "aws_efs_mount_target" "mount_target" {
  file_system_id  = "fs-0123456789abcdef0"
  subnet_id       = aws_subnet.subnet_b.id
  security_groups = [aws_security_group.group.id]
}

resource "aws_instance" "machine" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.subnet_a.id
  vpc_security_group_ids = [aws_security_group.group.id]
}

resource "aws_instance" "machine_of_default_vpc" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}

resource "aws_network_interface" "interface" {
  subnet_id         = aws_subnet.subnet_a.id
  private_ips_count = 4
}

resource "aws_network_interface" "interface_of_addresses" {
  subnet_id   = aws_subnet.subnet_a.id
  private_ips = ["10.0.0.30", "10.0.0.31", "10.0.0.32"]
}

resource "aws_sagemaker_domain" "domain" {
  domain_name             = "studio"
  auth_mode               = "IAM"
  app_network_access_type = "VpcOnly"
  vpc_id                  = aws_vpc.vpc.id
  subnet_ids              = [aws_subnet.subnet_a.id, aws_subnet.subnet_b.id]

  default_user_settings {
    execution_role = "arn:aws:iam::123456789012:role/studio"
  }
}

resource "aws_sagemaker_data_quality_job_definition" "monitor" {
  role_arn = "arn:aws:iam::123456789012:role/monitor"

  data_quality_app_specification {
    image_uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/monitor:1"
  }

  data_quality_job_input {
    endpoint_input {
      endpoint_name = "churn"
    }
  }

  data_quality_job_output_config {
    monitoring_outputs {
      s3_output {
        s3_uri = "s3://monitor/output"
      }
    }
  }

  job_resources {
    cluster_config {
      instance_count    = 3
      instance_type     = "ml.m5.xlarge"
      volume_size_in_gb = 20
    }
  }

  network_config {
    vpc_config {
      subnets            = [aws_subnet.subnet_a.id]
      security_group_ids = [aws_security_group.group.id]
    }
  }
}

resource "aws_sagemaker_model" "model" {
  name               = "churn"
  execution_role_arn = "arn:aws:iam::123456789012:role/model"

  primary_container {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/model:1"
  }
}

resource "aws_sagemaker_endpoint_configuration" "endpoint_config" {
  name = "churn" # the model has this name too

  production_variants {
    model_name             = "churn"
    instance_type          = "ml.c5.large"
    initial_instance_count = 2

    managed_instance_scaling {
      status             = "ENABLED"
      max_instance_count = 6
    }
  }

  shadow_production_variants {
    model_name = aws_sagemaker_model.model.name

    serverless_config {
      max_concurrency   = 5
      memory_size_in_mb = 2048
    }
  }
}

resource "aws_sagemaker_endpoint" "endpoint" {
  endpoint_config_name = aws_sagemaker_endpoint_configuration.endpoint_config.name
}

resource "aws_sagemaker_endpoint" "rolling_endpoint" {
  endpoint_config_name = "churn"

  deployment_config {
    rolling_update_policy {
      wait_interval_in_seconds = 60

      maximum_batch_size {
        type  = "CAPACITY_PERCENT"
        value = 25
      }
    }
  }
}
