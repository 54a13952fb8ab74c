resource "aws_ecr_repository" "base" {
  name                 = "recorded/repository"
  image_tag_mutability = var.updated ? "IMMUTABLE" : "MUTABLE"
  force_delete         = true
}

resource "aws_ecr_repository" "tags" {
  name = "recorded/repository-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_ecr_repository" "image_scanning_configuration" {
  name = "recorded/repository-scanning"
  image_scanning_configuration {
    scan_on_push = var.updated ? false : true
  }
}

resource "aws_ecr_lifecycle_policy" "base" {
  repository = aws_ecr_repository.base.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      selection    = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = 5 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "base" {
  repository = aws_ecr_repository.base.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = var.updated ? ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] : ["ecr:BatchGetImage"]
    }]
  })
}

resource "aws_ecs_cluster" "base" {
  name = "recorded-cluster"
  setting {
    name  = "containerInsights"
    value = var.updated ? "enabled" : "disabled"
  }
}

resource "aws_ecs_cluster" "tags" {
  name = "recorded-cluster-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_ecs_cluster_capacity_providers" "base" {
  cluster_name       = aws_ecs_cluster.tags.name
  capacity_providers = var.updated ? ["FARGATE"] : ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "base" {
  family                   = "recorded-task"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.prerequisite.arn
  task_role_arn            = aws_iam_role.prerequisite.arn
  container_definitions    = jsonencode([{ name = "web", image = "nginx", essential = true }])
}

resource "aws_ecs_task_definition" "tags" {
  family                = "recorded-task-tags"
  container_definitions = jsonencode([{ name = "web", image = "nginx", essential = true, memory = 128 }])
  tags                  = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_ecs_service" "base" {
  name            = "recorded-service"
  cluster         = aws_ecs_cluster.base.arn
  task_definition = var.updated ? aws_ecs_task_definition.tags.arn : aws_ecs_task_definition.base.arn
  desired_count   = 0
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = [aws_subnet.prerequisite_a.id]
    security_groups = [aws_security_group.prerequisite.id]
  }
}

resource "aws_ecs_service" "tags" {
  name            = "recorded-service-tags"
  cluster         = aws_ecs_cluster.base.arn
  task_definition = aws_ecs_task_definition.base.arn
  desired_count   = 0
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = [aws_subnet.prerequisite_a.id]
    security_groups = [aws_security_group.prerequisite.id]
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
