resource "aws_sfn_state_machine" "base" {
  name       = "recorded-machine"
  role_arn   = aws_iam_role.prerequisite.arn
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Pass", End = true, Comment = var.updated ? "b" : "a" } } })
}

resource "aws_sfn_state_machine" "tags" {
  name       = "recorded-machine-tags"
  role_arn   = aws_iam_role.prerequisite.arn
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Pass", End = true } } })
  tags       = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
