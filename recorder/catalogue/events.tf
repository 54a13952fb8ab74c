resource "aws_cloudwatch_event_rule" "base" {
  name                = "recorded-rule"
  schedule_expression = var.updated ? "rate(2 hours)" : "rate(1 hour)"
}

resource "aws_cloudwatch_event_rule" "tags" {
  name                = "recorded-rule-tags"
  schedule_expression = "rate(1 hour)"
  tags                = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_cloudwatch_event_target" "base" {
  rule      = aws_cloudwatch_event_rule.base.name
  target_id = "recorded-target"
  arn       = aws_lambda_function.prerequisite.arn
  input     = var.updated ? "{\"a\":2}" : "{\"a\":1}"
}

resource "aws_cloudwatch_event_bus" "base" {
  name = "recorded-bus"
  tags = var.updated ? { team = "b" } : null
}

resource "aws_cloudwatch_event_archive" "base" {
  name             = "recorded-archive"
  event_source_arn = aws_cloudwatch_event_bus.base.arn
  retention_days   = var.updated ? 2 : 1
}

resource "aws_cloudwatch_metric_alarm" "base" {
  alarm_name          = "recorded-alarm"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "recorded"
  period              = 60
  statistic           = "Sum"
  threshold           = var.updated ? 2 : 1
}

resource "aws_cloudwatch_metric_alarm" "tags" {
  alarm_name          = "recorded-alarm-tags"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "recorded"
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  tags                = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_cloudwatch_dashboard" "base" {
  dashboard_name = "recorded-dashboard"
  dashboard_body = jsonencode({ widgets = [{ type = "text", x = 0, y = 0, width = 3, height = 3, properties = { markdown = var.updated ? "b" : "a" } }] })
}

resource "aws_kinesis_stream" "base" {
  name             = "recorded-stream"
  shard_count      = 1
  retention_period = var.updated ? 48 : 24
}

resource "aws_kinesis_stream" "tags" {
  name        = "recorded-stream-tags"
  shard_count = 1
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_kinesis_firehose_delivery_stream" "base" {
  name        = "recorded-delivery"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn           = aws_iam_role.prerequisite.arn
    bucket_arn         = "arn:aws:s3:::recorded-deliveries"
    buffering_interval = var.updated ? 400 : 300
  }
}

resource "aws_cloudwatch_event_bus" "tags" {
  name = "recorded-bus-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_kinesis_firehose_delivery_stream" "tags" {
  name        = "recorded-delivery-tags"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn           = aws_iam_role.prerequisite.arn
    bucket_arn         = "arn:aws:s3:::recorded-deliveries"
    buffering_interval = 300
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
