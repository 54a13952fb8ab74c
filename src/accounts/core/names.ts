import type { AccountName, ExternalId, IssuerName, Region, RoleArn } from './model.ts';

// Whatever ends in a policy, a session name or a tag is held to a grammar without `$`, `{`, `*` and `?`:
// IAM would read those as variables and patterns.

/** The grammar of every name in `sekisho.yaml`; the same as core-values' stack, person and team names. */
export const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

const matching =
  <T extends string>(pattern: RegExp, most: number) =>
  (value: string): T | undefined =>
    // The one place where these strings take their brands.
    value.length <= most && pattern.test(value) ? (value as T) : undefined;

export const parseAccountName = matching<AccountName>(NAME, 64);
export const parseIssuerName = matching<IssuerName>(NAME, 64);
export const parseRegion = matching<Region>(/^[a-z]{2}(?:-[a-z]{2,12}){1,2}-[1-9]$/, 32);
export const parseExternalId = matching<ExternalId>(/^[1-9][0-9]*$/, 20);
export const parseRoleArn = matching<RoleArn>(
  /^arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:role\/(?:[A-Za-z0-9+=,.@_-]+\/)*[A-Za-z0-9+=,.@_-]{1,64}$/,
  512,
);

/** The account that a role belongs to. */
export const accountIdOfRole = (role: RoleArn): string => role.split(':')[4] ?? '';

const SEGMENT = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const REPOSITORY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})+$`);
const FOLDER = /^[\p{L}\p{N}_.-]+(?:\/[\p{L}\p{N}_.-]+)*$/u;

/** `owner/repository`, or GitLab's `group/subgroup/project`. */
export const parseRepositoryName = (value: string): string | undefined =>
  value.length <= 255 && REPOSITORY.test(value) ? value : undefined;

/** A folder relative to the repository's root: `stacks/staging`, or `.` for the root itself. */
export const parseFolder = (value: string): string | undefined => {
  if (value === '.') return value;
  const steps = value.split('/');
  return value.length <= 255 && FOLDER.test(value) && !steps.includes('.') && !steps.includes('..')
    ? value
    : undefined;
};
