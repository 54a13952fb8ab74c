resource "aws_glue_catalog_database" "base" {
  name        = "recorded_database"
  description = var.updated ? "after" : "before"
}

resource "aws_glue_catalog_table" "base" {
  name          = "recorded_table"
  database_name = aws_glue_catalog_database.base.name
  description   = var.updated ? "after" : "before"
}

resource "aws_glue_job" "base" {
  name        = "recorded-job"
  role_arn    = aws_iam_role.prerequisite.arn
  max_retries = var.updated ? 1 : 0
  command {
    script_location = "s3://recorded/script.py"
  }
}

resource "aws_glue_crawler" "base" {
  name          = "recorded-crawler"
  role          = aws_iam_role.prerequisite.arn
  database_name = aws_glue_catalog_database.base.name
  description   = var.updated ? "after" : "before"
  s3_target {
    path = "s3://recorded/data"
  }
}

resource "aws_glue_catalog_database" "tags" {
  name        = "recorded_database_tags"
  description = "before"
  tags        = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_glue_crawler" "tags" {
  name          = "recorded-crawler-tags"
  role          = aws_iam_role.prerequisite.arn
  database_name = aws_glue_catalog_database.base.name
  description   = "before"
  s3_target {
    path = "s3://recorded/data"
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}

resource "aws_glue_job" "tags" {
  name        = "recorded-job-tags"
  role_arn    = aws_iam_role.prerequisite.arn
  max_retries = 0
  command {
    script_location = "s3://recorded/script.py"
  }
  tags = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
