terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {
    ec2         = "http://127.0.0.1:5555"
    autoscaling = "http://127.0.0.1:5555"
    sts         = "http://127.0.0.1:5555"
    ssm         = "http://127.0.0.1:5555"
    iam         = "http://127.0.0.1:5555"
  }
}

variable "web_ami" {
  type    = string
  default = "ami-12c6146b"
}

variable "arm_ami" {
  type    = string
  default = "ami-785db401"
}

variable "license" {
  type      = string
  sensitive = true
  default   = "hunter2-license-key"
}

variable "secret_ami" {
  type      = string
  sensitive = true
  default   = "ami-760aaa0f"
}

data "aws_ssm_parameter" "al2023" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

module "web" {
  source = "./modules/web"
  ami    = var.web_ami
}

# pinned by the template's number
resource "aws_launch_template" "api" {
  name                   = "api"
  image_id               = var.web_ami
  instance_type          = "t3.micro"
  update_default_version = true
  user_data              = base64encode("#!/bin/sh\necho ${var.license}\n")
}

resource "aws_autoscaling_group" "api" {
  name               = "api"
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  launch_template {
    id      = aws_launch_template.api.id
    version = aws_launch_template.api.latest_version
  }
}

# whatever is newest
resource "aws_autoscaling_group" "newest" {
  name               = "newest"
  availability_zones = ["eu-west-1a"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  launch_template {
    name    = aws_launch_template.api.name
    version = "$Latest"
  }
}

# by a launch configuration
resource "aws_launch_configuration" "legacy" {
  name          = "legacy"
  image_id      = var.web_ami
  instance_type = "t3.micro"
}

resource "aws_autoscaling_group" "legacy" {
  name                 = "legacy"
  availability_zones   = ["eu-west-1a"]
  min_size             = 0
  max_size             = 4
  desired_capacity     = 0
  launch_configuration = aws_launch_configuration.legacy.name
}

# two architectures in one group
resource "aws_launch_template" "arm" {
  name                   = "batch-arm"
  image_id               = var.arm_ami
  instance_type          = "m6g.large"
  update_default_version = true
}

resource "aws_autoscaling_group" "batch" {
  name               = "batch"
  availability_zones = ["eu-west-1a"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.api.id
        version            = aws_launch_template.api.latest_version
      }
      override {
        instance_type = "m6g.large"
        launch_template_specification {
          launch_template_id = aws_launch_template.arm.id
          version            = aws_launch_template.arm.latest_version
        }
      }
      override {
        instance_type = "m5.large"
      }
    }
  }
}

# an image that AWS looks up at each launch
resource "aws_launch_template" "floating" {
  name          = "floating"
  image_id      = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type = "t3.micro"
}

resource "aws_autoscaling_group" "floating" {
  name               = "floating"
  availability_zones = ["eu-west-1a"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  launch_template {
    id      = aws_launch_template.floating.id
    version = aws_launch_template.floating.latest_version
  }
}

# an image that a variable hides
resource "aws_launch_template" "hidden" {
  name          = "hidden"
  image_id      = var.secret_ami
  instance_type = "t3.micro"
}

resource "aws_autoscaling_group" "hidden" {
  name               = "hidden"
  availability_zones = ["eu-west-1a"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  launch_template {
    id      = aws_launch_template.hidden.id
    version = aws_launch_template.hidden.latest_version
  }
}

# made by other hands
resource "aws_autoscaling_group" "foreign" {
  name               = "foreign"
  availability_zones = ["eu-west-1a"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  launch_template {
    name    = "made-by-hand"
    version = "3"
  }
}
