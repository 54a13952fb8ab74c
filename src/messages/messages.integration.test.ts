import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  err,
  ok,
  parseFingerprint,
  parseGrantId,
  parsePlanId,
  parseStackName,
  type Result,
  text,
  verbatim,
} from '#core-values';
import { collect } from './collect.ts';
import { deliver } from './deliver.ts';
import type { Delivered, NotDelivered } from './sender.ts';
import { destinationHealth } from './store/destinations.ts';
import { FINGERPRINT, PLAN, planOf } from './testing/plan.ts';
import { destination, openMessagesRoom, recordingSender } from './testing/room.ts';

type Opened = Awaited<ReturnType<typeof openMessagesRoom>>;
let shop: Opened;
beforeAll(async () => {
  shop = await openMessagesRoom();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const stack = parseStackName('shop-production') ?? expect.unreachable();
const plan = parsePlanId(PLAN) ?? expect.unreachable();
const fingerprint = parseFingerprint(FINGERPRINT) ?? expect.unreachable();
const subject = { stack, plan, fingerprint };
const uploaded = { kind: 'plan.uploaded', subject, evidence: { state: 'awaiting-approval' } } as const;
const failed = { kind: 'apply.reported', subject, outcome: 'failed' } as const;
const answered = (status: number) => text(`Slack answered ${status}.`, `Slack が ${status} を返しました。`);
const down: Result<Delivered, NotDelivered> = err({ again: 'later', why: answered(503) });

async function listening(...names: readonly string[]) {
  const senders = (names.length === 0 ? ['team'] : names).map((name) => ({
    destination: destination(name),
    sender: recordingSender(),
  }));
  const room = shop.room(senders);
  await collect(room);
  const [first] = senders;
  return { room, senders, sender: first?.sender ?? expect.unreachable() };
}

/** One round of the server. */
const round = async (room: Awaited<ReturnType<typeof listening>>['room']): Promise<void> => {
  while (await collect(room));
  await deliver(room);
};

const titles = ({ sent }: ReturnType<typeof recordingSender>): readonly string[] =>
  sent.map(({ message }) => message.title);

describe('what people are told', () => {
  test('begins when somebody is to be told: nobody hears of last year', async () => {
    await shop.happens(failed);
    const { room, sender } = await listening();
    await shop.happens(uploaded);
    await round(room);
    expect(titles(sender)).toEqual(['shop-production (production) waits for approval']);
  });

  test('is not told where the server was off for a day since', async () => {
    const { room, sender } = await listening();
    await shop.happens(failed);
    shop.passes(24 * 3_600_000);
    await shop.happens({ kind: 'approval.rejected', subject });
    await round(room);
    expect(titles(sender)).toEqual(['shop-production (production): rejected by hanako']);
  });

  test('is told once, in the order in which it happened, however often one looks', async () => {
    const { room, sender } = await listening();
    await shop.happens(uploaded);
    await shop.happens({ kind: 'approval.rejected', subject });
    await shop.happens(failed);
    await Promise.all([round(room), round(room), round(room)]);
    await round(room);
    expect(titles(sender)).toEqual([
      'shop-production (production) waits for approval',
      'shop-production (production): rejected by hanako',
      'shop-production (production): the apply failed',
    ]);
  });

  test('is quiet about what nobody must act on', async () => {
    const { room, sender } = await listening();
    for (const kind of [
      'grant.allowed',
      'grant.issued',
      'apply.started',
      'session.opened',
      'plan.superseded',
    ] as const)
      await shop.happens({ kind, subject });
    await shop.happens({ kind: 'apply.reported', subject, outcome: 'done' });
    await shop.happens({ kind: 'plan.uploaded', subject, evidence: { state: 'no-changes' } });
    await shop.happens({
      kind: 'grant.refused',
      subject,
      outcome: 'denied',
      evidence: { verdict: 'not-permitted' },
    });
    await round(room);
    expect(titles(sender)).toEqual([]);
  });

  test('does not wait for what was decided before its turn came', async () => {
    const { room, sender } = await listening();
    await shop.happens(uploaded);
    shop.isNow(planOf({ state: 'approved' }));
    await round(room);
    expect(sender.sent).toEqual([]);
    // It was never said, so it is said when it is true again.
    shop.isNow(planOf());
    await shop.happens(uploaded);
    await round(room);
    expect(titles(sender)).toEqual(['shop-production (production) waits for approval']);
  });

  test('is not repeated for a plan that means the same, nor for who knocks again and again', async () => {
    const { room, sender } = await listening();
    const refused = {
      kind: 'grant.refused',
      subject: { stack },
      outcome: 'denied',
      actor: { kind: 'workload', name: 'other/repo run 3' },
      reasons: [{ rule: 'trust.repository', message: { en: 'Not this repository.', ja: '' } }],
    } as const;
    for (let index = 0; index < 3; index += 1) {
      await shop.happens(uploaded);
      await shop.happens(refused);
      await round(room);
    }
    expect(titles(sender)).toHaveLength(2);
    shop.passes(3_600_000);
    await shop.happens(refused);
    await round(room);
    expect(titles(sender).at(-1)).toBe('shop-production (production): refused other/repo run 3');
  });

  test('of a thief is told once an hour for each grant and rule, and not of what is of no account', async () => {
    const { room, sender } = await listening();
    const found = (severity: string, grant: string) =>
      shop.happens({
        kind: 'trail.finding',
        subject: { stack, grant: parseGrantId(grant) ?? expect.unreachable() },
        outcome: 'failed',
        reasons: [{ rule: 'trail.not-approved', message: { en: 'Not approved.', ja: '' } }],
        evidence: { severity },
      });
    const [one, other] = ['1', '2'].map((end) => `grt_01900000-0000-7000-8000-00000000000${end}`);
    for (let count = 0; count < 20; count += 1) await found('critical', one ?? '');
    await found('low', other ?? '');
    await found('high', other ?? '');
    await round(room);
    expect(sender.sent.map(({ message }) => message.next)).toEqual([
      'sekisho audit list --kind trail.finding',
      'sekisho audit list --kind trail.finding',
    ]);
  });

  test('reaches only whom it concerns', async () => {
    const wants = [
      destination('staging', { environments: ['staging'] }),
      destination('production', { environments: ['production'] }),
      destination('alarms', { kinds: ['alarm'] }),
    ];
    const senders = wants.map((wanted) => ({ destination: wanted, sender: recordingSender() }));
    const room = shop.room(senders);
    await collect(room);
    await shop.happens(failed);
    await shop.happens({
      kind: 'config.refused',
      subject: { other: 'file:sekisho.yaml' },
      outcome: 'failed',
    });
    await round(room);
    expect(senders.map(({ sender }) => titles(sender).length)).toEqual([1, 2, 1]);
  });
});

describe('a destination that fails', () => {
  test('hears everything later, in order, and is asked less and less often', async () => {
    const { room, sender } = await listening();
    let asked = 0;
    sender.next = async () => {
      asked += 1;
      return down;
    };
    await shop.happens(uploaded);
    await shop.happens(failed);
    await round(room);
    await round(room);
    expect(asked).toBe(1);
    expect(await destinationHealth(shop.db)).toMatchObject([{ attempts: 1, problem: answered(503) }]);
    shop.passes(5_000);
    await round(room);
    shop.passes(5_000);
    await round(room);
    expect(asked).toBe(2);
    shop.passes(5_000);
    sender.next = async () => ok({});
    await round(room);
    expect(titles(sender)).toHaveLength(2);
    expect(await destinationHealth(shop.db)).toMatchObject([{ name: 'team', open: 0, attempts: 0 }]);
  });

  test('whose failure was kept before there was Japanese shows it in English', async () => {
    const { room, sender } = await listening();
    sender.next = async () => down;
    await shop.happens(failed);
    await round(room);
    await sql`UPDATE message_destinations SET problem = 'Slack answered 503.'`.execute(shop.db);
    expect(await destinationHealth(shop.db)).toMatchObject([{ problem: verbatim('Slack answered 503.') }]);
  });

  test('is left alone for as long as it asks', async () => {
    const { room, sender } = await listening();
    sender.next = async () => err({ again: 'later', why: answered(429), afterMs: 90_000 });
    await shop.happens(failed);
    await round(room);
    sender.next = async () => ok({});
    shop.passes(89_999);
    await round(room);
    expect(sender.sent).toHaveLength(0);
    shop.passes(1);
    await round(room);
    expect(sender.sent).toHaveLength(1);
  });

  test('does not hold up another', async () => {
    const { room, senders } = await listening('team', 'mail');
    const [team, mail] = senders.map(({ sender }) => sender);
    if (team !== undefined) team.next = async () => down;
    await shop.happens(failed);
    await round(room);
    expect(mail?.sent).toHaveLength(1);
  });

  test('is spared a message that it will never take, and of a day ago; the server’s log says so', async () => {
    const { room, sender } = await listening();
    sender.next = async ({ message }) =>
      message.kind === 'failed' ? err({ again: 'never', why: answered(400) }) : ok({});
    await shop.happens(failed);
    await shop.happens({ kind: 'approval.rejected', subject });
    await round(room);
    expect(titles(sender)).toEqual(['shop-production (production): rejected by hanako']);
    sender.next = async () => down;
    await shop.happens(failed);
    await round(room);
    sender.next = async () => ok({});
    shop.passes(24 * 3_600_000);
    await round(room);
    expect(sender.sent).toHaveLength(1);
    expect(shop.undelivered.map(({ ending }) => ending)).toEqual(['refused', 'later', 'too-old']);
  });
});

describe('a server that dies', () => {
  test('between sending and noting sends again, under the same id, and after a minute at the latest', async () => {
    const { room, sender } = await listening();
    await shop.happens(failed);
    let ids: string[] = [];
    sender.next = async ({ id }) => {
      ids = [...ids, id];
      if (ids.length === 1) throw new Error('killed');
      return ok({});
    };
    await expect(round(room)).rejects.toThrow('killed');
    await round(room);
    expect(ids).toHaveLength(1);
    shop.passes(60_000);
    await round(room);
    await round(room);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('while it reads the log makes no message twice and leaves none out', async () => {
    const { room, sender } = await listening();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), async (deaths) => {
        sender.sent.length = 0;
        for (const dies of deaths) {
          await shop.happens(failed);
          if (!dies) await collect(room);
        }
        await round(room);
        expect(sender.sent).toHaveLength(deaths.length);
        expect(new Set(sender.sent.map(({ id }) => id)).size).toBe(deaths.length);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a thread', () => {
  const references = async (...happened: readonly Parameters<Opened['happens']>[0][]) => {
    const { room, sender } = await listening();
    let count = 0;
    sender.next = async ({ threadReference }) => {
      count += 1;
      return ok({ reference: threadReference ?? `ts-${count}` });
    };
    for (const entry of happened) {
      await shop.happens(entry);
      await round(room);
    }
    return { room, sender };
  };

  test('holds everything about one pull request, whatever was pushed', async () => {
    const { sender } = await references(uploaded, { kind: 'approval.rejected', subject }, failed);
    expect(sender.sent.map(({ thread, threadReference }) => [thread, threadReference])).toEqual([
      ['pull 700100 12', undefined],
      ['pull 700100 12', 'ts-1'],
      ['pull 700100 12', 'ts-1'],
    ]);
  });

  test('goes on after the merge, where the plan means the same', async () => {
    const { room, sender } = await references(uploaded);
    shop.isNow(planOf({ ref: 'refs/heads/main', state: 'failed' }));
    await shop.happens(failed);
    await round(room);
    expect(sender.sent.at(-1)).toMatchObject({ thread: 'pull 700100 12', threadReference: 'ts-1' });
  });

  test('of something else is another', async () => {
    const { room, sender } = await references(uploaded);
    shop.isNow(planOf({ ref: 'refs/pull/13/merge' }));
    await shop.happens({ kind: 'approval.rejected', subject });
    await round(room);
    expect(sender.sent.at(-1)?.thread).toBe('pull 700100 13');
    expect(sender.sent.at(-1)).not.toHaveProperty('threadReference');
  });
});

test('the database itself takes no second message of one entry to one destination', async () => {
  const insert = () =>
    sql`INSERT INTO messages (destination, position, kind, thread, made_at) VALUES ('team', 5, 'failed', 't', now())`.execute(
      shop.db,
    );
  await insert();
  await expect(insert()).rejects.toThrow('messages_once');
});
