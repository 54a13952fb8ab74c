resource "aws_budgets_budget" "base" {
  name         = "recorded-budget"
  budget_type  = "COST"
  limit_amount = var.updated ? "200" : "100"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
}

resource "aws_budgets_budget" "tags" {
  name         = "recorded-budget-tags"
  budget_type  = "COST"
  limit_amount = "100"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  tags         = var.updated ? { team = "b" } : { team = "a", gone = "x" }
}
