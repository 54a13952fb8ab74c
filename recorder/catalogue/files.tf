resource "aws_efs_file_system" "base" {
  creation_token  = "recorded-files"
  throughput_mode = var.updated ? "elastic" : "bursting"
}

resource "aws_efs_file_system" "tags" {
  creation_token = "recorded-files-tags"
  tags           = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_efs_mount_target" "base" {
  file_system_id  = aws_efs_file_system.base.id
  subnet_id       = aws_subnet.prerequisite_a.id
  security_groups = [aws_security_group.prerequisite.id]
}

resource "aws_efs_access_point" "base" {
  file_system_id = aws_efs_file_system.base.id
  tags           = var.updated ? { team = "b" } : null
}

resource "aws_backup_vault" "base" {
  name = "recorded-vault"
  tags = var.updated ? { team = "b" } : null
}

resource "aws_backup_plan" "base" {
  name = "recorded-backup-plan"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.base.name
    schedule          = var.updated ? "cron(0 13 * * ? *)" : "cron(0 12 * * ? *)"
  }
}

resource "aws_backup_plan" "tags" {
  name = "recorded-backup-plan-tags"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.base.name
    schedule          = "cron(0 12 * * ? *)"
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_backup_vault" "tags" {
  name = "recorded-vault-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_efs_access_point" "tags" {
  file_system_id = aws_efs_file_system.base.id
  tags           = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
