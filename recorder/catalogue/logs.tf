resource "aws_cloudwatch_log_group" "base" {
  name              = "/recorded/base"
  retention_in_days = var.updated ? 7 : null
}

resource "aws_cloudwatch_log_group" "retention" {
  name              = "/recorded/retention"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_group" "tags" {
  name = "/recorded/tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_cloudwatch_log_group" "kms_key_id" {
  name       = "/recorded/kms"
  kms_key_id = aws_kms_key.prerequisite.arn
}

resource "aws_cloudwatch_log_metric_filter" "base" {
  name           = "recorded-filter"
  pattern        = var.updated ? "FATAL" : "ERROR"
  log_group_name = aws_cloudwatch_log_group.base.name
  metric_transformation {
    name      = "errors"
    namespace = "recorded"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_stream" "base" {
  name           = "recorded-stream"
  log_group_name = aws_cloudwatch_log_group.base.name
}

resource "aws_cloudwatch_log_resource_policy" "base" {
  policy_name = "recorded-log-policy"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "es.amazonaws.com" }
      Action    = var.updated ? ["logs:PutLogEvents"] : ["logs:CreateLogStream"]
      Resource  = "arn:aws:logs:*"
    }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "base" {
  name            = "recorded-subscription"
  log_group_name  = aws_cloudwatch_log_group.base.name
  filter_pattern  = var.updated ? "FATAL" : "ERROR"
  destination_arn = aws_lambda_function.prerequisite.arn
}
