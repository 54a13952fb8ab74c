# The warehouse packs what was ordered. A partner runs it, in an account of theirs.
resource "aws_sns_topic_policy" "order_placed" {
  arn = aws_sns_topic.order_placed.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "WarehouseHearsOfOrders"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::555555555555:root" }
      Action    = "sns:Subscribe"
      Resource  = aws_sns_topic.order_placed.arn
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "orders_refused" {
  alarm_name          = "orders-refused"
  alarm_description   = "The table of orders refuses writes."
  namespace           = "AWS/DynamoDB"
  metric_name         = "WriteThrottleEvents"
  dimensions          = { TableName = aws_dynamodb_table.orders.name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
}
