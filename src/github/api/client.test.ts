import { expect, test } from 'vitest';
import { ok } from '#core-values';
import { type Answering, fakeNetwork, json } from '../testing/fake-network.ts';
import { ask, askAll } from './asking.ts';
import { type Authority, restClient } from './client.ts';

const PULLS = 'GET /repos/{owner}/{repo}/pulls';
const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const SHOP = { owner: 'shop', repo: 'infra' };

function asking(answering: Answering, host = 'github.com') {
  const network = fakeNetwork(answering);
  const client = restClient(network);
  let tokens = 1;
  const authority: Authority = {
    host,
    rateKey: 'app/1',
    scope: 'app/1/7',
    token: async () => ok(`ghs_token${tokens}`),
    forget: () => {
      tokens += 1;
    },
  };
  return {
    network,
    client,
    pulls: () => ask(client, authority, PULLS, SHOP),
    allPulls: (most?: number) => askAll(client, authority, PULLS, SHOP, most),
    comment: () => ask(client, authority, COMMENT, { ...SHOP, issue_number: 7, body: 'x' }),
  };
}

/** Answers one after the other; the last one for ever. */
function inTurn(...answers: (() => Response | string)[]): Answering {
  let at = 0;
  return () => (answers[Math.min(at++, answers.length - 1)] ?? (() => json([])))();
}

const rule = (result: {
  ok: boolean;
  error?: { reasons: readonly { rule: string }[] };
}): string | undefined => result.error?.reasons[0]?.rule;

test('a request carries the token, the version of the API, and goes to the host of its installation', async () => {
  const { network, pulls } = asking(() => json([]), 'github.example.com');
  expect((await pulls()).ok).toBe(true);
  const [asked] = network.asked;
  expect(asked?.url).toBe('https://github.example.com/api/v3/repos/shop/infra/pulls');
  expect(asked?.headers.get('authorization')).toBe('Bearer ghs_token1');
  expect(asked?.headers.get('x-github-api-version')).toBe('2022-11-28');
});

test('a primary limit sends nothing more until its reset, and says until when', async () => {
  const { network, pulls } = asking(() =>
    json(
      { message: 'API rate limit exceeded' },
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Math.floor(network.clock.now() / 1000) + 1800),
        },
      },
    ),
  );
  expect(rule(await pulls())).toBe('github.rate-limited');
  expect(rule(await pulls())).toBe('github.rate-limited');
  expect(network.asked.length).toBe(1);
  network.clock.advance(1_800_000);
  await pulls();
  expect(network.asked.length).toBe(2);
});

test('a short secondary limit is waited for, a change too: GitHub did nothing of it', async () => {
  const { network, comment } = asking(
    inTurn(
      () =>
        json(
          { message: 'You have exceeded a secondary rate limit' },
          { status: 403, headers: { 'retry-after': '3' } },
        ),
      () => json({ id: 1 }, { status: 201 }),
    ),
  );
  expect((await comment()).ok).toBe(true);
  expect(network.pauses.filter((ms) => ms > 0)).toEqual([3000]);
});

test('a read is tried again when GitHub fails; a change is not, because it may have been done', async () => {
  const down = () => json({ message: 'Server Error' }, { status: 502 });
  const reading = asking(
    inTurn(
      down,
      () => 'ECONNRESET',
      () => json([]),
    ),
  );
  expect((await reading.pulls()).ok).toBe(true);
  expect(reading.network.pauses).toEqual([500, 1000]);
  for (const answer of [down, () => 'ECONNRESET']) {
    const changing = asking(answer);
    expect(rule(await changing.comment())).toMatch(/^github\.(failed|unreachable)$/);
    expect(changing.network.asked.length).toBe(1);
  }
});

test('GitHub that stays down is a problem that says so', async () => {
  const { pulls, network } = asking(() => 'ECONNREFUSED');
  const answer = await pulls();
  expect(rule(answer)).toBe('github.unreachable');
  expect(network.asked.length).toBe(3);
});

test('a token that is no longer taken is replaced once', async () => {
  const { pulls, network } = asking(
    inTurn(
      () => json({ message: 'Bad credentials' }, { status: 401 }),
      () => json([]),
    ),
  );
  expect((await pulls()).ok).toBe(true);
  expect(network.asked.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer ghs_token1',
    'Bearer ghs_token2',
  ]);
});

test('what was read before is asked for by its ETag, and served when GitHub confirms it', async () => {
  const { pulls, network } = asking(({ headers }) =>
    headers.get('if-none-match') === '"v1"'
      ? new Response(null, { status: 304 })
      : json([{ number: 7 }], { headers: { etag: '"v1"' } }),
  );
  const [first, second] = [await pulls(), await pulls()];
  expect(second).toEqual(first);
  expect(network.asked.length).toBe(2);
});

test('a redirection is never followed', async () => {
  const { pulls, network } = asking(
    () => new Response('', { status: 301, headers: { location: 'https://evil.example/' } }),
  );
  expect(rule(await pulls())).toBe('github.moved');
  expect(network.asked.map(({ redirect }) => redirect)).toEqual(['manual']);
});

test('every page is read; a list longer than wanted is a problem and not a shorter list', async () => {
  const pages: Answering = ({ url }) => {
    const page = Number(new URL(url).searchParams.get('page') ?? '1');
    const link = `<https://api.github.com/repositories/7/pulls?page=${page + 1}>; rel="next"`;
    return json([{ number: page }], page < 3 ? { headers: { link } } : {});
  };
  const { allPulls } = asking(pages);
  const all = await allPulls();
  expect(all.ok && all.value.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(rule(await asking(pages).allPulls(2))).toBe('github.too-many');
});

test('pages that lead in a circle, or go on for ever with nothing in them, are a problem', async () => {
  const next = (page: number | string) => ({
    headers: { link: `<https://api.github.com/repositories/7/pulls?page=${page}>; rel="next"` },
  });
  expect(rule(await asking(() => json([], next(1))).allPulls())).toBe('github.malformed-answer');
  let page = 1;
  const endless = asking(() => json([], next(page++)));
  expect(rule(await endless.allPulls(20))).toBe('github.malformed-answer');
});

test('what is no JSON, or no list, is a problem', async () => {
  expect(rule(await asking(() => new Response('<html>')).pulls())).toBe('github.malformed-answer');
  expect(rule(await asking(() => json({ message: 'x' })).allPulls())).toBe('github.malformed-answer');
});

test('at most six requests of one installation are under way', async () => {
  const gates: (() => void)[] = [];
  const { client, pulls, network } = asking(async () => {
    await new Promise<void>((open) => gates.push(open));
    return json([]);
  });
  const all = Array.from({ length: 20 }, pulls);
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  let most = 0;
  for (let done = 0; done < 20; ) {
    await settle();
    most = Math.max(most, gates.length);
    expect(gates.length).toBeGreaterThan(0);
    for (const open of gates.splice(0)) {
      open();
      done += 1;
    }
    await new Promise((next) => setImmediate(next));
  }
  await Promise.all(all);
  expect([most, network.asked.length, client.rates().size]).toEqual([6, 20, 1]);
});
