resource "aws_key_pair" "base" {
  key_name   = "recorded-key"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3uLFs2wTnhvS6bMBOmPxDR7jJwYEzw6Zt7FZ8cKGGE recorded"
  tags       = var.updated ? { team = "b" } : null
}

resource "aws_instance" "base" {
  ami           = "ami-0c3fd0f5d33134a76"
  instance_type = var.updated ? "t3.small" : "t3.micro"
  subnet_id     = aws_subnet.prerequisite_a.id
}

resource "aws_instance" "tags" {
  ami           = "ami-0c3fd0f5d33134a76"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.prerequisite_a.id
  tags          = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_instance" "vpc_security_group_ids" {
  ami                    = "ami-0c3fd0f5d33134a76"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.prerequisite_a.id
  vpc_security_group_ids = var.updated ? [aws_security_group.prerequisite_other.id] : [aws_security_group.prerequisite.id]
}

resource "aws_instance" "key_name" {
  ami           = "ami-0c3fd0f5d33134a76"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.prerequisite_a.id
  key_name      = aws_key_pair.base.key_name
}

resource "aws_security_group" "prerequisite_other" {
  name   = "recorded-prerequisite-other"
  vpc_id = aws_vpc.prerequisite.id
}

resource "aws_ebs_volume" "base" {
  availability_zone = "ap-northeast-1a"
  size              = var.updated ? 9 : 8
}

resource "aws_ebs_volume" "tags" {
  availability_zone = "ap-northeast-1a"
  size              = 8
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_volume_attachment" "base" {
  device_name  = "/dev/sdh"
  volume_id    = aws_ebs_volume.tags.id
  instance_id  = aws_instance.tags.id
  force_detach = true
}

resource "aws_ebs_snapshot" "base" {
  volume_id   = aws_ebs_volume.tags.id
  description = "recorded"
  tags        = var.updated ? { team = "b" } : null
}

resource "aws_launch_template" "base" {
  name          = "recorded-template"
  image_id      = "ami-0c3fd0f5d33134a76"
  instance_type = var.updated ? "t3.small" : "t3.micro"
}

resource "aws_launch_template" "tags" {
  name = "recorded-template-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_autoscaling_group" "base" {
  name                = "recorded-group"
  min_size            = 0
  max_size            = var.updated ? 2 : 1
  vpc_zone_identifier = [aws_subnet.prerequisite_a.id]
  launch_template {
    id      = aws_launch_template.base.id
    version = "1"
  }
}

resource "aws_autoscaling_group" "tag" {
  name                = "recorded-group-tag"
  min_size            = 0
  max_size            = 1
  vpc_zone_identifier = [aws_subnet.prerequisite_a.id]
  launch_template {
    id      = aws_launch_template.base.id
    version = "1"
  }
  tag {
    key                 = "team"
    value               = var.updated ? "b" : "a"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_policy" "base" {
  name                   = "recorded-scaling"
  autoscaling_group_name = aws_autoscaling_group.base.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = var.updated ? 60 : 50
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

resource "aws_lb" "base" {
  name         = "recorded-balancer"
  internal     = true
  subnets      = [aws_subnet.prerequisite_a.id, aws_subnet.prerequisite_c.id]
  idle_timeout = var.updated ? 90 : 60
}

resource "aws_lb" "tags" {
  name     = "recorded-balancer-tags"
  internal = true
  subnets  = [aws_subnet.prerequisite_a.id, aws_subnet.prerequisite_c.id]
  tags     = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_lb" "security_groups" {
  name            = "recorded-balancer-groups"
  internal        = true
  subnets         = [aws_subnet.prerequisite_a.id, aws_subnet.prerequisite_c.id]
  security_groups = var.updated ? [aws_security_group.prerequisite_other.id] : [aws_security_group.prerequisite.id]
}

resource "aws_lb_target_group" "base" {
  name                 = "recorded-targets"
  port                 = 8080
  protocol             = "HTTP"
  vpc_id               = aws_vpc.prerequisite.id
  deregistration_delay = var.updated ? 30 : 300
}

resource "aws_lb_target_group" "tags" {
  name     = "recorded-targets-tags"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.prerequisite.id
  tags     = var.updated ? { team = "b" } : { team = "a", gone = "x" }
  health_check {
    path = var.updated ? "/up" : "/health"
  }
}

resource "aws_lb_target_group_attachment" "base" {
  target_group_arn = aws_lb_target_group.base.arn
  target_id        = aws_instance.base.id
  port             = 8080
}

resource "aws_lb_listener" "base" {
  load_balancer_arn = aws_lb.base.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = var.updated ? aws_lb_target_group.tags.arn : aws_lb_target_group.base.arn
  }
}

resource "aws_lb_listener" "tags" {
  load_balancer_arn = aws_lb.base.arn
  port              = 81
  protocol          = "HTTP"
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.base.arn
  }
}

resource "aws_lb_listener_rule" "base" {
  listener_arn = aws_lb_listener.base.arn
  priority     = var.updated ? 20 : 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.base.arn
  }
  condition {
    path_pattern {
      values = var.updated ? ["/api/*"] : ["/v1/*"]
    }
  }
}

resource "aws_ebs_snapshot" "tags" {
  volume_id   = aws_ebs_volume.tags.id
  description = "recorded"
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_key_pair" "tags" {
  key_name   = "recorded-key-tags"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3uLFs2wTnhvS6bMBOmPxDR7jJwYEzw6Zt7FZ8cKGGE recorded"
  tags       = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_lb_listener_rule" "tags" {
  listener_arn = aws_lb_listener.base.arn
  priority     = 30
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.base.arn
  }
  condition {
    path_pattern {
      values = ["/v9/*"]
    }
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
