resource "aws_lambda_function" "base" {
  function_name = "recorded-function"
  role          = aws_iam_role.prerequisite.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "${path.module}/function.zip"
  timeout       = var.updated ? 10 : 5
}

resource "aws_lambda_function" "source_code_hash" {
  function_name    = "recorded-function-code"
  role             = aws_iam_role.prerequisite.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "${path.module}/function.zip"
  source_code_hash = var.updated ? "b3RoZXI=" : filebase64sha256("${path.module}/function.zip")
}

resource "aws_lambda_function" "tags" {
  function_name = "recorded-function-tags"
  role          = aws_iam_role.prerequisite.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "${path.module}/function.zip"
  tags          = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_lambda_function" "publish" {
  function_name = "recorded-function-publish"
  role          = aws_iam_role.prerequisite.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "${path.module}/function.zip"
  publish       = true
  timeout       = var.updated ? 10 : 5
}

resource "aws_lambda_function" "reserved_concurrent_executions" {
  function_name                  = "recorded-function-reserved"
  role                           = aws_iam_role.prerequisite.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  filename                       = "${path.module}/function.zip"
  reserved_concurrent_executions = var.updated ? 3 : 2
}

resource "aws_lambda_function" "vpc_config" {
  function_name = "recorded-function-vpc"
  role          = aws_iam_role.prerequisite.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "${path.module}/function.zip"
  vpc_config {
    subnet_ids         = [aws_subnet.prerequisite_a.id]
    security_group_ids = [aws_security_group.prerequisite.id]
  }
}

resource "aws_lambda_alias" "base" {
  name             = "recorded-alias"
  function_name    = aws_lambda_function.publish.function_name
  function_version = "1"
  description      = var.updated ? "after" : "before"
}

resource "aws_lambda_permission" "base" {
  statement_id  = "recorded-permission"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.base.function_name
  principal     = "events.amazonaws.com"
}

resource "aws_lambda_layer_version" "base" {
  layer_name          = "recorded-layer"
  filename            = "${path.module}/function.zip"
  compatible_runtimes = ["nodejs22.x"]
}

resource "aws_lambda_event_source_mapping" "base" {
  function_name     = aws_lambda_function.base.arn
  event_source_arn  = aws_dynamodb_table.stream_enabled.stream_arn
  starting_position = "LATEST"
  batch_size        = var.updated ? 20 : 10
}

resource "aws_lambda_function_url" "base" {
  function_name      = aws_lambda_function.base.function_name
  authorization_type = var.updated ? "NONE" : "AWS_IAM"
}

resource "aws_dynamodb_table" "base" {
  name                        = "recorded-table"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = false
  table_class                 = var.updated ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "tags" {
  name         = "recorded-table-tags"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = var.updated ? { team = "b" } : { team = "a", gone = "x" }
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "ttl" {
  name         = "recorded-table-ttl"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  ttl {
    attribute_name = var.updated ? "" : "expires"
    enabled        = var.updated ? false : true
  }
}

resource "aws_dynamodb_table" "point_in_time_recovery" {
  name         = "recorded-table-recovery"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = var.updated ? false : true
  }
}

resource "aws_dynamodb_table" "stream_enabled" {
  name             = "recorded-table-stream"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table_item" "base" {
  table_name = aws_dynamodb_table.base.name
  hash_key   = "id"
  item       = jsonencode({ id = { S = "one" }, n = { N = var.updated ? "2" : "1" } })
}

resource "aws_lambda_event_source_mapping" "tags" {
  function_name     = aws_lambda_function.base.arn
  event_source_arn  = aws_dynamodb_table.stream_enabled.stream_arn
  starting_position = "LATEST"
  batch_size        = 10
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
