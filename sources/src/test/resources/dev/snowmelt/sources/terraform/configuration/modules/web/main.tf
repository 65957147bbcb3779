variable "ami" { type = string }

resource "aws_launch_template" "this" {
  count                  = 2
  name_prefix            = "web-${count.index}-"
  image_id               = var.ami
  instance_type          = "t3.micro"
  update_default_version = true
}

resource "aws_autoscaling_group" "this" {
  count              = 2
  name               = "web/${count.index}"
  availability_zones = ["eu-west-1a"]
  min_size           = 0
  max_size           = 4
  desired_capacity   = 0
  launch_template {
    id      = aws_launch_template.this[count.index].id
    version = aws_launch_template.this[count.index].latest_version
  }
}
