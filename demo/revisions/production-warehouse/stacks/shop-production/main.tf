# What customers ordered: the only copy.
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "order_id"

  attribute {
    name = "order_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_ssm_parameter" "checkout_timeout" {
  name  = "/shop/checkout/timeout-seconds"
  type  = "String"
  value = "10"
}

resource "aws_sns_topic" "order_placed" {
  name = "order-placed"
}

output "orders_table" {
  value = aws_dynamodb_table.orders.arn
}
