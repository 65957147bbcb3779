# EventBridge rules that tell of changes of EC2 instances and Auto Scaling groups, and the SQS queue that they feed: once in each account and region.
# CloudTrail must log management events there, else calls are not told.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  description = "Name of the queue, and the beginning of the rules' names."
  type        = string
  default     = "snowmelt-events"
}

locals {
  patterns = {
    state = {
      source      = ["aws.ec2"]
      detail-type = ["EC2 Instance State-change Notification"]
    }
    groups = {
      source = ["aws.autoscaling"]
      detail-type = [
        { prefix = "EC2 Instance Launch " },
        { prefix = "EC2 Instance Terminate " },
        { prefix = "EC2 Instance Detach " },
        { prefix = "EC2 Instance-launch " },
        { prefix = "EC2 Instance-terminate " },
        { prefix = "EC2 Auto Scaling Instance Refresh " },
      ]
    }
    calls = {
      source      = ["aws.ec2", "aws.autoscaling", "aws.ssm", "aws.ec2-instance-connect"]
      detail-type = ["AWS API Call via CloudTrail"]
      detail = {
        eventSource = [
          "ec2.amazonaws.com",
          "autoscaling.amazonaws.com",
          "ssm.amazonaws.com",
          "ec2-instance-connect.amazonaws.com",
        ]
        eventName = [
          # What an instance runs, and what it is.
          "RunInstances", "ModifyInstanceAttribute", "CreateReplaceRootVolumeTask", "AttachVolume", "DetachVolume",
          "CreateTags", "DeleteTags",
          # What a group would launch.
          "CreateLaunchTemplateVersion", "ModifyLaunchTemplate", "DeleteLaunchTemplate", "DeleteLaunchTemplateVersions",
          "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "DeleteAutoScalingGroup", "CreateOrUpdateTags",
          # Which instances a group has, and what it does with them.
          "AttachInstances", "DetachInstances", "EnterStandby", "ExitStandby", "SetInstanceHealth", "SetDesiredCapacity",
          "SuspendProcesses", "ResumeProcesses", "StartInstanceRefresh", "CancelInstanceRefresh", "RollbackInstanceRefresh",
          # Somebody gets inside.
          "StartSession", "ResumeSession", "SendCommand", "StartAutomationExecution", "SendSSHPublicKey",
          "SendSerialConsoleSSHPublicKey",
        ]
      }
    }
  }
}

# What no collector could use ends here: malformed messages, events of another account or region.
resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "events" {
  name = var.name
  # The collector asks for as much itself, and again for as long as it needs a message.
  visibility_timeout_seconds = 60
  # A collector that was away begins with a list, which shows everything but who was inside an instance meanwhile.
  message_retention_seconds = 345600
  sqs_managed_sse_enabled   = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    # What the collector understands is received again only when it was ended with the message in hand; what it cannot use, once a minute.
    maxReceiveCount = 100
  })
}

resource "aws_sqs_queue_policy" "events" {
  queue_url = aws_sqs_queue.events.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EventBridge"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.events.arn
      Condition = { ArnEquals = { "aws:SourceArn" = [for rule in aws_cloudwatch_event_rule.events : rule.arn] } }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "events" {
  for_each      = local.patterns
  name          = "${var.name}-${each.key}"
  description   = "Tells Snowmelt of changes"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each = aws_cloudwatch_event_rule.events
  rule     = each.value.name
  arn      = aws_sqs_queue.events.arn
}

output "queue_url" {
  description = "For the collector: aws.queueUrl"
  value       = aws_sqs_queue.events.url
}

output "queue_arn" {
  description = "For the collector's policy"
  value       = aws_sqs_queue.events.arn
}
