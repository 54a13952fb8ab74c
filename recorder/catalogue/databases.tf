resource "aws_elasticache_subnet_group" "base" {
  name        = "recorded-cache-subnets"
  subnet_ids  = [aws_subnet.prerequisite_a.id]
  description = var.updated ? "after" : "before"
}

resource "aws_elasticache_cluster" "base" {
  cluster_id      = "recorded-cache"
  engine          = "redis"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 1
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

resource "aws_db_instance" "base" {
  identifier              = "recorded-db"
  engine                  = "postgres"
  instance_class          = "db.t3.micro"
  allocated_storage       = 20
  username                = "owner"
  password                = "recorded-password"
  db_subnet_group_name    = aws_db_subnet_group.base.name
  skip_final_snapshot     = true
  apply_immediately       = true
  backup_retention_period = var.updated ? 2 : 1
}

resource "aws_db_instance" "tags" {
  identifier          = "recorded-db-tags"
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 20
  username            = "owner"
  password            = "recorded-password"
  skip_final_snapshot = true
  tags                = var.updated ? { team = "b" } : { team = "a", gone = "x" }
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
