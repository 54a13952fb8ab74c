resource "aws_route53_zone" "base" {
  name    = "recorded.example"
  comment = var.updated ? "after" : "before"
}

resource "aws_route53_zone" "tags" {
  name = "tagged.recorded.example"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_route53_record" "base" {
  zone_id = aws_route53_zone.base.zone_id
  name    = "www.recorded.example"
  type    = "A"
  ttl     = var.updated ? 120 : 60
  records = ["192.0.2.1"]
}

resource "aws_route53_health_check" "base" {
  fqdn              = "recorded.example"
  port              = 443
  type              = "HTTPS"
  resource_path     = var.updated ? "/up" : "/health"
  request_interval  = 30
  failure_threshold = 3
  tags              = var.updated ? { team = "b" } : null
}

resource "aws_cloudfront_distribution" "base" {
  enabled             = var.updated
  comment             = "recorded"
  wait_for_deployment = false
  origin {
    domain_name = "recorded.example"
    origin_id   = "recorded"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "recorded"
    viewer_protocol_policy = "redirect-to-https"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

resource "aws_cloudfront_origin_access_control" "base" {
  name                              = "recorded-access"
  description                       = var.updated ? "after" : "before"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_wafv2_web_acl" "base" {
  name        = "recorded-acl"
  scope       = "REGIONAL"
  description = var.updated ? "after" : "before"
  default_action {
    allow {}
  }
  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "recorded"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_ip_set" "base" {
  name               = "recorded-addresses"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = var.updated ? ["192.0.2.0/24"] : ["198.51.100.0/24"]
}

resource "aws_api_gateway_rest_api" "base" {
  name        = "recorded-rest"
  description = var.updated ? "after" : "before"
}

resource "aws_api_gateway_rest_api" "tags" {
  name = "recorded-rest-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_api_gateway_resource" "base" {
  rest_api_id = aws_api_gateway_rest_api.base.id
  parent_id   = aws_api_gateway_rest_api.base.root_resource_id
  path_part   = var.updated ? "orders" : "items"
}

resource "aws_api_gateway_method" "base" {
  rest_api_id      = aws_api_gateway_rest_api.base.id
  resource_id      = aws_api_gateway_resource.base.id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = var.updated
}

resource "aws_api_gateway_integration" "base" {
  rest_api_id          = aws_api_gateway_rest_api.base.id
  resource_id          = aws_api_gateway_resource.base.id
  http_method          = aws_api_gateway_method.base.http_method
  type                 = "MOCK"
  timeout_milliseconds = var.updated ? 10000 : 20000
}

resource "aws_api_gateway_deployment" "base" {
  rest_api_id = aws_api_gateway_rest_api.base.id
  description = var.updated ? "after" : "before"
  depends_on  = [aws_api_gateway_integration.base]
}

resource "aws_api_gateway_stage" "base" {
  rest_api_id   = aws_api_gateway_rest_api.base.id
  deployment_id = aws_api_gateway_deployment.base.id
  stage_name    = "recorded"
  description   = var.updated ? "after" : "before"
}

resource "aws_apigatewayv2_api" "base" {
  name          = "recorded-http"
  protocol_type = "HTTP"
  description   = var.updated ? "after" : "before"
}

resource "aws_apigatewayv2_api" "tags" {
  name          = "recorded-http-tags"
  protocol_type = "HTTP"
  tags          = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_apigatewayv2_integration" "base" {
  api_id             = aws_apigatewayv2_api.base.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = "https://recorded.example/"
  description        = var.updated ? "after" : "before"
}

resource "aws_apigatewayv2_route" "base" {
  api_id    = aws_apigatewayv2_api.base.id
  route_key = var.updated ? "GET /b" : "GET /a"
  target    = "integrations/${aws_apigatewayv2_integration.base.id}"
}

resource "aws_apigatewayv2_stage" "base" {
  api_id      = aws_apigatewayv2_api.base.id
  name        = "recorded"
  description = var.updated ? "after" : "before"
}

resource "aws_cognito_user_pool" "base" {
  name                = "recorded-users"
  deletion_protection = "INACTIVE"
  mfa_configuration   = "OFF"
  password_policy {
    minimum_length = var.updated ? 14 : 12
  }
}

resource "aws_cognito_user_pool" "tags" {
  name = "recorded-users-tags"
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_cognito_user_pool_client" "base" {
  name                   = "recorded-client"
  user_pool_id           = aws_cognito_user_pool.base.id
  refresh_token_validity = var.updated ? 10 : 5
}

resource "aws_cognito_user_pool_domain" "base" {
  domain       = "recorded-domain"
  user_pool_id = aws_cognito_user_pool.base.id
}

resource "aws_cognito_identity_pool" "base" {
  identity_pool_name               = "recorded identities"
  allow_unauthenticated_identities = var.updated
}

resource "aws_api_gateway_stage" "tags" {
  rest_api_id   = aws_api_gateway_rest_api.base.id
  deployment_id = aws_api_gateway_deployment.base.id
  stage_name    = "recorded-tags"
  description   = "before"
  tags          = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_apigatewayv2_stage" "tags" {
  api_id      = aws_apigatewayv2_api.base.id
  name        = "recorded-tags"
  description = "before"
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_cloudfront_distribution" "tags" {
  enabled             = false
  comment             = "recorded"
  wait_for_deployment = false
  origin {
    domain_name = "recorded.example"
    origin_id   = "recorded"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "recorded"
    viewer_protocol_policy = "redirect-to-https"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_cognito_identity_pool" "tags" {
  identity_pool_name               = "recorded identities tags"
  allow_unauthenticated_identities = false
  tags                             = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_route53_health_check" "tags" {
  fqdn              = "recorded.example"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  request_interval  = 30
  failure_threshold = 3
  tags              = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_wafv2_ip_set" "tags" {
  name               = "recorded-addresses-tags"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = ["198.51.100.0/24"]
  tags               = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_wafv2_web_acl" "tags" {
  name        = "recorded-acl-tags"
  scope       = "REGIONAL"
  description = "before"
  default_action {
    allow {}
  }
  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "recorded"
    sampled_requests_enabled   = false
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
