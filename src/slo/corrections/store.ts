import { createHmac, timingSafeEqual } from 'node:crypto';
import { type EpochMs, epochMs } from '#core-values';
import type { Db, Tx } from '#platform';

/** What a correction is about: one SLO, or all of a service. */
export interface CorrectionScope {
  readonly kind: 'slo' | 'service';
  readonly name: string;
}

export interface BudgetCorrection {
  readonly id: string;
  readonly of: CorrectionScope;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason: string;
  readonly byWhom: string;
  readonly at: EpochMs;
}

export interface CorrectionUndone {
  readonly id: string;
  readonly undoes: string;
  readonly reason: string;
  readonly byWhom: string;
  readonly at: EpochMs;
}

export interface KeptCorrection extends BudgetCorrection {
  readonly undone?: CorrectionUndone;
}

type CorrectionTables = {
  readonly slo_corrections: {
    readonly id: string;
    readonly undoes: string | null;
    readonly of_kind: 'slo' | 'service' | null;
    readonly of_name: string | null;
    readonly from_at: Date | null;
    readonly to_at: Date | null;
    readonly reason: string;
    readonly by_whom: string;
    readonly at: Date;
    readonly code: Uint8Array;
  };
};

type Row = CorrectionTables['slo_corrections'];
type Written = Omit<Row, 'code'>;

/** Under the server's key: who can write to the database but has not the key gives no budget back. */
const codeOf = (row: Written, key: string): Uint8Array =>
  createHmac('sha256', key)
    .update(
      JSON.stringify([
        'sekisho-slo-correction/1',
        ...[row.id, row.undoes, row.of_kind, row.of_name, row.from_at, row.to_at],
        ...[row.reason, row.by_whom, row.at],
      ]),
    )
    .digest();

const isOwn = ({ code, ...row }: Row, key: string): boolean => {
  const expected = codeOf(row, key);
  return code.byteLength === expected.byteLength && timingSafeEqual(code, expected);
};

export function insertCorrection(tx: Tx, correction: BudgetCorrection, key: string): Promise<void> {
  return insert(
    tx,
    {
      ...{ id: correction.id, undoes: null },
      ...{ of_kind: correction.of.kind, of_name: correction.of.name },
      ...{ from_at: new Date(correction.from), to_at: new Date(correction.to) },
      ...{ reason: correction.reason, by_whom: correction.byWhom, at: new Date(correction.at) },
    },
    key,
  );
}

export function insertUndone(tx: Tx, undone: CorrectionUndone, key: string): Promise<void> {
  const nothing = { of_kind: null, of_name: null, from_at: null, to_at: null };
  return insert(
    tx,
    {
      ...{ id: undone.id, undoes: undone.undoes, ...nothing },
      ...{ reason: undone.reason, by_whom: undone.byWhom, at: new Date(undone.at) },
    },
    key,
  );
}

async function insert(tx: Tx, row: Written, key: string): Promise<void> {
  await tx
    .withTables<CorrectionTables>()
    .insertInto('slo_corrections')
    .values({ ...row, code: codeOf(row, key) })
    .execute();
}

export interface CorrectionsFound {
  /** Newest first. */
  readonly corrections: readonly KeptCorrection[];
  /** Rows that this server did not write as they stand; they count for nothing. */
  readonly forged: readonly string[];
}

/**
 * Corrections with what undid them. A forged undoing counts for nothing, as a forged correction does; so whoever writes to the
 * database takes no budget away by it either.
 */
export async function readCorrections(db: Db | Tx, key: string): Promise<CorrectionsFound> {
  const rows = await db
    .withTables<CorrectionTables>()
    .selectFrom('slo_corrections')
    .selectAll()
    .orderBy('id', 'desc')
    .execute();
  const own = rows.filter((row) => isOwn(row, key));
  // Ascending in the end: where there are two, the first counts.
  const undone = new Map(own.flatMap((row) => undoneOf(row) ?? []).map((one) => [one.undoes, one]));
  return {
    corrections: own.flatMap((row) => {
      const correction = correctionOf(row);
      const by = undone.get(row.id);
      return correction === undefined ? [] : [{ ...correction, ...(by && { undone: by }) }];
    }),
    forged: rows.filter((row) => !own.includes(row)).map(({ id }) => id),
  };
}

const undoneOf = ({ id, undoes, reason, by_whom, at }: Row): CorrectionUndone | undefined =>
  undoes === null ? undefined : { id, undoes, reason, byWhom: by_whom, at: epochMs(at.getTime()) };

function correctionOf(row: Row): BudgetCorrection | undefined {
  const { id, of_kind, of_name, from_at, to_at, reason, by_whom, at } = row;
  if (of_kind === null || of_name === null || from_at === null || to_at === null) return undefined;
  return {
    ...{ id, of: { kind: of_kind, name: of_name }, reason, byWhom: by_whom },
    ...{ from: epochMs(from_at.getTime()), to: epochMs(to_at.getTime()), at: epochMs(at.getTime()) },
  };
}

/** So that two who undo it come one after the other. */
export async function lockCorrection(tx: Tx, id: string): Promise<void> {
  await tx
    .withTables<CorrectionTables>()
    .selectFrom('slo_corrections')
    .select('id')
    .where('id', '=', id)
    .forUpdate()
    .execute();
}
