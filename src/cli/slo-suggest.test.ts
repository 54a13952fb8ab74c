import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LANGUAGES } from '#core-values';
import { readDefinitions } from '#slo';
import { type Definitions, resolveDefinitions } from '#slo/core';
import {
  SHOP,
  SITE_FORMATS,
  type Site,
  type SiteFormat,
  siteLog,
  visits,
} from '../../test/slo/suggest/site.ts';
import { sloSuggest } from './slo-suggest.ts';
import { runCommand } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-suggest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const suggested = (log: string, ...more: readonly string[]) => {
  writeFileSync(join(folder, 'access.log'), log);
  return runCommand(sloSuggest, ['access.log', ...more], { cwd: folder });
};

function definitionsIn(yaml: string): Definitions {
  const placed = readDefinitions([{ file: 'suggested.yaml', bytes: new TextEncoder().encode(yaml) }]);
  const resolved = placed.ok ? resolveDefinitions(placed.value) : placed;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.reasons, null, 1));
  return resolved.value;
}

const screensIn = (yaml: string) =>
  Object.fromEntries(
    definitionsIn(yaml).screens.map(({ screen: { name, requests } }) => [
      name,
      requests.map(({ after, required, routes }) => [
        routes.join(' '),
        required ? 'required' : 'optional',
        ...(after === undefined ? [] : [requests[after]?.routes[0]]),
      ]),
    ]),
  );

/** `seen`: whether the format's times tell which of two requests waits for the other. */
const truthOfShop = (seen: boolean) => ({
  checkout: [
    ['GET /checkout', 'required'],
    ['POST /api/payment-session', 'required', 'GET /checkout'],
  ],
  'items-id': [
    ['GET /items/{id}', 'required'],
    ['GET /api/price/{id}', 'required', 'GET /items/{id}'],
    ['GET /api/stock/{id}', 'required', seen ? 'GET /api/price/{id}' : 'GET /items/{id}'],
    ['GET /api/reviews/{id}', 'optional', 'GET /items/{id}'],
    ['GET /assets/{file}', 'optional', 'GET /items/{id}'],
  ],
  search: [
    ['GET /search', 'required'],
    ['GET /api/search', 'required', 'GET /search'],
    ['GET /img/logo.png', 'optional', 'GET /search'],
  ],
});

const SECONDS: readonly SiteFormat[] = ['combined', 'combined-seconds', 'cloudfront'];

describe('a shop whose truth is known', () => {
  it.each(SITE_FORMATS)('has its screens found again in a log of %s', async (format) => {
    const said = await suggested(siteLog(format, visits({ pages: SHOP, views: 2400 })));
    expect(screensIn(said.out)).toEqual(truthOfShop(!SECONDS.includes(format)));
    expect(said.exit).toBe(0);
  });

  it('has its screens found again by page-view ids and by traces alone', async () => {
    for (const field of ['view', 'trace'] as const) {
      const lines = visits({ pages: SHOP, views: 1500 }).map(
        ({ beganMs, durationMs, method, path, status, view }) =>
          JSON.stringify({
            ...{ time: new Date(beganMs + durationMs).toISOString(), method, path, status },
            ...{ duration_ms: durationMs, of: view },
          }),
      );
      const log = `${lines.join('\n')}\n`;
      const said = await suggested(log, '--log-format', 'json', '--log-field', `${field}=of`);
      expect(screensIn(said.out)).toEqual(truthOfShop(true));
      expect(said.out).toContain(field === 'view' ? 'page-view-id 100 %' : 'trace 100 %');
      expect(said.err).toContain('No client addresses');
    }
  });

  it('says of a log what it does not tell, and only that', async () => {
    const unknown = async (format: SiteFormat) =>
      (await suggested(siteLog(format, visits({ pages: SHOP, views: 1500 })))).err.match(
        /No durations|whole seconds|No Referer|No user agents|No client/g,
      ) ?? [];
    expect(await unknown('json')).toEqual([]);
    expect(await unknown('combined')).toEqual(['No durations']);
    expect(await unknown('combined-seconds')).toEqual(['whole seconds']);
    expect(await unknown('alb')).toEqual(['No Referer']);
  });
});

describe('golden suggestions', () => {
  const cases = `${import.meta.dirname}/../../test/slo/suggest`;
  const named = readdirSync(cases, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(named.map(({ name }) => name))('of %s are read without change, in both languages', async (name) => {
    const { format, ...site }: Site & { readonly format: SiteFormat } = JSON.parse(
      readFileSync(join(cases, name, 'site.json'), 'utf8'),
    );
    writeFileSync(join(folder, 'access.log'), siteLog(format, visits(site)));
    for (const language of LANGUAGES) {
      const said = await runCommand(sloSuggest, ['access.log', '--service', 'shop'], {
        cwd: folder,
        language,
      });
      await expect(said.err).toMatchFileSnapshot(join(cases, name, `summary.${language}.txt`));
      if (said.exit === 0) {
        await expect(said.out).toMatchFileSnapshot(join(cases, name, `suggested.${language}.yaml`));
        expect(definitionsIn(said.out).slos.length).toBeGreaterThan(0);
      }
    }
  });
});

describe('the command', () => {
  const log = siteLog('json', visits({ pages: SHOP, views: 900 }));

  it('writes to a file that is not there yet, and never over one that is', async () => {
    const said = await suggested(log, '--out', 'new.yaml');
    expect([said.out, said.exit]).toEqual(['', 0]);
    expect(definitionsIn(readFileSync(join(folder, 'new.yaml'), 'utf8')).screens).toHaveLength(3);
    writeFileSync(join(folder, 'mine.yaml'), 'edited');
    const refused = await suggested(log, '--out', 'mine.yaml');
    expect([refused.exit, readFileSync(join(folder, 'mine.yaml'), 'utf8')]).toEqual([2, 'edited']);
  });

  it('looks only at the asked time, and calls days as the time zone does', async () => {
    const said = await suggested(log, '--from', '2026-11-02T00:02:00Z', '--to', '2026-11-02T00:08:00Z');
    expect(said.err).toContain('2026-11-02 (0.1 hours)');
    const there = await suggested(log, '--time-zone', 'America/New_York');
    expect(there.err).toContain('2026-11-01 (');
    const none = await suggested(log, '--to', '2026-11-01T00:00:00Z');
    expect([none.exit, none.out]).toEqual([2, '']);
    const day = await suggested(
      log,
      '--from',
      '2026-11-02',
      '--to',
      '2026-11-03',
      '--time-zone',
      'Asia/Tokyo',
    );
    expect(day.exit).toBe(0);
    const wrong = await suggested(log, '--from', 'yesterday');
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('yesterday')]);
    const piped = await runCommand(sloSuggest, ['-'], { cwd: folder });
    expect([piped.exit, piped.err]).toEqual([2, expect.stringContaining('three times')]);
  });

  it('takes routes that people named, and refuses what is none', async () => {
    writeFileSync(join(folder, 'routes.txt'), '# ours\n/items/{item}\n');
    const said = await suggested(log, '--routes', 'routes.txt');
    expect(Object.keys(screensIn(said.out))).toContain('items-item');
    writeFileSync(join(folder, 'routes.txt'), 'items\n');
    const refused = await suggested(log, '--routes', 'routes.txt');
    expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('items')]);
  });

  it('says what is missing, and writes nothing, where the logs bear nothing out', async () => {
    const said = await suggested(siteLog('json', visits({ pages: SHOP, views: 60 })));
    expect([said.exit, said.out]).toEqual([2, '']);
    expect(said.err).toMatch(/No screens|fewer than 100 views/);
  });
});
