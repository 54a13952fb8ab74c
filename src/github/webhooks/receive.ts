import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type Db, inTransaction, type Keyring } from '#platform';
import { connectedApp, openSecrets, type SealedApp } from '../store/apps.ts';
import { insertComment } from '../store/comments.ts';
import { insertDelivery } from '../store/deliveries.ts';
import { markOpenSubjects, markSubjects } from '../subjects/queue.ts';
import { type Marks, marksOf } from './events.ts';
import { isSigned } from './signature.ts';

export interface ReceivingRoom {
  readonly db: Db;
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, 'decrypt'>;
  /** Something may be due now: who works on subjects need not wait for its next look. */
  readonly poke: () => void;
}

export interface Delivery {
  /** Of the address: our own id of the App. */
  readonly app: string;
  /** `X-GitHub-Delivery`: the same when it is delivered again. */
  readonly delivery: string;
  readonly event: string;
  readonly signature: string | undefined;
  /** Read only when the App is known. */
  readonly body: () => Promise<Uint8Array>;
}

/** What came of a delivery, for the metrics. */
export type Received = 'marked' | 'ignored' | 'repeated';

/**
 * Takes one delivery. The signature is checked over the bytes as they came, before anything reads them; then its id is kept and its
 * subjects are marked, in one transaction. Nothing is asked of GitHub here.
 */
export async function receiveDelivery(
  on: ReceivingRoom,
  delivery: Delivery,
): Promise<Result<Received, Problem>> {
  const app = await connectedApp(on.db, delivery.app);
  if (app === undefined || delivery.signature === undefined) return err(NOT_SIGNED);
  const secrets = await openSecrets(on.keyring, app);
  if (!secrets.ok) return secrets;
  const body = await delivery.body();
  if (!isSigned(body, delivery.signature, secrets.value.webhookSecret)) return err(NOT_SIGNED);
  if (!DELIVERY_ID.test(delivery.delivery) || !EVENT.test(delivery.event)) return err(MALFORMED);
  const marks = marksOf(app.host, delivery.event, parsed(body));
  if (marks === undefined) return err(MALFORMED);
  const received = await take(on, app, delivery, marks);
  if (received === 'marked') on.poke();
  return ok(received);
}

const DELIVERY_ID = /^[A-Za-z0-9-]{1,64}$/;
const EVENT = /^[a-z_]{1,100}$/;

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

const take = (
  { db, clock }: ReceivingRoom,
  app: SealedApp,
  { delivery, event }: Delivery,
  { subjects, isAboutPeople, comment, action }: Marks,
): Promise<Received> =>
  inTransaction<Received>(db, async (tx, rollBack) => {
    const now = clock.now();
    const isNew = await insertDelivery(tx, {
      ...{ app: app.id, delivery, event, now },
      ...(action !== undefined && { action }),
    });
    if (!isNew) return rollBack('repeated');
    const marked = await markSubjects(tx, subjects, now);
    const open = isAboutPeople ? await markOpenSubjects(tx, app.id, now) : 0;
    if (comment !== undefined) await insertComment(tx, app.host, comment, now);
    return marked + open > 0 ? 'marked' : 'ignored';
  });

/** The same whether the App, the header or the secret is wrong: who guesses learns nothing. */
const NOT_SIGNED: Problem = problem('unauthenticated', {
  rule: 'github.webhook-not-signed',
  message: text(
    'The delivery is not signed with the secret of a connected GitHub App.',
    'この配信は、接続済みの GitHub App のシークレットで署名されていません。',
  ),
  remedy: text(
    'Compare the webhook’s address and secret in the App’s settings with `sekisho github list`; SHA-1 signatures are not taken.',
    'App の設定にある Webhook のアドレスとシークレットを `sekisho github list` と照合してください。SHA-1 の署名は受け付けません。',
  ),
});

const MALFORMED: Problem = problem('bad-input', {
  rule: 'github.webhook-malformed',
  message: text(
    'The delivery is signed, but it is not what GitHub sends: JSON with the headers X-GitHub-Event and X-GitHub-Delivery.',
    '署名は正しいものの、GitHub が送る形式(JSON と、ヘッダー X-GitHub-Event・X-GitHub-Delivery)ではありません。',
  ),
  remedy: text(
    'Set the content type of the App’s webhook to application/json.',
    'App の Webhook のコンテンツタイプを application/json にしてください。',
  ),
});
