import { z } from 'zod';
import { ENVIRONMENTS, LANGUAGES } from '#core-values';
import * as field from './fields.ts';
import { APPLY_TIMES, APPROVAL_KINDS, ISSUER_KINDS } from './model.ts';
import { server } from './server-schema.ts';
import { personSignIn } from './sign-in-schema.ts';

const organization = z
  .strictObject({
    id: field
      .organizationId()
      .optional()
      .describe('The id AWS Organizations gives; leave out where there is none.'),
    name: field.line(128).describe('What people call the organization.'),
    managementAccount: field
      .accountName()
      .optional()
      .describe('Name of the account that manages the organization.'),
  })
  .describe('The AWS organization.');

const account = z
  .strictObject({
    id: field.accountId().describe('Twelve digits in quotes (an unquoted number loses its leading zeros).'),
    name: field.accountName().describe('How the rest of this file names the account.'),
    environment: z.enum(ENVIRONMENTS).describe('What the account is for; production is guarded most.'),
    planRole: field
      .roleArn()
      .optional()
      .describe('Role for planning: reads, no secrets, no changes. Required for accounts with stacks.'),
    applyRole: field
      .roleArn()
      .optional()
      .describe('Role for applying, another than the plan role. Required for accounts with stacks.'),
    revokeRole: field
      .roleArn()
      .optional()
      .describe(
        'Role that denies revoked sessions in AWS, another than both; without it they live until they expire.',
      ),
    policyRole: field
      .roleArn()
      .optional()
      .describe(
        'Role that makes managed policies under /sekisho/ for grants whose session policy does not fit, another than planRole and applyRole; without it such plans are refused.',
      ),
  })
  .describe('An AWS account.');

const issuer = z
  .strictObject({
    name: field.issuerName().describe('How the rest of this file names the issuer.'),
    kind: z.enum(ISSUER_KINDS).describe('Whose claims the tokens carry.'),
    url: field
      .webAddress()
      .describe('Exactly the claim `iss`, e.g. https://token.actions.githubusercontent.com.'),
    audience: field
      .webAddress()
      .optional()
      .describe('Exactly the claim `aud`; server.publicUrl if left out.'),
  })
  .describe('An OIDC issuer that may vouch for CI jobs.');

const events = z.array(field.plainEvent()).min(1);
const refs = z.array(field.refGlob()).min(1);

const planTrust = z
  .strictObject({
    events: events
      .optional()
      .describe(
        'Events of which a job may plan; pull requests, pushes, manual and scheduled runs if left out.',
      ),
    refs: refs
      .optional()
      .describe('Refs from which a job may plan; pull requests and those of apply if left out.'),
    environment: field.line(255).optional().describe('Environment of the CI in which the job must run.'),
  })
  .describe('Which jobs of the workflow may plan.');

const applyTrust = z
  .strictObject({
    when: z
      .enum(APPLY_TIMES)
      .default('after-merge')
      .describe(
        'Whether changes are applied once merged, or before, by a manual run of the protected workflow (GitHub only).',
      ),
    events: events
      .optional()
      .describe(
        'Events of which a job may apply; pushes and manual runs if left out, manual runs alone before the merge.',
      ),
    refs: refs.optional().describe('Refs from which a job may apply; refs/heads/main if left out.'),
    environment: field.line(255).optional().describe('Environment of the CI in which the job must run.'),
  })
  .describe('Which jobs of the workflow may apply.');

const stack = z
  .strictObject({
    name: field.stackName().describe('How people, jobs and the rest of this file name the stack.'),
    repository: z
      .strictObject({
        issuer: field.issuerName().describe('Name of the issuer whose tokens the repository’s jobs carry.'),
        id: field.externalId().describe('The repository’s numeric id, in quotes.'),
        ownerId: field
          .externalId()
          .describe('The numeric id of its owner (GitLab: of its namespace), in quotes.'),
        name: field.repositoryName().describe('Its full name, for people; never used for trust.'),
        language: z
          .enum(LANGUAGES)
          .exactOptional()
          .describe('Language in which its pull requests are written to; English if left out.'),
        commandWorkflow: field
          .workflowFile()
          .exactOptional()
          .describe(
            'File in .github/workflows that /sekisho plan and /sekisho apply start; change.yml if left out (GitHub only).',
          ),
      })
      .describe('The repository that holds the stack.'),
    path: field.folder().describe('Folder of the root module in the repository.'),
    account: field.accountName().describe('Name of the account it is deployed to.'),
    region: field.region().describe('Region it is deployed to.'),
    workflow: field
      .line(1024)
      .describe(
        'The one workflow file and ref that may plan and apply: the claim `job_workflow_ref` (GitLab: `ci_config_ref_uri`).',
      ),
    workflowSha: field
      .commit()
      .optional()
      .describe('Pins the workflow to a commit: the claim `job_workflow_sha` (GitLab: `ci_config_sha`).'),
    plan: planTrust.prefault({}),
    apply: applyTrust.prefault({}),
    approval: z
      .strictObject({
        team: field.teamName().describe('The team that owns the stack.'),
        accept: z
          .array(z.enum(APPROVAL_KINDS))
          .min(1)
          .default(['signature'])
          .describe(
            'What counts as an approval: signatures with a key of sekisho.yaml, or reviews of the pull request on GitHub too.',
          ),
      })
      .describe('Who approves; how many, and when, say the policies.'),
    dependsOn: z
      .array(field.stackName())
      .default([])
      .describe('Stacks whose change must be applied before this one’s.'),
    services: z
      .array(field.serviceName())
      .max(50)
      .optional()
      .describe('Services of SLO definitions that it can hurt: their error budgets gate its applies.'),
    alsoAffectedBy: z
      .array(field.pathGlob())
      .max(100)
      .optional()
      .describe(
        'Globs of files that it uses although its configuration does not name them; its folder, local modules and files it mentions are found without.',
      ),
    allow: z
      .strictObject({
        providers: z
          .array(field.providerSource())
          .optional()
          .describe('Providers it may use; the AWS provider and Terraform’s built-in one if left out.'),
        modules: z
          .array(field.moduleSource())
          .default([])
          .describe(
            'Modules from outside the repository that it may use, as the configuration writes their source.',
          ),
        provisioners: z
          .array(field.resourceAddress())
          .default([])
          .describe('Resources whose provisioners may run.'),
        accounts: z
          .array(field.accountName())
          .default([])
          .describe('Other accounts that its state and plans may mention.'),
      })
      .prefault({})
      .describe('What a plan may hold without becoming a finding.'),
  })
  .describe('A Terraform or OpenTofu root module with one state, in one account and region.');

const person = z
  .strictObject({
    name: field.personName().describe('How the rest of this file names the person.'),
    identities: z
      .array(
        z.strictObject({
          issuer: field.issuerName().describe('Name of the issuer that knows the person.'),
          id: field.externalId().describe('The person’s numeric id there, in quotes.'),
          login: field.line(255).optional().describe('The login there, for people; never used for trust.'),
        }),
      )
      .min(1)
      .describe('Who the person is to the CI: without it nobody could tell the author from the approver.'),
    teams: z.array(field.teamName()).default([]).describe('Teams the person is in.'),
    keys: z
      .array(field.personKey())
      .default([])
      .describe(
        'What the person signs approvals with: OpenSSH public keys, and enrolled passkeys that stand on nobody else’s word (`passkey: SHA256:…`).',
      ),
    signIn: personSignIn.optional(),
  })
  .describe('Somebody who writes, approves or administers.');

const freeze = z
  .strictObject({
    name: field.plainName().describe('Name of the freeze.'),
    environments: z.array(z.enum(ENVIRONMENTS)).min(1).describe('Environments that are frozen.'),
    from: field.instant().describe('From when on, with the offset from UTC.'),
    to: field.instant().describe('Until when, exclusive.'),
    reason: field.line(500).describe('Why, for those who are refused.'),
  })
  .describe('A time in which nothing is applied, except by breaking glass.');

/** The schema of `sekisho.yaml`: each key checked by itself; `resolveConfiguration` checks them against each other. */
export const configurationSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of this format.'),
    organization,
    accounts: z.array(account).min(1).describe('Every account of the organization.'),
    issuers: z.array(issuer).default([]).describe('Who may vouch for CI jobs.'),
    stacks: z.array(stack).default([]).describe('What is deployed where, and by whom.'),
    teams: z
      .array(
        z.strictObject({
          name: field.teamName().describe('Name of the team.'),
          github: field
            .gitHubTeam()
            .exactOptional()
            .describe(
              'Team of GitHub (organization/team-slug) in which its people must be too: GitHub is asked for each decision.',
            ),
        }),
      )
      .default([])
      .describe('The teams.'),
    people: z.array(person).default([]).describe('The people.'),
    breakGlass: z
      .array(field.personName())
      .default([])
      .describe('People who may act without approval, with a reason, alarmed.'),
    administrators: z
      .array(field.personName())
      .default([])
      .describe('People who may revoke, cancel and administer.'),
    freezes: z.array(freeze).default([]).describe('Times in which nothing is applied.'),
    server,
  })
  .meta({ title: 'sekisho.yaml', description: 'Configuration of Sekisho.' });

export type ConfigurationInput = z.output<typeof configurationSchema>;
export type AccountInput = ConfigurationInput['accounts'][number];
export type StackInput = ConfigurationInput['stacks'][number];
export type PersonInput = ConfigurationInput['people'][number];
export type ServerInput = ConfigurationInput['server'];
