resource "aws_sqs_queue" "base" {
  name                       = "recorded-queue"
  visibility_timeout_seconds = var.updated ? 60 : 30
}

resource "aws_sqs_queue" "tags" {
  name = "recorded-queue-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_sqs_queue_policy" "base" {
  queue_url = aws_sqs_queue.tags.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = var.updated ? ["sqs:SendMessage", "sqs:ReceiveMessage"] : ["sqs:SendMessage"]
      Resource  = aws_sqs_queue.tags.arn
    }]
  })
}

resource "aws_sqs_queue_redrive_policy" "base" {
  queue_url = aws_sqs_queue.base.url
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.tags.arn
    maxReceiveCount     = var.updated ? 5 : 4
  })
}
