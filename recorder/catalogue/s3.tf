resource "aws_s3_bucket" "base" {
  bucket        = "recorded-bucket"
  force_destroy = var.updated
}

resource "aws_s3_bucket" "tags" {
  bucket = "recorded-bucket-tags"
  tags   = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_s3_bucket" "prerequisite" {
  bucket = "recorded-bucket-prerequisite"
}

resource "aws_s3_bucket" "object_lock_enabled" {
  bucket              = "recorded-bucket-lock"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "base" {
  bucket = aws_s3_bucket.base.bucket
  versioning_configuration {
    status = var.updated ? "Suspended" : "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "base" {
  bucket = aws_s3_bucket.base.bucket
  rule {
    bucket_key_enabled = var.updated
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "base" {
  bucket                  = aws_s3_bucket.base.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = var.updated
}

resource "aws_s3_bucket_ownership_controls" "base" {
  bucket = aws_s3_bucket.base.bucket
  rule {
    object_ownership = var.updated ? "BucketOwnerPreferred" : "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "base" {
  bucket = aws_s3_bucket.prerequisite.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = var.updated ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
      Resource  = "${aws_s3_bucket.prerequisite.arn}/*"
    }]
  })
}

resource "aws_s3_bucket_acl" "base" {
  bucket = aws_s3_bucket.tags.bucket
  acl    = var.updated ? "public-read" : "private"
}

resource "aws_s3_bucket_cors_configuration" "base" {
  bucket = aws_s3_bucket.base.bucket
  cors_rule {
    allowed_methods = var.updated ? ["GET", "PUT"] : ["GET"]
    allowed_origins = ["https://shop.example"]
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "base" {
  bucket = aws_s3_bucket.base.bucket
  rule {
    id     = "expire"
    status = "Enabled"
    filter {
      prefix = "logs/"
    }
    expiration {
      days = var.updated ? 60 : 30
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "prerequisite" {
  bucket = aws_s3_bucket.prerequisite.bucket
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "prerequisite" {
  bucket     = aws_s3_bucket.prerequisite.bucket
  acl        = "log-delivery-write"
  depends_on = [aws_s3_bucket_ownership_controls.prerequisite]
}

resource "aws_s3_bucket_logging" "base" {
  bucket        = aws_s3_bucket.base.bucket
  target_bucket = aws_s3_bucket_acl.prerequisite.bucket
  target_prefix = var.updated ? "access/" : "log/"
}

resource "aws_s3_bucket_notification" "base" {
  bucket      = aws_s3_bucket.base.bucket
  eventbridge = true
  lambda_function {
    lambda_function_arn = aws_lambda_function.prerequisite.arn
    events              = var.updated ? ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] : ["s3:ObjectCreated:*"]
  }
}

resource "aws_s3_bucket_website_configuration" "base" {
  bucket = aws_s3_bucket.base.bucket
  index_document {
    suffix = var.updated ? "start.html" : "index.html"
  }
}

resource "aws_s3_bucket_accelerate_configuration" "base" {
  bucket = aws_s3_bucket.base.bucket
  status = var.updated ? "Suspended" : "Enabled"
}

resource "aws_s3_bucket_object_lock_configuration" "base" {
  bucket = aws_s3_bucket.object_lock_enabled.bucket
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.updated ? 6 : 5
    }
  }
}

resource "aws_s3_object" "base" {
  bucket  = aws_s3_bucket.prerequisite.bucket
  key     = "recorded/object.txt"
  content = var.updated ? "two" : "one"
}

resource "aws_s3_object" "tags" {
  bucket  = aws_s3_bucket.prerequisite.bucket
  key     = "recorded/tagged.txt"
  content = "one"
  tags    = var.updated ? { team = "b" } : { team = "a" }
}

resource "aws_s3_object" "acl" {
  bucket  = aws_s3_bucket.prerequisite.bucket
  key     = "recorded/acl.txt"
  content = "one"
  acl     = var.updated ? "public-read" : "private"
}

resource "aws_s3_object" "kms_key_id" {
  bucket     = aws_s3_bucket.prerequisite.bucket
  key        = "recorded/encrypted.txt"
  content    = "one"
  kms_key_id = aws_kms_key.prerequisite.arn
}
