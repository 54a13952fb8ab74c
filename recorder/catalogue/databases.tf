resource "aws_elasticache_subnet_group" "base" {
  name        = "recorded-cache-subnets"
  subnet_ids  = [aws_subnet.prerequisite_a.id]
  description = var.updated ? "after" : "before"
}

resource "aws_db_subnet_group" "base" {
  name        = "recorded-db-subnets"
  subnet_ids  = [aws_subnet.prerequisite_a.id, aws_subnet.prerequisite_c.id]
  description = var.updated ? "after" : "before"
}

resource "aws_db_parameter_group" "base" {
  name   = "recorded-db-parameters"
  family = "postgres16"
  parameter {
    name  = "log_min_duration_statement"
    value = var.updated ? "200" : "100"
  }
}

resource "aws_rds_cluster" "base" {
  cluster_identifier      = "recorded-cluster"
  engine                  = "aurora-postgresql"
  master_username         = "owner"
  master_password         = "recorded-password"
  skip_final_snapshot     = true
  apply_immediately       = true
  backup_retention_period = var.updated ? 2 : 1
}

resource "aws_db_parameter_group" "tags" {
  name   = "recorded-db-parameters-tags"
  family = "postgres16"
  parameter {
    name  = "log_min_duration_statement"
    value = "100"
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_db_subnet_group" "tags" {
  name        = "recorded-db-subnets-tags"
  subnet_ids  = [aws_subnet.prerequisite_a.id, aws_subnet.prerequisite_c.id]
  description = "before"
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_elasticache_subnet_group" "tags" {
  name        = "recorded-cache-subnets-tags"
  subnet_ids  = [aws_subnet.prerequisite_a.id]
  description = "before"
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_rds_cluster" "tags" {
  cluster_identifier      = "recorded-cluster-tags"
  engine                  = "aurora-postgresql"
  master_username         = "owner"
  master_password         = "recorded-password"
  skip_final_snapshot     = true
  apply_immediately       = true
  backup_retention_period = 1
  tags                    = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
