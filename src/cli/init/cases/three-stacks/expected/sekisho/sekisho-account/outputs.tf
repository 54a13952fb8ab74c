output "plan_role" {
  description = "For accounts[].planRole of sekisho.yaml."
  value       = aws_iam_role.plan.arn
}

output "apply_role" {
  description = "For accounts[].applyRole of sekisho.yaml."
  value       = aws_iam_role.apply.arn
}

output "revoke_role" {
  description = "For accounts[].revokeRole of sekisho.yaml."
  value       = aws_iam_role.revoke.arn
}

output "policy_role" {
  description = "For accounts[].policyRole of sekisho.yaml."
  value       = aws_iam_role.policy.arn
}
