import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { DatabaseError, type Pool, type PoolClient, type QueryResult } from 'pg';

/** At the end of a statement's text: it is the transaction's last, and the commit goes out behind it at once. */
export const AND_COMMIT = '/* and commit */';

/**
 * At the end of a statement's text: nobody reads its answer. It goes out together with the transaction's next
 * statement, and fails with that one.
 */
export const AND_GO_ON = '/* and go on */';

/**
 * A pool whose statements cost this process and the server less. What it changes is when statements are sent, never
 * which ones or in what order:
 *
 * - A transaction begins with its first statement, without an answer in between.
 * - What may go on without an answer waits for the next statement, and the last one may carry the commit. A statement
 *   that locks what everybody waits for would otherwise hold it while its answer waits for its turn here, and the
 *   commit for its turn after that: under load that is most of the time.
 * - A statement is prepared once on each connection.
 *
 * Needs `pipeline: true`.
 */
export function withFewerTurns(pool: Pool): PostgresPool {
  const nameOf = statementNames();
  // Kysely knows connections by identity: one wrapper for one connection.
  const known = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const wrapper = known.get(client) ?? fewerTurns(client, nameOf);
      known.set(client, wrapper);
      return wrapper;
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/**
 * `none`: every statement is its own transaction. `begun`: BEGIN waits. `open`: the server knows of the transaction.
 * `committed`: a statement carried the commit, and Kysely does not know yet.
 */
type Transaction = 'none' | 'begun' | 'open' | 'committed';

function fewerTurns(client: PoolClient, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  let transaction: Transaction = 'none';
  let waiting: Statement[] = [];
  let isStale = false;

  /** One write to the socket for all of them: writing is what a statement costs this process most. */
  const send = async (statements: readonly Statement[]): Promise<readonly Answered[]> => {
    const { stream } = client.connection;
    stream.cork();
    const answers = statements.map(({ text, values }) => {
      const name = values.length === 0 ? undefined : nameOf(text);
      return client.query<never>({ text, values, ...(name !== undefined && { name }) });
    });
    stream.uncork();
    try {
      return await Promise.all(answers);
    } catch (cause) {
      isStale ||= cause instanceof DatabaseError && cause.code === PREPARED_FOR_ANOTHER_TABLE;
      throw cause;
    }
  };
  const end = async (text: string): Answer => {
    const [before, first] = [transaction, waiting];
    transaction = 'none';
    waiting = [];
    if (before === 'committed') return NOTHING;
    const isUnsent = before === 'begun' && (text === ROLLBACK || first.length === 1);
    if (isUnsent) return NOTHING;
    return endedBy(await send([...(text === ROLLBACK ? [] : first), { text, values: [] }]), text);
  };
  const query = async (text: string, parameters: readonly unknown[] = []): Answer => {
    if (text === COMMIT || text === ROLLBACK) return end(text);
    if (transaction === 'committed')
      throw new Error('A statement followed the one that committed the transaction.');
    const statement = { text, values: parameters.map(sendable) };
    const isBegin = transaction === 'none' && isBeginning(text);
    if (isBegin || (transaction !== 'none' && text.endsWith(AND_GO_ON))) {
      if (isBegin) transaction = 'begun';
      waiting.push(statement);
      return NOTHING;
    }
    const commits = text.endsWith(AND_COMMIT);
    const first = waiting;
    waiting = [];
    if (transaction !== 'none') transaction = commits ? 'committed' : 'open';
    const answers = await send([...first, statement, ...(commits ? [{ text: COMMIT, values: [] }] : [])]);
    if (commits) endedBy(answers, COMMIT);
    return forKysely(answers[first.length]);
  };
  return Object.create(client, {
    query: { value: query },
    release: { value: () => client.release(isStale) },
  });
}

/**
 * A value in a form that the driver cannot fail to write: it would leave that statement out and still send those behind
 * it, the commit among them.
 */
function sendable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sendable);
  const isPlain =
    typeof value === 'object' && value !== null && !(value instanceof Date || ArrayBuffer.isView(value));
  return isPlain ? JSON.stringify(value) : value;
}

type Answer = Promise<PostgresQueryResult<never>>;
type Answered = QueryResult<never>;

/** Behind a statement that failed, COMMIT is answered by ROLLBACK and undoes everything. */
function endedBy(answers: readonly Answered[], text: string): PostgresQueryResult<never> {
  if (text === COMMIT && answers.at(-1)?.command !== 'COMMIT') throw new Error('The transaction was undone.');
  return NOTHING;
}

/** Kysely reads but these. */
const forKysely = (answer: Answered | undefined): PostgresQueryResult<never> => ({
  command: (answer?.command ?? 'SELECT') as PostgresQueryResult<never>['command'],
  rowCount: answer?.rowCount ?? 0,
  rows: answer?.rows ?? [],
});

/** The server keeps what it prepared until the connection ends, so no more than the product itself can say. */
const MOST_PREPARED = 300;

/** A name for each statement's text; none for those that come when there are too many. */
function statementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size === MOST_PREPARED) return known;
    const name = `sekisho_${names.size}`;
    names.set(text, name);
    return name;
  };
}

/** `cached plan must not change result type`: a migration went by. The connection is not used again. */
const PREPARED_FOR_ANOTHER_TABLE = '0A000';

// As Kysely's PostgreSQL driver writes them.
const COMMIT = 'commit';
const ROLLBACK = 'rollback';
const isBeginning = (text: string): boolean => text === 'begin' || text.startsWith('start transaction');

const NOTHING: PostgresQueryResult<never> = { command: 'SELECT', rowCount: 0, rows: [] };
