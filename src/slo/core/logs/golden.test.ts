import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogRequest, requestAt } from './batch.ts';
import { KNOWN_FORMATS, parserOf } from './formats.ts';
import { type LineCounts, lineReader, unparsedOf } from './lines.ts';

const CASES = join(import.meta.dirname, '../../../../test/slo/logs');

function read(kind: (typeof KNOWN_FORMATS)[number], bytes: Uint8Array): readonly [LogRequest[], LineCounts] {
  const requests: LogRequest[] = [];
  const reader = lineReader({
    file: 'input.log',
    parser: parserOf({ kind }),
    consume: (batch) => {
      for (let row = 0; row < batch.count; row += 1) requests.push(requestAt(batch, row));
    },
  });
  reader.push(bytes);
  return [requests, reader.end()];
}

describe('lines of published documentation', () => {
  it.each(readdirSync(CASES))('are read as they say: %s', (name) => {
    const kind = KNOWN_FORMATS.find((known) => known === name);
    expect(kind).toBeDefined();
    const expected: unknown = JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8'));
    const [requests, counts] = read(kind ?? 'alb', readFileSync(join(CASES, name, 'input.log')));
    expect({ requests }).toEqual({ requests: Object(expected).requests });
    expect(unparsedOf(counts)).toBe(0);
    expect(counts.requests).toBe(requests.length);
  });
});
