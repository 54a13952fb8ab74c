import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import type { IncidentsRoom } from '../incidents/room.ts';
import { type NameHere, openIncidentsRoom } from '../testing/incidents-room.ts';
import { makeCorrection, undoCorrection } from './correct.ts';
import { readCorrections } from './store.ts';

type Shop = Awaited<ReturnType<typeof openIncidentsRoom>>;

let shop: Shop;
let room: IncidentsRoom;
beforeEach(async () => {
  shop = await openIncidentsRoom();
  room = shop.newRoom();
  // A month of a hundred requests a minute, and an hour of which nothing was good.
  const hour = shop.minute() - 60;
  await shop.count('availability', shop.minute() - 43_200, (minute) => [minute < hour ? 100 : 0, 100]);
});
afterEach(() => shop.close());

const lost = async (): Promise<number | undefined> =>
  (await room.statuses.now()).slos[0]?.objectives[0]?.status.budget.lost;

const correct = (who: NameHere, more: { readonly name?: string; readonly minutes?: number } = {}) =>
  makeCorrection(room, {
    person: shop.person(who),
    of: { kind: 'service', name: more.name ?? 'shop' },
    from: shop.at(shop.minute() - (more.minutes ?? 60)),
    to: shop.at(shop.minute()),
    reason: 'announced maintenance',
  });

const audited = async () => (await shop.audited()).map(({ kind, actor }) => `${kind} ${actor.name}`);

describe('a correction', () => {
  it('gives back what was lost in it at once, and undone it takes that again; both are entries for ever', async () => {
    expect(await lost()).toBe(6000);
    const made = await correct('yuki');
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    expect(await lost()).toBe(0);
    const undo = () =>
      undoCorrection(room, {
        person: shop.person('taro'),
        id: made.value.id,
        reason: 'it was no maintenance',
      });
    const undone = await undo();
    expect(undone.ok && undone.value.undone).toMatchObject({ byWhom: 'taro' });
    expect(await lost()).toBe(6000);
    const again = await undo();
    expect(again.ok ? undefined : again.error.problem.reasons[0].rule).toBe('correction.undone');
    expect(await audited()).toEqual([
      'correction.made yuki',
      'correction.undone taro',
      'correction.refused taro',
    ]);
    expect((await readCorrections(shop.db, room.correctionsKey)).corrections).toHaveLength(1);
  });

  it('is made only by whoever may administer all stacks of the service, and the refusal is recorded', async () => {
    const refused = await correct('kenji');
    expect(refused.ok ? undefined : refused.error.problem.code).toBe('denied');
    expect(await lost()).toBe(6000);
    expect(await audited()).toEqual(['correction.refused kenji']);
    const unknown = await correct('yuki', { name: 'nothing' });
    expect(unknown.ok ? undefined : unknown.error.problem.reasons[0].rule).toBe('slo.unknown-service');
  });

  it('of longer than a month, or of half minutes, is refused', async () => {
    const long = await correct('yuki', { minutes: 32 * 1440 });
    expect(long.ok ? undefined : long.error.problem.reasons[0].rule).toBe('correction.too-long');
    const half = await makeCorrection(room, {
      ...{ person: shop.person('yuki'), of: { kind: 'slo', name: 'availability' }, reason: 'half' },
      ...{ from: epochMs(shop.clock.now() - 90_001), to: shop.clock.now() },
    });
    expect(half.ok ? undefined : half.error.problem.reasons[0].rule).toBe('correction.empty-span');
  });
});

describe('whoever can write to the database', () => {
  const forge = (columns: { readonly undoes?: string }) => {
    const { undoes } = columns;
    const of = undoes === undefined;
    return sql`INSERT INTO slo_corrections (id, undoes, of_kind, of_name, from_at, to_at, reason, by_whom, at, code)
      VALUES (${room.newId('cor', 1)}, ${undoes ?? null}, ${of ? 'service' : null}, ${of ? 'shop' : null},
        ${of ? new Date(shop.at(shop.minute() - 60)) : null}, ${of ? new Date(shop.at(shop.minute())) : null},
        'forged by hand', 'yuki', now(), decode(repeat('00', 32), 'hex'))`.execute(shop.db);
  };

  it('gives no budget back, and takes none by a forged undoing, which stands in nobody’s way', async () => {
    await forge({});
    expect(await lost()).toBe(6000);
    expect((await room.statuses.now()).forged).toHaveLength(1);
    const made = await correct('yuki');
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    await forge({ undoes: made.value.id });
    room.statuses.forget();
    expect(await lost()).toBe(0);
    const asked = { person: shop.person('yuki'), id: made.value.id, reason: 'really over' };
    expect((await undoCorrection(room, asked)).ok).toBe(true);
    expect(await lost()).toBe(6000);
  });

  it('changes and deletes no correction', async () => {
    await correct('yuki');
    for (const change of [
      sql`UPDATE slo_corrections SET to_at = to_at + interval '1 hour'`,
      sql`DELETE FROM slo_corrections`,
      sql`TRUNCATE slo_corrections`,
    ])
      await expect(change.execute(shop.db)).rejects.toThrow('undone by another row');
  });
});
