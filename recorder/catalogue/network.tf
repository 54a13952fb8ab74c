resource "aws_vpc" "base" {
  cidr_block           = "10.91.0.0/16"
  enable_dns_hostnames = var.updated
}

resource "aws_vpc" "tags" {
  cidr_block = "10.92.0.0/16"
  tags       = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_subnet" "base" {
  vpc_id                  = aws_vpc.base.id
  cidr_block              = "10.91.1.0/24"
  map_public_ip_on_launch = var.updated
}

resource "aws_subnet" "tags" {
  vpc_id     = aws_vpc.base.id
  cidr_block = "10.91.2.0/24"
  tags       = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_internet_gateway" "base" {
  vpc_id = var.updated ? aws_vpc.tags.id : aws_vpc.base.id
}

resource "aws_internet_gateway" "tags" {
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_egress_only_internet_gateway" "base" {
  vpc_id = aws_vpc.base.id
}

resource "aws_nat_gateway" "base" {
  subnet_id     = aws_subnet.prerequisite_a.id
  allocation_id = aws_eip.prerequisite.id
}

resource "aws_nat_gateway" "tags" {
  subnet_id         = aws_subnet.prerequisite_c.id
  connectivity_type = "private"
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_eip" "prerequisite" {
  domain = "vpc"
}

resource "aws_eip" "base" {
  domain            = "vpc"
  network_interface = var.updated ? aws_network_interface.base.id : null
}

resource "aws_eip" "tags" {
  domain = "vpc"
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_network_interface" "base" {
  subnet_id   = aws_subnet.prerequisite_a.id
  description = var.updated ? "after" : "before"
}

resource "aws_network_interface" "tags" {
  subnet_id       = aws_subnet.prerequisite_a.id
  security_groups = [aws_security_group.prerequisite.id]
  tags            = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_route_table" "base" {
  vpc_id = aws_vpc.prerequisite.id
}

resource "aws_route_table" "route" {
  vpc_id = aws_vpc.prerequisite.id
  route {
    cidr_block = var.updated ? "10.8.0.0/16" : "0.0.0.0/0"
    gateway_id = aws_internet_gateway.prerequisite.id
  }
}

resource "aws_route_table" "tags" {
  vpc_id = aws_vpc.prerequisite.id
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_route" "base" {
  route_table_id         = aws_route_table.base.id
  destination_cidr_block = "10.9.0.0/16"
  gateway_id             = var.updated ? null : aws_internet_gateway.prerequisite.id
  nat_gateway_id         = var.updated ? aws_nat_gateway.base.id : null
}

resource "aws_route_table_association" "base" {
  subnet_id      = aws_subnet.prerequisite_a.id
  route_table_id = var.updated ? aws_route_table.tags.id : aws_route_table.base.id
}

resource "aws_main_route_table_association" "base" {
  vpc_id         = aws_vpc.prerequisite.id
  route_table_id = var.updated ? aws_route_table.tags.id : aws_route_table.route.id
}

resource "aws_security_group" "base" {
  name   = "recorded-group"
  vpc_id = aws_vpc.prerequisite.id
}

resource "aws_security_group" "ingress" {
  name   = "recorded-group-ingress"
  vpc_id = aws_vpc.prerequisite.id
  ingress {
    from_port   = var.updated ? 8443 : 443
    to_port     = var.updated ? 8443 : 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_security_group" "egress" {
  name   = "recorded-group-egress"
  vpc_id = aws_vpc.prerequisite.id
  egress {
    from_port   = var.updated ? 8443 : 443
    to_port     = var.updated ? 8443 : 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_security_group" "tags" {
  name   = "recorded-group-tags"
  vpc_id = aws_vpc.prerequisite.id
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_security_group_rule" "base" {
  type              = "ingress"
  security_group_id = aws_security_group.base.id
  from_port         = 5432
  to_port           = 5432
  protocol          = "tcp"
  cidr_blocks       = ["10.1.0.0/16"]
  description       = var.updated ? "after" : "before"
}

resource "aws_security_group_rule" "egress" {
  type              = "egress"
  security_group_id = aws_security_group.tags.id
  from_port         = 5433
  to_port           = 5433
  protocol          = "tcp"
  cidr_blocks       = ["10.1.0.0/16"]
  description       = var.updated ? "after" : "before"
}

resource "aws_vpc_security_group_ingress_rule" "base" {
  security_group_id = aws_security_group.base.id
  from_port         = 6379
  to_port           = 6379
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.2.0.0/16"
  description       = var.updated ? "after" : "before"
}

resource "aws_vpc_security_group_ingress_rule" "tags" {
  security_group_id = aws_security_group.base.id
  from_port         = 6380
  to_port           = 6380
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.3.0.0/16"
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_vpc_security_group_egress_rule" "base" {
  security_group_id = aws_security_group.base.id
  from_port         = 6379
  to_port           = 6379
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.2.0.0/16"
  description       = var.updated ? "after" : "before"
}

resource "aws_vpc_security_group_egress_rule" "tags" {
  security_group_id = aws_security_group.base.id
  from_port         = 6380
  to_port           = 6380
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.3.0.0/16"
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_network_acl" "base" {
  vpc_id = aws_vpc.prerequisite.id
  ingress {
    rule_no    = 100
    action     = var.updated ? "deny" : "allow"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
    cidr_block = "10.0.0.0/8"
  }
}

resource "aws_network_acl" "tags" {
  vpc_id = aws_vpc.prerequisite.id
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_network_acl_rule" "base" {
  network_acl_id = aws_network_acl.tags.id
  rule_number    = 200
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 80
  to_port        = 80
  cidr_block     = "10.0.0.0/8"
}

resource "aws_vpc_endpoint" "base" {
  vpc_id       = aws_vpc.prerequisite.id
  service_name = "com.amazonaws.ap-northeast-1.s3"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = var.updated ? ["s3:Get*"] : ["s3:*"], Resource = "*" }]
  })
}

resource "aws_vpc_endpoint" "tags" {
  vpc_id            = aws_vpc.prerequisite.id
  service_name      = "com.amazonaws.ap-northeast-1.dynamodb"
  vpc_endpoint_type = "Gateway"
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_vpc_endpoint" "subnet_ids" {
  vpc_id             = aws_vpc.prerequisite.id
  service_name       = "com.amazonaws.ap-northeast-1.logs"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.prerequisite_a.id]
  security_group_ids = [aws_security_group.prerequisite.id]
}

resource "aws_vpc_peering_connection" "base" {
  vpc_id      = aws_vpc.prerequisite.id
  peer_vpc_id = aws_vpc.tags.id
  auto_accept = true
  tags        = var.updated ? { team = "b" } : null
}

resource "aws_vpc_dhcp_options" "base" {
  domain_name         = "recorded.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
  tags                = var.updated ? { team = "b" } : null
}

resource "aws_vpc_dhcp_options_association" "base" {
  vpc_id          = aws_vpc.prerequisite.id
  dhcp_options_id = aws_vpc_dhcp_options.base.id
}

resource "aws_flow_log" "base" {
  vpc_id          = aws_vpc.prerequisite.id
  traffic_type    = "ALL"
  iam_role_arn    = aws_iam_role.prerequisite.arn
  log_destination = "arn:aws:logs:ap-northeast-1:123456789012:log-group:recorded-flow"
  tags            = var.updated ? { team = "b" } : null
}

resource "aws_ec2_managed_prefix_list" "base" {
  name           = "recorded-prefixes"
  address_family = "IPv4"
  max_entries    = 5
  entry {
    cidr        = var.updated ? "10.6.0.0/16" : "10.5.0.0/16"
    description = "office"
  }
}

resource "aws_ec2_managed_prefix_list" "tags" {
  name           = "recorded-prefixes-tags"
  address_family = "IPv4"
  max_entries    = 5
  entry {
    cidr        = "10.5.0.0/16"
    description = "office"
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_egress_only_internet_gateway" "tags" {
  vpc_id = aws_vpc.base.id
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_flow_log" "tags" {
  vpc_id          = aws_vpc.prerequisite.id
  traffic_type    = "ALL"
  iam_role_arn    = aws_iam_role.prerequisite.arn
  log_destination = "arn:aws:logs:ap-northeast-1:123456789012:log-group:recorded-flow-tags"
  tags            = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_vpc_dhcp_options" "tags" {
  domain_name         = "recorded.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
  tags                = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_vpc_peering_connection" "tags" {
  vpc_id      = aws_vpc.prerequisite.id
  peer_vpc_id = aws_vpc.base.id
  auto_accept = true
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_vpc" "enable_dns_hostnames" {
  cidr_block           = "10.93.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_eip" "network_interface" {
  domain            = "vpc"
  network_interface = aws_network_interface.tags.id
}

resource "aws_subnet" "map_public_ip_on_launch" {
  vpc_id                  = aws_vpc.base.id
  cidr_block              = "10.91.3.0/24"
  map_public_ip_on_launch = true
}
