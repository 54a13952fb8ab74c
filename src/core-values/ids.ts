import type { Branded } from './brand.ts';

/** Twelve decimal digits, as AWS writes them. */
export type AccountId = Branded<string, 'AccountId'>;
/** Lower-case letters, digits and hyphens; the name of a stack in `sekisho.yaml`. */
export type StackName = Branded<string, 'StackName'>;
/** The name of a person in `sekisho.yaml`. */
export type PersonName = Branded<string, 'PersonName'>;
export type TeamName = Branded<string, 'TeamName'>;
/** Lower-case hexadecimal SHA-256 of a plan file's bytes. */
export type PlanDigest = Branded<string, 'PlanDigest'>;
/** Lower-case hexadecimal SHA-256 of what a plan means. */
export type Fingerprint = Branded<string, 'Fingerprint'>;
/** `grt_` and a UUIDv7. */
export type GrantId = Branded<string, 'GrantId'>;
/** `pln_` and a UUIDv7: one upload of one plan. */
export type PlanId = Branded<string, 'PlanId'>;
/** Position of an entry in the audit log, from 0 on, in decimal. */
export type AuditEntryId = Branded<string, 'AuditEntryId'>;

const matching =
  <T extends string>(pattern: RegExp) =>
  (value: string): T | undefined =>
    // The one place where a checked string takes its brand.
    pattern.test(value) ? (value as T) : undefined;

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Each parser answers `undefined` for a string that is not of its form. */
export const parseAccountId = matching<AccountId>(/^[0-9]{12}$/);
export const parseStackName = matching<StackName>(NAME);
export const parsePersonName = matching<PersonName>(NAME);
export const parseTeamName = matching<TeamName>(NAME);
export const parsePlanDigest = matching<PlanDigest>(SHA256_HEX);
export const parseFingerprint = matching<Fingerprint>(SHA256_HEX);
export const parseGrantId = matching<GrantId>(new RegExp(`^grt_${UUID}$`));
export const parsePlanId = matching<PlanId>(new RegExp(`^pln_${UUID}$`));
export const parseAuditEntryId = matching<AuditEntryId>(/^(?:0|[1-9][0-9]{0,17})$/);
