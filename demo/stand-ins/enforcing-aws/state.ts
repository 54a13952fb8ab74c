import type { IamOfAccount } from './iam-of-account.ts';
import { longestSession, oidcProviders, readIam } from './iam-of-account.ts';
import type { MotoReader } from './moto-reader.ts';
import { accountIds, type OrganizationOfAccount, readOrganization } from './organization.ts';
import type { ResourcePolicy } from './resource-policies.ts';
import { arnByName, bucketsOf, readResourcePolicy, resourceTags } from './resource-policies.ts';

/** What moto holds, read when it is asked for and forgotten when something may have changed it. */
export interface AwsState {
  iam(account: string): Promise<IamOfAccount>;
  organization(account: string): Promise<OrganizationOfAccount | undefined>;
  resourcePolicy(arn: string, owner: string): Promise<ResourcePolicy | undefined>;
  /** Undefined where no account has the bucket. */
  bucketOwner(bucket: string): Promise<string | undefined>;
  tags(arn: string, owner: string): Promise<ReadonlyMap<string, string> | undefined>;
  arnByName(
    where: { account: string; service: string; region: string },
    id: string,
  ): Promise<string | undefined>;
  longestSession(account: string, roleName: string): Promise<number>;
  oidcProviders(account: string): ReturnType<typeof oidcProviders>;
  /** Forgets what a request to this service may have changed; everything where none is named. */
  forget(service?: string): void;
}

/** Only these services change who there is, where in the organization, and with which policies: asking that again for every write is most of its time. */
const CHANGING_EVERYTHING: ReadonlySet<string> = new Set(['iam', 'organizations']);
const OF_IDENTITY = /^(?:iam|organization|longest|providers|accounts)\b/;

export function awsState(moto: MotoReader): AwsState {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const before = known.get(key);
    // The key holds the name of the reader, so what is kept under it is of its type.
    if (before !== undefined) return before as Promise<T>;
    const reading = read();
    known.set(key, reading);
    // What failed is asked for again.
    reading.catch(() => known.delete(key));
    return reading;
  };
  const buckets = (account: string) => once(`buckets ${account}`, () => bucketsOf(moto, account));
  return {
    iam: (account) => once(`iam ${account}`, () => readIam(moto, account)),
    organization: (account) => once(`organization ${account}`, () => readOrganization(moto, account)),
    resourcePolicy: (arn, owner) =>
      once(`policy ${owner} ${arn}`, () => readResourcePolicy(moto, arn, owner)),
    bucketOwner: async (bucket) => {
      for (const account of await once('accounts', () => accountIds(moto))) {
        if ((await buckets(account)).includes(bucket)) return account;
      }
      return undefined;
    },
    tags: (arn, owner) => once(`tags ${owner} ${arn}`, () => resourceTags(moto, arn, owner)),
    arnByName: (where, id) =>
      once(`arn ${where.account} ${where.service} ${where.region} ${id}`, () => arnByName(moto, where, id)),
    longestSession: (account, roleName) =>
      once(`longest ${account} ${roleName}`, () => longestSession(moto, account, roleName)),
    oidcProviders: (account) => once(`providers ${account}`, () => oidcProviders(moto, account)),
    forget: (service) => {
      const keepsIdentity = service !== undefined && !CHANGING_EVERYTHING.has(service);
      for (const key of known.keys()) {
        if (!keepsIdentity || !OF_IDENTITY.test(key)) known.delete(key);
      }
    },
  };
}
