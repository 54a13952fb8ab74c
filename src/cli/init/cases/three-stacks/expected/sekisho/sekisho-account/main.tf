# Written by `sekisho init`. What each statement is for: docs/account-roles.md of Sekisho.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  here      = lookup(var.accounts, local.account, { stacks = [], state_objects = [], lock_tables = [] })
}

# Applied with the credentials of another account, nothing is made.
resource "terraform_data" "account" {
  lifecycle {
    precondition {
      condition     = contains(keys(var.accounts), local.account)
      error_message = "Account ${local.account} is not in var.accounts: these are the credentials of another account, or sekisho init has not seen it yet."
    }
  }
}

# Permissions boundary: gives nothing, and takes away what no change by Terraform may do. A boundary
# holds even where somebody writes into the roles’ own policies.
resource "aws_iam_policy" "guard" {
  name        = "sekisho-guard"
  path        = "/"
  description = "Permissions boundary of the roles of Sekisho"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # A boundary allows at most. What a role may do stands in its own policies.
      {
        Sid      = "NothingTakenAwayByItself"
        Effect   = "Allow"
        Action   = ["*"]
        Resource = ["*"]
      },
      # Sekisho’s own roles, its identity provider, this guard and the policies made for grants may
      # be looked at: not changed, assumed, passed or deleted. Who could would be past every
      # approval.
      {
        Sid       = "SekishoIsReadOnly"
        Effect    = "Deny"
        NotAction = ["iam:Get*", "iam:List*"]
        Resource = [
          "arn:${local.partition}:iam::${local.account}:role/sekisho-*",
          "arn:${local.partition}:iam::${local.account}:policy/sekisho/*",
          "arn:${local.partition}:iam::${local.account}:policy/sekisho-guard*",
          "arn:aws:iam::333333333333:role/sekisho-server",
        ]
      },
      # CloudTrail, Config, GuardDuty, Security Hub and Access Analyzer are neither switched off nor
      # changed: whoever steals a grant would begin there.
      {
        Sid    = "AuditStaysOn"
        Effect = "Deny"
        Action = [
          "access-analyzer:Delete*",
          "cloudtrail:Delete*",
          "cloudtrail:Put*",
          "cloudtrail:Stop*",
          "cloudtrail:Update*",
          "config:Delete*",
          "config:Put*",
          "config:Stop*",
          "guardduty:Delete*",
          "guardduty:Disassociate*",
          "guardduty:Stop*",
          "guardduty:Update*",
          "securityhub:Delete*",
          "securityhub:Disable*",
        ]
        Resource = ["*"]
      },
      # The account does not leave the organization, is not closed, and nobody changes its contacts,
      # regions or root.
      {
        Sid    = "OrganizationStays"
        Effect = "Deny"
        Action = [
          "account:Accept*",
          "account:Close*",
          "account:Delete*",
          "account:Disable*",
          "account:Enable*",
          "account:Put*",
          "account:Start*",
          "iam:DisableOrganizationsRoot*",
          "iam:EnableOrganizationsRoot*",
          "organizations:Accept*",
          "organizations:Attach*",
          "organizations:Cancel*",
          "organizations:Close*",
          "organizations:Create*",
          "organizations:Decline*",
          "organizations:Delete*",
          "organizations:Deregister*",
          "organizations:Detach*",
          "organizations:Disable*",
          "organizations:Enable*",
          "organizations:Invite*",
          "organizations:Leave*",
          "organizations:Move*",
          "organizations:Put*",
          "organizations:Register*",
          "organizations:Remove*",
          "organizations:Tag*",
          "organizations:Terminate*",
          "organizations:Untag*",
          "organizations:Update*",
          "sts:AssumeRoot",
        ]
        Resource = ["*"]
      },
      # Who may sign in through IAM Identity Center is not changed.
      {
        Sid    = "PeopleStay"
        Effect = "Deny"
        Action = [
          "identitystore:Add*",
          "identitystore:Create*",
          "identitystore:Delete*",
          "identitystore:Is*",
          "identitystore:Remove*",
          "identitystore:Reserve*",
          "identitystore:Update*",
          "sso-directory:*",
          "sso:Add*",
          "sso:Associate*",
          "sso:Attach*",
          "sso:Create*",
          "sso:Delete*",
          "sso:Detach*",
          "sso:Disassociate*",
          "sso:Import*",
          "sso:Provision*",
          "sso:Put*",
          "sso:Remove*",
          "sso:Search*",
          "sso:Start*",
          "sso:Tag*",
          "sso:Untag*",
          "sso:Update*",
        ]
        Resource = ["*"]
      },
      # Bills, payment, tax and commitments are not touched.
      {
        Sid    = "NothingIsBought"
        Effect = "Deny"
        Action = [
          "aws-marketplace:AcceptAgreementRequest",
          "aws-marketplace:Subscribe",
          "billing:*",
          "consolidatedbilling:*",
          "invoicing:*",
          "payments:*",
          "purchase-orders:*",
          "savingsplans:CreateSavingsPlan",
          "tax:*",
        ]
        Resource = ["*"]
      },
    ]
  })
  depends_on = [terraform_data.account]
}

# For planning, and for looking for drift: reads how things are set up, and changes nothing.
resource "aws_iam_role" "plan" {
  name                 = "sekisho-plan"
  path                 = "/"
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.guard.arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only the role that the Sekisho server runs as, and nothing in CI. The session’s tags and
      # source identity name the grant and who approved it.
      {
        Sid       = "OnlySekishoServer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::333333333333:role/sekisho-server" }
        Action    = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
      },
    ]
  })
  depends_on = [terraform_data.account]
}

# AWS’s list of what only reads, which AWS keeps up to date.
resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.plan.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role_policy" "plan" {
  name = "sekisho-plan"
  role = aws_iam_role.plan.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # A plan runs code that nobody has approved yet: it may see how things are set up, but no
      # secret and no credentials.
      {
        Sid    = "NoSecrets"
        Effect = "Deny"
        Action = [
          "secretsmanager:BatchGetSecretValue",
          "secretsmanager:GetSecretValue",
          "iam:GenerateCredentialReport",
          "ec2:GetPasswordData",
          "ecr:GetAuthorizationToken",
          "codeartifact:GetAuthorizationToken",
          "redshift:GetClusterCredentials*",
          "redshift-serverless:GetCredentials",
          "rds-db:connect",
          "lightsail:GetInstanceAccessDetails",
          "lightsail:GetRelationalDatabaseMasterUserPassword",
          "sts:AssumeRole*",
        ]
        Resource = ["*"]
      },
      # Nor what is in databases, queues, streams, logs and repositories.
      {
        Sid    = "NoContents"
        Effect = "Deny"
        Action = [
          "athena:GetQueryResults*",
          "codecommit:GetFile",
          "codecommit:GitPull",
          "cognito-idp:ListUsers",
          "cognito-idp:AdminGetUser",
          "dynamodb:PartiQLSelect",
          "dynamodb:Query",
          "dynamodb:Scan",
          "dynamodb:BatchGetItem",
          "dynamodb:GetRecords",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "es:ESHttp*",
          "kinesis:GetRecords",
          "logs:FilterLogEvents",
          "logs:GetLogEvents",
          "logs:GetQueryResults",
          "logs:StartQuery",
          "neptune-db:*",
          "rds:DownloadDBLogFilePortion",
          "rds-data:*",
          "redshift-data:*",
          "sqs:ReceiveMessage",
          "timestream:Select",
        ]
        Resource = ["*"]
      },
      # Of all objects in S3 only Terraform’s states. Each session is narrowed to the one state of
      # its stack.
      {
        Sid         = "NoObjectsButStates"
        Effect      = "Deny"
        Action      = ["s3:GetObject*"]
        NotResource = local.here.state_objects
      },
      # Of all items in DynamoDB only those of the table that locks states.
      {
        Sid         = "NoItemsButLocks"
        Effect      = "Deny"
        Action      = ["dynamodb:GetItem"]
        NotResource = local.here.lock_tables
      },
      # Keys serve to read states that are encrypted with a key of yours.
      {
        Sid      = "StatesMayBeEncrypted"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = ["*"]
        Condition = {
          StringLike = {
            "kms:ViaService" = ["s3.*.amazonaws.com", "s3.*.amazonaws.com.cn"]
          }
        }
      },
      # And nothing else: a parameter of type SecureString stays secret, although its key lets the
      # whole account use it.
      {
        Sid      = "NothingElseIsDecrypted"
        Effect   = "Deny"
        Action   = ["kms:Decrypt"]
        Resource = ["*"]
        Condition = {
          StringNotLike = {
            "kms:ViaService" = ["s3.*.amazonaws.com", "s3.*.amazonaws.com.cn"]
          }
        }
      },
    ]
  })
}

# For applying. Credentials for it exist only after an approval, for one plan, and each session is
# narrowed to what that plan needs.
resource "aws_iam_role" "apply" {
  name                 = "sekisho-apply"
  path                 = "/"
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.guard.arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only the role that the Sekisho server runs as, and nothing in CI. The session’s tags and
      # source identity name the grant and who approved it.
      {
        Sid       = "OnlySekishoServer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::333333333333:role/sekisho-server" }
        Action    = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
      },
    ]
  })
  depends_on = [terraform_data.account]
}

# The upper bound of what any approved plan may do. Put policies of your own in its place where your
# stacks need less.
resource "aws_iam_role_policy_attachment" "apply" {
  role       = aws_iam_role.apply.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/AdministratorAccess"
}

# Takes a grant back at once, by a policy that denies one session. Every session of it is bound to
# one call on one role.
resource "aws_iam_role" "revoke" {
  name                 = "sekisho-revoke"
  path                 = "/"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only the role that the Sekisho server runs as, and nothing in CI. The session’s tags and
      # source identity name the grant and who approved it.
      {
        Sid       = "OnlySekishoServer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::333333333333:role/sekisho-server" }
        Action    = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
      },
    ]
  })
  depends_on = [terraform_data.account]
}

resource "aws_iam_role_policy" "revoke" {
  name = "sekisho-revoke"
  role = aws_iam_role.revoke.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # IAM cannot limit this to denials; so nobody but Sekisho may assume this role, and the guard
      # bounds the other two.
      {
        Sid    = "DenySessions"
        Effect = "Allow"
        Action = ["iam:DeleteRolePolicy", "iam:PutRolePolicy"]
        Resource = [
          "arn:${local.partition}:iam::${local.account}:role/sekisho-plan",
          "arn:${local.partition}:iam::${local.account}:role/sekisho-apply",
        ]
      },
    ]
  })
}

# Makes and removes the policies of grants that need more room than a session policy has. It can
# attach nothing, so what it makes gives nobody anything.
resource "aws_iam_role" "policy" {
  name                 = "sekisho-policy"
  path                 = "/"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only the role that the Sekisho server runs as, and nothing in CI. The session’s tags and
      # source identity name the grant and who approved it.
      {
        Sid       = "OnlySekishoServer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::333333333333:role/sekisho-server" }
        Action    = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
      },
    ]
  })
  depends_on = [terraform_data.account]
}

resource "aws_iam_role_policy" "policy" {
  name = "sekisho-policy"
  role = aws_iam_role.policy.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Only under /sekisho/, where nothing else lives.
      {
        Sid      = "PoliciesOfGrants"
        Effect   = "Allow"
        Action   = ["iam:CreatePolicy", "iam:DeletePolicy"]
        Resource = ["arn:${local.partition}:iam::${local.account}:policy/sekisho/*"]
      },
      # To find, once an hour, what a crash left behind.
      {
        Sid      = "FindWhatIsLeft"
        Effect   = "Allow"
        Action   = ["iam:ListPolicies"]
        Resource = ["*"]
      },
    ]
  })
}
