import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import type { Act } from '../core/incidents/incident.ts';
import { AVAILABILITY, type NameHere, openIncidentsRoom } from '../testing/incidents-room.ts';
import { actOnIncident } from './act.ts';
import { keepIncidents } from './keep-incidents.ts';
import type { IncidentsRoom } from './room.ts';
import { listIncidents } from './store.ts';

type Shop = Awaited<ReturnType<typeof openIncidentsRoom>>;

let shop: Shop;
let room: IncidentsRoom;
beforeEach(async () => {
  shop = await openIncidentsRoom();
  room = shop.newRoom();
});
afterEach(() => shop.close());

/** A quiet month, a thousand requests a minute. */
const quietMonth = () => shop.count('availability', shop.minute() - 43_200, () => [1000, 1000]);

/** So many minutes, of each thousand requests so many bad; the incidents are looked at in each, by whichever process runs then. */
async function minutes(many: number, bad: number, process: () => IncidentsRoom = () => room) {
  for (let count = 0; count < many; count += 1) {
    shop.passes(1);
    await shop.count('availability', shop.minute() - 1, () => [1000 - bad, 1000]);
    await keepIncidents(process());
  }
}

const kinds = async () =>
  (await shop.audited())
    .filter(({ kind }) => kind.startsWith('incident.'))
    .map(({ kind, evidence }) => `${kind.slice('incident.'.length)} ${String(evidence.severity)}`);

const act = async (who: NameHere, does: Act) => {
  const [kept] = await listIncidents(shop.db, {}, 1);
  return actOnIncident(room, { id: kept?.incident.id ?? 'none', person: shop.person(who), act: does });
};

describe('an outage', () => {
  it('opens one incident, which is acknowledged and resolves by itself', async () => {
    await quietMonth();
    await minutes(3, 0);
    expect(await kinds()).toEqual([]);
    await minutes(90, 400);
    expect(await kinds()).toEqual(['opened page']);
    const acknowledged = await act('yuki', { kind: 'acknowledge' });
    expect(acknowledged.ok).toBe(true);
    await minutes(10, 400);
    expect(await kinds()).toEqual(['opened page', 'acknowledged page']);
    // The page's short windows are over within half an hour; the ticket's only in six hours.
    await minutes(370, 0);
    expect(await kinds()).toEqual(['opened page', 'acknowledged page', 'resolved page']);
    const [kept, ...others] = await listIncidents(shop.db, {}, 10);
    expect(others).toEqual([]);
    expect(kept?.incident).toMatchObject({ slo: 'availability', acknowledged: { byWhom: 'yuki' } });
    expect(kept?.incident.resolved?.byWhom).toBeUndefined();
  }, 60_000);

  it('that is slow begins as a ticket and escalates when it gets worse', async () => {
    await shop.count('availability', shop.minute() - 43_200, () => [975, 1000]);
    await keepIncidents(room);
    expect(await kinds()).toEqual(['opened ticket']);
    await act('taro', { kind: 'acknowledge' });
    await minutes(60, 500);
    expect(await kinds()).toEqual(['opened ticket', 'acknowledged ticket', 'escalated page']);
    const [kept] = await listIncidents(shop.db, {}, 1);
    expect(kept?.incident.acknowledged).toBeUndefined();
    expect(kept?.burn).toMatchObject({ factor: 14.4, longMinutes: 60 });
  }, 60_000);
});

describe('a server that dies', () => {
  it('at any minute, and two that run beside each other, open nothing twice', async () => {
    await quietMonth();
    await minutes(40, 500, () => shop.newRoom());
    await Promise.all([shop.newRoom(), shop.newRoom(), shop.newRoom()].map(keepIncidents));
    expect(await kinds()).toEqual(['opened page']);
  }, 60_000);

  it('before it commits has done nothing, and the next does it', async () => {
    await quietMonth();
    shop.passes(10);
    await shop.count('availability', shop.minute() - 60, () => [500, 1000]);
    const dying: IncidentsRoom = {
      ...room,
      inTransaction: (work) =>
        room.inTransaction(async (tx) => {
          await work(tx);
          throw new Error('killed');
        }),
    };
    await expect(keepIncidents(dying)).rejects.toThrow('killed');
    expect(await listIncidents(shop.db, {}, 9)).toEqual([]);
    await keepIncidents(shop.newRoom());
    expect(await kinds()).toEqual(['opened page']);
  });
});

describe('few events', () => {
  it('make no page by chance, and say how many would', async () => {
    // One request a minute, the last of the hour but one bad: five times what pages, and nothing proven.
    await shop.count('availability', shop.minute() - 43_200, () => [1, 1]);
    shop.passes(5);
    await shop.count('availability', shop.minute() - 5, (minute) => [minute % 5 === 0 ? 0 : 1, 1]);
    await shop.count('availability', shop.minute() - 60, (minute) => [
      minute >= shop.minute() - 5 ? 0 : 1,
      1,
    ]);
    await keepIncidents(room);
    const before = await kinds();
    await shop.count('availability', shop.minute() - 60, () => [0, 1]);
    await keepIncidents(room);
    expect([before, await kinds()]).toEqual([[], ['opened page']]);
    const [opened] = await shop.audited();
    expect(opened?.evidence).toMatchObject({
      eventsToProve: expect.any(Number),
      eventsToPage: expect.any(Number),
    });
  });
});

describe('data that is late', () => {
  it('ends no incident', async () => {
    await quietMonth();
    await minutes(60, 500);
    shop.passes(24 * 60);
    await keepIncidents(room);
    expect(await kinds()).toEqual(['opened page']);
  }, 60_000);
});

describe('people', () => {
  beforeEach(async () => {
    await quietMonth();
    shop.passes(60);
    await shop.count('availability', shop.minute() - 60, () => [500, 1000]);
    await keepIncidents(room);
  });

  it('who own no stack of the service and do not administer are refused, and that is recorded', async () => {
    for (const does of [
      { kind: 'acknowledge' },
      { kind: 'resolve', reason: 'nothing to see' },
      { kind: 'silence', until: epochMs(shop.clock.now() + 1000), reason: 'sleeping' },
    ] as const) {
      const refused = await act('kenji', does);
      expect(refused.ok ? undefined : refused.error.problem.code).toBe('denied');
    }
    expect(await kinds()).toEqual(['opened page', 'refused page', 'refused page', 'refused page']);
    expect((await act('hanako', { kind: 'acknowledge' })).ok).toBe(true);
  });

  it('resolve it by hand, and none opens until its alerts were quiet', async () => {
    expect((await act('yuki', { kind: 'resolve', reason: 'a test of load' })).ok).toBe(true);
    await minutes(3, 500);
    expect(await kinds()).toEqual(['opened page', 'resolved page']);
    await minutes(400, 0);
    await minutes(60, 500);
    expect(await kinds()).toEqual(['opened page', 'resolved page', 'quieted page', 'opened page']);
  }, 60_000);

  it('silence it, and it is told of again when that is over', async () => {
    const until = epochMs(shop.clock.now() + 5 * 60_000);
    await act('yuki', { kind: 'silence', until, reason: 'we know' });
    await minutes(4, 500);
    expect(await kinds()).toEqual(['opened page', 'silenced page']);
    await minutes(1, 500);
    expect(await kinds()).toEqual(['opened page', 'silenced page', 'silence-ended page']);
  });

  it('see it end when its SLO is no longer defined', async () => {
    shop.define(AVAILABILITY.replaceAll('availability', 'other'));
    await keepIncidents(room);
    expect(await kinds()).toEqual(['opened page', 'resolved page']);
  });
});

describe('the database itself', () => {
  it('takes no second incident of an SLO, no way back, and forgets none', async () => {
    await quietMonth();
    shop.passes(60);
    await shop.count('availability', shop.minute() - 60, () => [500, 1000]);
    await keepIncidents(room);
    const insert = sql`INSERT INTO slo_incidents (id, slo, service, severity, opened_at, burn)
      VALUES (${room.newId('inc', 1)}, 'availability', 'shop', 'ticket', now(), '{}')`;
    await expect(insert.execute(shop.db)).rejects.toThrow('slo_incidents_one');
    for (const change of [
      sql`UPDATE slo_incidents SET severity = 'ticket', paged_at = NULL`,
      sql`UPDATE slo_incidents SET slo = 'another'`,
      sql`UPDATE slo_incidents SET resolved_at = now()`,
      sql`DELETE FROM slo_incidents`,
      sql`TRUNCATE slo_incidents`,
    ])
      await expect(change.execute(shop.db)).rejects.toThrow();
    await act('yuki', { kind: 'resolve', reason: 'over' });
    const reopen = sql`UPDATE slo_incidents SET resolved_at = NULL, resolved_by = NULL, resolve_reason = NULL`;
    await expect(reopen.execute(shop.db)).rejects.toThrow('only goes on');
  });
});
