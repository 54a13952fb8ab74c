resource "aws_kms_key" "base" {
  description             = var.updated ? "after" : "before"
  deletion_window_in_days = 7
}

resource "aws_kms_key" "tags" {
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_kms_key" "enable_key_rotation" {
  enable_key_rotation = var.updated ? false : true
}

resource "aws_kms_key" "policy" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.updated ? "after" : "before"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "base" {
  name          = "alias/recorded"
  target_key_id = var.updated ? aws_kms_key.tags.key_id : aws_kms_key.base.key_id
}

resource "aws_kms_grant" "base" {
  name              = "recorded-grant"
  key_id            = aws_kms_key.base.key_id
  grantee_principal = aws_iam_role.prerequisite.arn
  operations        = ["Encrypt", "Decrypt"]
}

resource "aws_secretsmanager_secret" "base" {
  name                    = "recorded-secret"
  description             = var.updated ? "after" : "before"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret" "tags" {
  name                    = "recorded-secret-tags"
  recovery_window_in_days = 0
  tags                    = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_secretsmanager_secret" "kms_key_id" {
  name                    = "recorded-secret-kms"
  recovery_window_in_days = 0
  kms_key_id              = aws_kms_key.prerequisite.arn
}

resource "aws_secretsmanager_secret_version" "base" {
  secret_id     = aws_secretsmanager_secret.base.id
  secret_string = "recorded"
}

resource "aws_secretsmanager_secret_policy" "base" {
  secret_arn = aws_secretsmanager_secret.base.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.updated ? "after" : "before"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

resource "aws_ssm_parameter" "base" {
  name  = "/recorded/parameter"
  type  = "String"
  value = var.updated ? "two" : "one"
}

resource "aws_ssm_parameter" "plain" {
  name  = "recorded-parameter"
  type  = "String"
  value = var.updated ? "two" : "one"
}

resource "aws_ssm_parameter" "tags" {
  name  = "/recorded/parameter-tags"
  type  = "String"
  value = "one"
  tags  = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_ssm_parameter" "key_id" {
  name   = "/recorded/parameter-secure"
  type   = "SecureString"
  value  = "one"
  key_id = aws_kms_key.prerequisite.arn
}

resource "aws_ssm_document" "base" {
  name          = "recorded-document"
  document_type = "Command"
  content = jsonencode({
    schemaVersion = "2.2"
    description   = var.updated ? "after" : "before"
    mainSteps     = [{ action = "aws:runShellScript", name = "one", inputs = { runCommand = ["true"] } }]
  })
}

resource "aws_acm_certificate" "base" {
  domain_name       = "recorded.example"
  validation_method = "DNS"
}

resource "aws_acm_certificate" "tags" {
  domain_name       = "tagged.recorded.example"
  validation_method = "DNS"
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_ssm_document" "tags" {
  name          = "recorded-document-tags"
  document_type = "Command"
  content = jsonencode({
    schemaVersion = "2.2"
    description   = "before"
    mainSteps     = [{ action = "aws:runShellScript", name = "one", inputs = { runCommand = ["true"] } }]
  })
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
