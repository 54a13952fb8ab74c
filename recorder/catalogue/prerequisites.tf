# What the catalogue's other files rest on: made where one names it, and no part of the data.

resource "aws_kms_key" "prerequisite" {}

resource "aws_vpc" "prerequisite" {
  cidr_block           = "10.90.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_internet_gateway" "prerequisite" {
  vpc_id = aws_vpc.prerequisite.id
}

resource "aws_subnet" "prerequisite_a" {
  vpc_id            = aws_vpc.prerequisite.id
  cidr_block        = "10.90.1.0/24"
  availability_zone = "ap-northeast-1a"
}

resource "aws_subnet" "prerequisite_c" {
  vpc_id            = aws_vpc.prerequisite.id
  cidr_block        = "10.90.2.0/24"
  availability_zone = "ap-northeast-1c"
}

resource "aws_security_group" "prerequisite" {
  name   = "recorded-prerequisite"
  vpc_id = aws_vpc.prerequisite.id
}

resource "aws_iam_role" "prerequisite" {
  name = "recorded-prerequisite"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = { Service = [
        "lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "states.amazonaws.com", "glue.amazonaws.com",
        "backup.amazonaws.com", "events.amazonaws.com", "scheduler.amazonaws.com", "firehose.amazonaws.com",
        "monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com", "ec2.amazonaws.com",
      ] }
      Action = "sts:AssumeRole"
    }]
  })
}

resource "aws_lambda_function" "prerequisite" {
  function_name    = "recorded-prerequisite"
  role             = aws_iam_role.prerequisite.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "${path.module}/function.zip"
  source_code_hash = filebase64sha256("${path.module}/function.zip")
}
