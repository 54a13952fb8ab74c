resource "aws_sns_topic" "base" {
  name         = "recorded-topic"
  display_name = var.updated ? "orders" : null
}

resource "aws_sns_topic" "tags" {
  name = "recorded-topic-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_sns_topic" "kms_master_key_id" {
  name              = "recorded-topic-kms"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_policy" "base" {
  arn = aws_sns_topic.base.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = var.updated ? ["sns:Publish", "sns:Subscribe"] : ["sns:Publish"]
      Resource  = aws_sns_topic.base.arn
    }]
  })
}

resource "aws_sns_topic_subscription" "base" {
  topic_arn            = aws_sns_topic.base.arn
  protocol             = "sqs"
  endpoint             = "arn:aws:sqs:ap-northeast-1:123456789012:recorded-subscriber"
  raw_message_delivery = var.updated
}
