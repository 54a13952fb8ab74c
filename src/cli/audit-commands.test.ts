import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  exportHeaderLine,
  formatNoteKey,
  joinLeaf,
  leafHalves,
  leafHash,
  leafHashOf,
  NO_PREVIOUS_LEAF,
  parseLeaf,
  rootOfLeafHashes,
  signCheckpoint,
} from '#audit/core';
import {
  epochMs,
  err,
  type Json,
  type Language,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';
import { utf8 } from '#platform/core';
import type { ApiClient } from './api-client.ts';
import { auditExport } from './audit-export.ts';
import { auditList } from './audit-list.ts';
import { auditShow } from './audit-show.ts';
import { auditVerify, nodeNoteCrypto } from './audit-verify.ts';
import type { CliCommand } from './command.ts';

const { sha256 } = nodeNoteCrypto;

/** A small log as a server would export it. */
function makeExport(names: readonly string[]) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = {
    name: 'sekisho.example.com/audit',
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
  };
  const leaves: string[] = [];
  for (const [position, name] of names.entries()) {
    const halves = leafHalves(
      {
        at: epochMs(0),
        kind: 'plan.uploaded',
        actor: { kind: 'person', name },
        subject: {},
        outcome: 'done',
      },
      '1970-01-01T00:00:00.000Z',
    );
    const last = leaves.at(-1);
    leaves.push(joinLeaf(halves, position, last === undefined ? NO_PREVIOUS_LEAF : leafHashOf(last, sha256)));
  }
  const root = rootOfLeafHashes(
    leaves.map((leaf) => leafHash(utf8(leaf), sha256)),
    sha256,
  );
  const head = { origin: key.name, size: leaves.length, root };
  const note = signCheckpoint(head, key, (message) => sign(null, message, privateKey), sha256);
  const vkey = formatNoteKey(key, sha256);
  return { leaves, note, vkey, text: `${exportHeaderLine(vkey, note)}\n${leaves.join('\n')}\n` };
}

// U+2028 is a line end to some readers; it must not be one here.
const log = makeExport(['hanako', 'taro', 'line\u2028separator', '次郎']);

function server(answers: Record<string, Json>, body = log.text): { client: ApiClient; asked: string[] } {
  const asked: string[] = [];
  const down = problem('outside-failed', {
    rule: 'server.unreachable',
    message: text('No answer.', '応答がありません。'),
    remedy: text('Start it.', '起動してください。'),
  });
  const get = async (path: string): Promise<Result<Json, Problem>> => {
    asked.push(path);
    const answer = answers[path.split('?')[0] ?? ''];
    return answer === undefined ? err(down) : ok(answer);
  };
  const stream = async (path: string) => {
    asked.push(path);
    return ok(new Blob([new TextEncoder().encode(body)]).stream());
  };
  return { asked, client: { get, stream, bytes: async () => err(down), post: async () => err(down) } };
}

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sekisho-audit-'));
  writeFileSync(join(cwd, 'log.jsonl'), log.text);
  writeFileSync(join(cwd, 'kept'), log.note);
});
afterAll(() => rmSync(cwd, { recursive: true }));

interface Slowness {
  /** What a look at the clock takes. */
  readonly lookMs?: number;
  readonly stdoutIsTerminal?: boolean;
}

async function run(
  command: CliCommand,
  argv: readonly string[],
  language: Language = 'en',
  { lookMs = 0, stdoutIsTerminal = false }: Slowness = {},
) {
  let now = 0;
  const seen = { out: '', err: '', exit: 0 };
  const output = (to: 'out' | 'err') => ({
    write: (words: string) => {
      seen[to] += words;
    },
    isTerminal: to === 'out' && stdoutIsTerminal,
    columns: 80,
  });
  const parsed = new Command('test').exitOverride();
  command.configure(parsed, {
    env: {},
    cwd,
    language,
    stdout: output('out'),
    stderr: output('err'),
    clock: {
      now: () => {
        now += lookMs;
        return epochMs(now);
      },
    },
    exitWith: (code) => {
      seen.exit = code;
    },
  });
  await parsed.parseAsync(argv, { from: 'user' });
  return seen;
}

const alone = auditVerify(() => expect.unreachable('No server is needed to verify a file.'));

describe('sekisho audit verify', () => {
  test('a file verifies alone; without anything from elsewhere it warns', async () => {
    const seen = await run(alone, ['log.jsonl']);
    expect(seen).toMatchObject({ exit: 0, err: '' });
    expect(seen.out).toContain('✓ The log is intact: 4 entries.');
    expect(seen.out).toContain('Nothing from elsewhere vouches for this');
    for (const anchor of [
      ['--checkpoint', 'kept'],
      ['--key', log.vkey],
    ]) {
      expect((await run(alone, ['log.jsonl', ...anchor])).out).not.toContain('Nothing from elsewhere');
    }
  });

  test('attack 23: a tampered copy is found, with what and where, exit code 1', async () => {
    const tampered: readonly (readonly [string, string])[] = [
      [log.text.replace('taro', 'toro'), 'Entry 1 was edited.'],
      [log.text.replace(`${log.leaves[2]}\n`, ''), 'Entries were removed from position 2 on.'],
      [log.text.split('\n').slice(0, 3).join('\n'), 'The log was cut off: it ends after 2 entries'],
      [`${log.text}${log.leaves[3]}\n`, 'An entry was inserted at position 4.'],
      [`${log.text}\n`, 'Entry 4 was edited.'],
    ];
    for (const [words, said] of tampered) {
      writeFileSync(join(cwd, 'bad.jsonl'), words);
      const seen = await run(alone, ['bad.jsonl', '--checkpoint', 'kept']);
      expect(seen.out).toContain(said);
      expect(seen.exit).toBe(1);
    }
    expect((await run(alone, ['bad.jsonl'], 'ja')).out).toContain('書き換えられています');
  });

  test('an export that somebody else made whole is refused by the kept checkpoint', async () => {
    writeFileSync(join(cwd, 'other.jsonl'), makeExport(['hanako']).text);
    const seen = await run(alone, ['other.jsonl', '--checkpoint', 'kept']);
    expect(seen).toMatchObject({ exit: 2, out: '' });
    expect(seen.err).toContain('audit.checkpoint-unknown-signers');
    expect((await run(alone, ['other.jsonl', '--key', log.vkey])).exit).toBe(3);
  });

  test('the server’s log is fetched and verified here, not believed', async () => {
    const good = server({});
    expect(
      await run(
        auditVerify(() => good.client),
        ['--checkpoint', 'kept'],
      ),
    ).toMatchObject({ exit: 0 });
    expect(good.asked).toEqual(['/v1/audit/export']);
    const bad = server({}, log.text.replace('hanako', 'hanaka'));
    expect(
      await run(
        auditVerify(() => bad.client),
        ['--checkpoint', 'kept'],
      ),
    ).toMatchObject({ exit: 1 });
  });

  test('JSON carries size, root and key; what cannot be read is named', async () => {
    const seen = await run(alone, ['log.jsonl', '--format', 'json']);
    expect(JSON.parse(seen.out)).toMatchObject({
      kind: 'intact',
      size: 4,
      vouchedSize: 4,
      key: log.vkey,
      anchored: false,
    });
    const missing = await run(alone, ['none.jsonl']);
    expect([missing.exit, missing.err.includes('none.jsonl')]).toEqual([2, true]);
    expect((await run(alone, ['log.jsonl', '--key', 'nonsense'])).err).toContain('audit.not-a-key');
    expect((await run(alone, ['kept'])).err).toContain('audit.not-an-export');
  });
});

describe('sekisho audit export', () => {
  test('writes the log and its checkpoint, which verify', async () => {
    const seen = await run(
      auditExport(() => server({}).client),
      ['-o', 'out.jsonl'],
    );
    expect(seen).toMatchObject({ exit: 0, out: '' });
    expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8')).toBe(log.text);
    expect(readFileSync(join(cwd, 'out.jsonl.checkpoint'), 'utf8')).toBe(log.note);
    expect(
      (
        await run(
          auditExport(() => server({}).client),
          [],
        )
      ).out,
    ).toBe(log.text);
  });

  test('says how far it is when it takes long, but not into a terminal that shows the log', async () => {
    const far = '4 of 4 entries checked (100%)…';
    const exporting = auditExport(() => server({}).client);
    const slow = { lookMs: 3_000, stdoutIsTerminal: false };
    expect((await run(alone, ['log.jsonl'], 'en', slow)).err).toContain(far);
    expect(
      (
        await run(
          auditVerify(() => server({}).client),
          [],
          'en',
          slow,
        )
      ).err,
    ).toContain(far);
    expect((await run(exporting, [], 'en', slow)).err).toContain(far);
    expect((await run(exporting, ['--output', 'slow.jsonl'], 'en', slow)).err).toContain(far);
    expect((await run(exporting, [], 'en', { ...slow, stdoutIsTerminal: true })).err).toBe('');
  });

  test('a download that broke off is an error and leaves no file', async () => {
    const cut = server({}, log.text.slice(0, -40)).client;
    const seen = await run(
      auditExport(() => cut),
      ['-o', 'cut.jsonl'],
    );
    expect(seen.exit).toBe(3);
    expect(() => readFileSync(join(cwd, 'cut.jsonl'))).toThrow();
    expect(() => readFileSync(join(cwd, 'cut.jsonl.partial'))).toThrow();
  });
});

describe('sekisho audit list and show', () => {
  const record = parseLeaf(log.leaves[1] ?? '') ?? expect.unreachable();
  const json: Json = JSON.parse(JSON.stringify(record));

  test('a line an entry, the filters passed on, and how to see older ones', async () => {
    const { client, asked } = server({ '/v1/audit': { entries: [json], next: 1 } });
    const seen = await run(
      auditList(() => client),
      ['--kind', 'plan', '--limit', '1'],
    );
    expect(seen.out).toBe('      1  1970-01-01T00:00:00.000Z  ·  plan.uploaded       taro\n');
    expect(seen.err).toBe('Older entries: --before 1\n');
    expect(asked).toEqual(['/v1/audit?limit=1&kind=plan']);
  });

  test('a name cannot steer the terminal', async () => {
    const steering: Json = JSON.parse((log.leaves[1] ?? '').replace('taro', 'x\\u001b[2Jy'));
    const { client } = server({
      '/v1/audit': { entries: [steering] },
    });
    expect(
      (
        await run(
          auditList(() => client),
          [],
        )
      ).out,
    ).not.toContain('\u001b');
  });

  test('reasons in the language of the reader', async () => {
    const reasons = [{ rule: 'trust.job', message: 'Another job.', messageJa: '別のジョブです。' }];
    const refused: Json = JSON.parse(JSON.stringify({ ...record, reasons }));
    const { client } = server({ '/v1/audit/1': { record: refused, leaf: '' } });
    const show = auditShow(() => client);
    expect((await run(show, ['1'])).out).toContain('  • Another job. [trust.job]\n');
    expect((await run(show, ['1'], 'ja')).out).toContain('  • 別のジョブです。 [trust.job]\n');
  });

  test('one entry with its evidence, or exactly as it is hashed', async () => {
    const { client } = server({ '/v1/audit/1': { record: json, leaf: log.leaves[1] ?? '' } });
    expect(
      (
        await run(
          auditShow(() => client),
          ['1'],
        )
      ).out,
    ).toContain('"name": "taro"');
    expect(
      (
        await run(
          auditShow(() => client),
          ['1', '--format', 'leaf'],
        )
      ).out,
    ).toBe(log.leaves[1]);
    expect(
      (
        await run(
          auditShow(() => client),
          ['-1', '--format', 'leaf'],
        ).catch(() => ({ exit: 2 }))
      ).exit,
    ).toBe(2);
    expect(
      (
        await run(
          auditShow(() => client),
          ['one'],
        )
      ).err,
    ).toContain('audit.not-an-entry-id');
    expect(
      (
        await run(
          auditShow(() => client),
          ['7'],
        )
      ).exit,
    ).toBe(4);
  });
});
