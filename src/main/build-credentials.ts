import type { AwsAccess, Organization } from '#accounts/core';
import { type AccountId, type Clock, err, ok, type Problem, type Result } from '#core-values';
import {
  assumeRoleSts,
  type GrantPolicyPort,
  grantPoliciesIam,
  issuerDocuments,
  newOwnKey,
  type OwnKeyPair,
  ownIssuer,
  type RolePolicyPort,
  revocationIam,
  type StsPort,
  webIdentitySts,
} from '#credentials';
import { type AddRoutes, type Db, type Keyring, keptSecret, keptSecrets } from '#platform';

export interface BuiltCredentials {
  readonly sts: StsPort;
  /** Denies revoked sessions by each account's `revokeRole`, reached in the same way as the roles of grants. */
  readonly rolePolicies: RolePolicyPort;
  /** Makes and removes managed policies for grants by each account's `policyRole`, likewise. */
  readonly grantPolicies: GrantPolicyPort;
  /** The discovery documents of our own issuer, where we are one. */
  readonly routes: readonly AddRoutes[];
  /** Makes the next signing key when the newest is old, and takes over what other replicas made. */
  readonly rotate: () => Promise<Result<void, Problem>>;
}

const ROTATE_AFTER_MS = 90 * 24 * 3_600_000;
const PREFIX = 'issuer-key/';

/** AssumeRole with ambient credentials, or AssumeRoleWithWebIdentity with tokens of our own issuer. */
export async function buildCredentials(
  access: AwsAccess,
  on: {
    readonly db: Db;
    readonly keyring: Keyring;
    readonly clock: Clock;
    /** As configured now. */
    readonly organization: () => Organization;
  },
): Promise<Result<BuiltCredentials, Problem>> {
  const accountOf = (id: AccountId) => on.organization().accounts.find((account) => account.id === id);
  const policiesBy = (sts: StsPort): Pick<BuiltCredentials, 'rolePolicies' | 'grantPolicies'> => ({
    rolePolicies: revocationIam({ sts, revokeRole: (id) => accountOf(id)?.revokeRole }),
    grantPolicies: grantPoliciesIam({ sts, policyRole: (id) => accountOf(id)?.policyRole }),
  });
  const region = access.stsRegion === undefined ? {} : { region: access.stsRegion };
  if (access.kind === 'ambient') {
    const sts = assumeRoleSts(region);
    return ok({ sts, ...policiesBy(sts), routes: [], rotate: () => Promise.resolve(ok(undefined)) });
  }
  const { db, keyring, clock } = on;
  let keys: readonly OwnKeyPair[] = [];
  const rotate = async (): Promise<Result<void, Problem>> => {
    const known = await loadKeys(db, keyring);
    if (!known.ok) return known;
    const newest = Math.max(0, ...known.value.map(({ createdAt }) => createdAt));
    if (newest + ROTATE_AFTER_MS > clock.now()) {
      keys = known.value;
      return ok(undefined);
    }
    const fresh = await newOwnKey(clock.now());
    // Replicas that rotate on the same day agree on the one that was stored first.
    const name = `${PREFIX}${new Date(clock.now()).toISOString().slice(0, 10)}`;
    const stored = await keptSecret(db, keyring, name, () => JSON.stringify(fresh));
    if (!stored.ok) return stored;
    const reloaded = await loadKeys(db, keyring);
    if (!reloaded.ok) return reloaded;
    keys = reloaded.value;
    return ok(undefined);
  };
  const first = await rotate();
  if (!first.ok) return err(first.error);
  const issuer = ownIssuer({ url: access.issuerUrl, clock, keys: () => keys });
  const sts = webIdentitySts({ issuer, ...region });
  return ok({
    sts,
    ...policiesBy(sts),
    routes: [documentRoutes(access.issuerUrl, () => keys, clock)],
    rotate,
  });
}

async function loadKeys(db: Db, keyring: Keyring): Promise<Result<readonly OwnKeyPair[], Problem>> {
  const secrets = await keptSecrets(db, keyring, PREFIX);
  // Written by `rotate` alone, and authenticated by the encryption.
  return secrets.ok ? ok([...secrets.value.values()].map((words): OwnKeyPair => JSON.parse(words))) : secrets;
}

const documentRoutes =
  (issuer: string, keys: () => readonly OwnKeyPair[], clock: Clock): AddRoutes =>
  (app) => {
    const documents = () => issuerDocuments(issuer, keys(), clock.now());
    app.get('/.well-known/openid-configuration', (c) =>
      c.json(documents()['.well-known/openid-configuration']),
    );
    app.get('/keys.json', (c) => c.json(documents()['keys.json']));
  };
