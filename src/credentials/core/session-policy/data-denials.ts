import { type AccountId, type Text, text } from '#core-values';
import { serviceOfType } from './aws-types.ts';
import data from './data-actions.json' with { type: 'json' };
import { destroys, type PlannedAction, type StateStore } from './planned-action.ts';
import { hasShrunk, type Shrinking } from './session-policy.ts';
import { isLiteral, type Statement } from './statement.ts';

interface DataRow {
  readonly service: string;
  readonly actions: readonly string[];
  readonly types: readonly string[];
  /** The action is on something inside the resource: `arn/*`, or `arn:*` with `colon`. */
  readonly inside?: boolean;
  readonly colon?: boolean;
  /** Resources that the same call is checked against. */
  readonly also?: readonly string[];
  /** Shorter patterns for the same actions and a few more of their kind. */
  readonly mergeInto?: readonly string[];
}

const rows: readonly DataRow[] = data.rows;

interface DenialFacts {
  readonly account: AccountId;
  readonly partition: string;
  readonly changes: readonly PlannedAction[];
  readonly stateStore?: StateStore;
}

/**
 * Denies, in every service that is opened, what destroys data: altogether where the plan destroys none of the kind, and
 * except the very resources that it does destroy where they are known by ARN.
 */
export function dataDenials(
  facts: DenialFacts,
  services: ReadonlySet<string>,
  to: Shrinking,
): { readonly statements: readonly Statement[]; readonly widened: readonly Text[] } {
  const everywhere: string[] = [];
  const statements: Statement[] = [];
  const widened: Text[] = [];
  for (const row of rows.filter(({ service }) => services.has(service))) {
    const actions = mayMerge(row, facts, to) ? (row.mergeInto ?? row.actions) : row.actions;
    const destroyed = facts.changes.filter((change) => destroys(change) && row.types.includes(change.type));
    const exceptions = exceptionsOf(row, destroyed, facts);
    if (exceptions === undefined) widened.push(wideDestruction(row, destroyed));
    else if (exceptions.length === 0) everywhere.push(...actions);
    else statements.push({ Effect: 'Deny', Action: actions, NotResource: exceptions });
  }
  return { statements: [{ Effect: 'Deny', Action: everywhere }, ...statements], widened };
}

/** Broader denials could stop what the plan has to delete in the service. */
const mayMerge = (row: DataRow, facts: DenialFacts, to: Shrinking): boolean =>
  hasShrunk(to, 'names') &&
  !facts.changes.some((change) => destroys(change) && serviceOfType(change.type) === row.service);

/** What may be destroyed after all; `undefined` when the plan destroys something whose ARN is not known. */
function exceptionsOf(
  row: DataRow,
  destroyed: readonly PlannedAction[],
  facts: DenialFacts,
): readonly string[] | undefined {
  const arns = destroyed.map(({ arn }) => arn);
  if (arns.some((arn) => arn === undefined || !isOwn(arn, facts))) return undefined;
  const own = arns.filter((arn) => arn !== undefined);
  const inside = row.inside === true ? own.map((arn) => `${arn}${row.colon === true ? ':' : '/'}*`) : [];
  const also =
    own.length === 0 ? [] : (row.also ?? []).map((arn) => arn.replace('{partition}', facts.partition));
  return [...own, ...inside, ...also, ...stateLock(row, facts)];
}

/** S3's own ARNs name no account; any other must name ours. */
const isOwn = (arn: string, { account, partition }: DenialFacts): boolean =>
  isLiteral(arn) &&
  (arn.startsWith(`arn:${partition}:s3:::`) ||
    new RegExp(`^arn:${partition}:[a-z0-9-]+:[a-z0-9-]*:${account}:.+$`).test(arn));

/** Terraform deletes its lock file when it is done. */
const stateLock = (row: DataRow, { stateStore, partition }: DenialFacts): readonly string[] =>
  stateStore !== undefined && row.actions.includes('s3:DeleteObject')
    ? [`arn:${partition}:s3:::${stateStore.bucket}/${stateStore.key}.tflock`]
    : [];

const wideDestruction = (row: DataRow, destroyed: readonly PlannedAction[]): Text => {
  const addresses = destroyed.map(({ address }) => address).join(', ');
  return text(
    `${row.actions.join(', ')} is open on every resource of the kind, because ${addresses} is to be destroyed and could not be named exactly.`,
    `${addresses} を破壊する計画ですが、対象を正確に指定できないため、${row.actions.join(', ')} を同種のすべてのリソースに許可しています。`,
  );
};
