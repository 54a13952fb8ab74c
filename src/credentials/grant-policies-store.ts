import type { EpochMs, GrantId } from '#core-values';
import type { Db, Tx } from '#platform';
import type { Grant } from './core/grant.ts';
import { GRANT_POLICY_PATH } from './core/grant-policies.ts';
import { selectGrant } from './store.ts';

// A type alias, not an interface: Kysely's `withTables` wants an index signature, which only aliases have.
type Tables = {
  readonly grant_policies: {
    readonly grant_id: string;
    readonly documents: readonly string[];
    readonly removed_at: Date | null;
  };
  readonly grants: { readonly id: string; readonly status: Grant['status'] };
};

const tables = (db: Db) => db.withTables<Tables>();

/** In the transaction that begins the grant, before anything is made in AWS. */
export async function insertGrantPolicies(
  tx: Tx,
  grant: GrantId,
  documents: readonly string[],
): Promise<void> {
  if (documents.length === 0) return;
  await tables(tx)
    .insertInto('grant_policies')
    .values({ grant_id: grant, documents: [...documents], removed_at: null })
    .execute();
}

/** Policies that may still be in AWS although their grant has ended. */
export async function selectGrantPolicies(
  db: Db,
): Promise<readonly { readonly grant: Grant; readonly documents: readonly string[] }[]> {
  const rows = await tables(db)
    .selectFrom('grant_policies')
    .innerJoin('grants', 'grants.id', 'grant_policies.grant_id')
    .select(['grant_policies.grant_id', 'grant_policies.documents'])
    .where('grant_policies.removed_at', 'is', null)
    .where('grants.status', 'not in', ['issuing', 'issued'])
    .orderBy('grant_policies.grant_id')
    .execute();
  const found = await Promise.all(
    rows.map(async ({ grant_id, documents }) => ({
      grant: await selectGrant(db, grant_id as GrantId),
      documents,
    })),
  );
  return found.flatMap(({ grant, documents }) => (grant === undefined ? [] : [{ grant, documents }]));
}

/**
 * What the session of a grant is limited by, as one document: of several, each allows what it allows, and each denies. The ARNs left are
 * of policies whose text is not ours.
 */
export async function sessionLimitsOf(
  db: Db,
  { id, sessionPolicy, managedPolicyArns }: Pick<Grant, 'id' | 'sessionPolicy' | 'managedPolicyArns'>,
): Promise<Pick<Grant, 'sessionPolicy' | 'managedPolicyArns'>> {
  const row = await tables(db)
    .selectFrom('grant_policies')
    .select('documents')
    .where('grant_id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return { sessionPolicy, managedPolicyArns };
  const whole = { ...JSON.parse(sessionPolicy) };
  whole.Statement = [sessionPolicy, ...row.documents].flatMap((source) => JSON.parse(source).Statement);
  return {
    sessionPolicy: JSON.stringify(whole),
    managedPolicyArns: managedPolicyArns.filter((arn) => !arn.includes(`:policy${GRANT_POLICY_PATH}${id}-`)),
  };
}

export async function updateGrantPoliciesRemoved(db: Db, grant: GrantId, at: EpochMs): Promise<void> {
  await tables(db)
    .updateTable('grant_policies')
    .set({ removed_at: new Date(at) })
    .where('grant_id', '=', grant)
    .where('removed_at', 'is', null)
    .execute();
}
