import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from '#platform';
import { incidentsOfCsv, incidentsOfDocument } from './incidents-file.ts';
import { parseMoment } from './moment.ts';

const yaml = (words: string) => {
  const document = readDocument({ file: 'i.yaml', bytes: new TextEncoder().encode(words) });
  return document.ok ? incidentsOfDocument(document.value) : document;
};
const told = (result: ReturnType<typeof yaml>) =>
  result.ok ? result.value : result.error.reasons.map(({ rule, place }) => `${rule} ${place?.line}`);
const minute = (iso: string) => Date.parse(iso) / 60_000;

describe('incidents are read', () => {
  const expected = [
    { title: 'price down', fromMinute: minute('2026-11-02T00:00Z'), toMinute: minute('2026-11-02T00:31Z') },
  ];

  it.each([
    [
      'YAML with offsets',
      'incidents:\n  - {from: 2026-11-02T09:00+09:00, to: "2026-11-02T00:30:10Z", title: price down}',
    ],
    [
      'YAML without a key above',
      '- from: 2026-11-02 09:00:30+0900\n  to: 2026-11-02T00:31Z\n  title: price down',
    ],
    [
      'YAML with a time zone for the whole file',
      'timeZone: Asia/Tokyo\nincidents:\n  - {from: 2026-11-02 09:00, to: "2026-11-02T00:31Z", title: price down}',
    ],
    [
      'zones of the IANA data base',
      '- {from: "2026-11-02T09:00[Asia/Tokyo]", to: 2026-11-02 09:31 Asia/Tokyo, title: price down}',
    ],
  ])('from %s', (_, words) => expect(told(yaml(words))).toEqual(expected));

  it('from CSV with columns in any order, quotes and line ends of any system', () => {
    const csv =
      '\uFEFFTitle,Severity,to,from\r\n"price\ndown, ""all"" of it",1,2026-11-02T00:31Z,2026-11-02T00:00Z\r\n\r\n';
    expect(incidentsOfCsv('i.csv', csv)).toEqual({
      ok: true,
      value: [{ ...expected[0], title: 'price\ndown, "all" of it' }],
    });
  });
});

describe('incidents are refused with their line', () => {
  it.each([
    [
      'without a zone',
      '- {from: 2026-11-02T09:00, to: 2026-11-02T10:00}',
      ['incidents.no-zone 1', 'incidents.no-zone 1'],
    ],
    [
      'when they end before they begin',
      '- from: 2026-11-02T09:00Z\n  to: 2026-11-02T09:00Z',
      ['incidents.backwards 2'],
    ],
    [
      'when they last for years',
      '- from: 2020-11-02T09:00Z\n  to: 2026-11-02T09:00Z',
      ['incidents.too-long 2'],
    ],
    ['on days that do not exist', '- from: 2026-02-30T09:00Z\n  to: 2026-11-02T09:00Z', ['incidents.time 1']],
    ['of times that are none', '- from: yesterday\n  to: 2026-11-02T09:00Z', ['incidents.time 1']],
    [
      'of zones that are none',
      '- from: 2026-11-02T09:00[Asia/Tokio]\n  to: 2026-11-02T09:00Z',
      ['incidents.zone 1'],
    ],
    [
      'with keys that are slips',
      '- from: 2026-11-02T09:00Z\n  til: 2026-11-02T09:00Z',
      ['incidents.missing-key 1', 'incidents.unknown-key 2'],
    ],
    ['as numbers', 'incidents: 7', ['incidents.wrong-type 1']],
  ])('%s', (_, words, rules) => expect(told(yaml(words))).toEqual(rules));

  it.each([
    ['without names of columns', '2026-11-02T00:00Z,2026-11-02T00:31Z\n', ['incidents.columns 1']],
    ['with a quote that is never closed', 'from,to,title\na,b,"c\n', ['incidents.csv-quote 2']],
    [
      'behind a title of several lines',
      'title,from,to\n"a\nb",2026-11-02T00:00Z,2026-11-02T00:31Z\nx,y,2026-11-02T00:31Z',
      ['incidents.time 4'],
    ],
    [
      'by the thousand',
      `from,to\n${'2026-11-02T00:00Z,2026-11-02T00:31Z\n'.repeat(1001)}`,
      ['incidents.too-many undefined'],
    ],
  ])('in CSV %s', (_, words, rules) => expect(told(incidentsOfCsv('i.csv', words))).toEqual(rules));

  it('whatever the file holds, and never by breaking', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((words) => `from,to\n${words}`),
        ),
        (words) => {
          for (const result of [incidentsOfCsv('i.csv', words), yaml(words)])
            if (!result.ok) expect(result.error.reasons[0].remedy.en).not.toBe('');
        },
      ),
    );
  });
});

describe('times of zones whose clocks change', () => {
  const at = (words: string) => {
    const moment = parseMoment(words);
    return moment.ok ? new Date(moment.value).toISOString() : moment.error.rule;
  };

  it('are taken where clocks showed them once', () => {
    expect(at('2026-11-01T00:59[America/New_York]')).toBe('2026-11-01T04:59:00.000Z');
    expect(at('2026-11-01T02:00[America/New_York]')).toBe('2026-11-01T07:00:00.000Z');
    expect(at('2026-04-05 01:29 Australia/Lord_Howe')).toBe('2026-04-04T14:29:00.000Z');
  });

  it('are refused where clocks showed them twice or never, unless the offset says which', () => {
    expect(at('2026-11-01T01:30[America/New_York]')).toBe('incidents.clocks-changed');
    expect(at('2026-03-08T02:30[America/New_York]')).toBe('incidents.clocks-changed');
    expect(at('2026-04-05T01:30[Australia/Lord_Howe]')).toBe('incidents.clocks-changed');
    expect(at('2026-11-01T01:30-04:00[America/New_York]')).toBe('2026-11-01T05:30:00.000Z');
    expect(at('2026-11-01T01:30-05:00[America/New_York]')).toBe('2026-11-01T06:30:00.000Z');
    expect(at('2026-11-01T01:30+09:00[America/New_York]')).toBe('incidents.clocks-changed');
  });
});
