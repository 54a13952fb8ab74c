import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Language } from '#core-values';
import type { CliCommand } from './command.ts';
import { iamEvaluate } from './iam-evaluate.ts';
import { iamLint } from './iam-lint.ts';
import { runCommand } from './testing.ts';

const folders: string[] = [];
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

async function run(
  command: CliCommand,
  content: unknown,
  argv: readonly string[] = [],
  language: Language = 'en',
) {
  const cwd = mkdtempSync(join(tmpdir(), 'sekisho-iam-'));
  folders.push(cwd);
  if (content !== undefined) {
    writeFileSync(
      join(cwd, 'in.json'),
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    );
  }
  const { both, exit } = await runCommand(command, ['in.json', ...argv], { cwd, language });
  return { out: both, exit };
}

const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::orders/*' };
const document = { Version: '2012-10-17', Statement: [allow] };
const question = (more: object = {}, policies: object = { identity: [{ name: 'reader', document }] }) => ({
  request: {
    principal: 'arn:aws:iam::111122223333:user/taro',
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::orders/a.json',
    resourceAccount: '111122223333',
    ...more,
  },
  policies,
});

describe('sekisho iam evaluate', () => {
  it('exits with 0 when allowed, and names the statement', async () => {
    const { out, exit } = await run(iamEvaluate, question());
    expect(out).toContain('✓ allowed: s3:GetObject → arn:aws:s3:::orders/a.json');
    expect(out).toContain('Allowed by identity policies "reader", Statement[0].');
    expect(exit).toBe(0);
  });

  it('exits with 3 when denied, and shows the nearest thing that would allow it', async () => {
    const { out, exit } = await run(iamEvaluate, question({ resource: 'arn:aws:s3:::other/a.json' }));
    expect(out).toContain('✗ implicitly denied');
    expect(out).toContain(
      'identity policies "reader", Statement[0] allows s3:GetObject, but not here: Resource arn:aws:s3:::orders/*.',
    );
    expect(exit).toBe(3);
  });

  it('exits with 3 when it is not known, and asks for what would decide it', async () => {
    const { out, exit } = await run(
      iamEvaluate,
      question(
        {},
        {
          identity: [
            {
              name: 'reader',
              document: {
                ...document,
                Statement: [{ ...allow, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
              },
            },
          ],
        },
      ),
    );
    expect(out).toContain('? unknown');
    expect(out).toContain('• aws:securetransport');
    expect(exit).toBe(3);
  });

  it('says it in Japanese, and in JSON with both languages', async () => {
    const { out } = await run(iamEvaluate, question({ action: 's3:PutObject' }), [], 'ja');
    expect(out).toContain('✗ 暗黙的な拒否');
    expect(out).toContain('s3:PutObject を許可するステートメントがありません');
    const json = JSON.parse((await run(iamEvaluate, question(), ['--format', 'json'])).out);
    expect(json).toMatchObject({
      formatVersion: 1,
      verdict: 'allowed',
      reason: { en: expect.any(String), ja: expect.any(String) },
      deciding: [{ layer: 'identity', policy: 'reader', statement: 0 }],
      layers: [{ layer: 'identity', allows: 'yes' }],
      waitsFor: [],
      changes: [],
    });
  });

  it.each([
    ['no JSON', '{', 'in.json:1:2'],
    ['an unknown member', { ...question(), policy: [] }, 'There is no key `policy` here.'],
    ['a missing member', { policies: {} }, '`request:`'],
    [
      'a bad policy, with its place',
      question({}, { identity: [{ name: 'x', document: { Statement: [{}] } }] }),
      'Effect is "Allow" or "Deny".',
    ],
    [
      'a policy without a document',
      question({}, { identity: [{ name: 'AdministratorAccess' }] }),
      'no document',
    ],
    ['an action with a wildcard', question({ action: 's3:*' }), '"s3:*" is not an action.'],
    [
      'a principal that cannot ask',
      question({ principal: 'arn:aws:iam::111122223333:group/x' }),
      'does not name somebody',
    ],
    ['an account id that is none', question({ resourceAccount: '1' }), 'twelve digits'],
    [
      'a context that contradicts the principal',
      question({ context: { 'aws:username': 'jiro' } }),
      'aws:username',
    ],
    [
      'a condition key in two cases',
      question({ context: { 'aws:SourceIp': '192.0.2.1', 'AWS:sourceip': '192.0.2.2' } }),
      'in another case too',
    ],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), 'not UTF-8'],
    ['a file that is not there', undefined, 'in.json does not exist'],
  ])('exits with 2 for %s', async (_, content, words) => {
    const { out, exit } = await run(iamEvaluate, content);
    expect(out).toContain(words);
    expect(exit).toBe(2);
  });
});

it('writes control characters of the file out', async () => {
  const { out } = await run(iamEvaluate, question({ resource: 'arn:aws:s3:::\u001b[31mred' }));
  expect(out).toContain('arn:aws:s3:::\\u{1b}[31mred');
  expect(out).not.toContain('\u001b');
});

describe('sekisho iam lint', () => {
  it('exits with 0 when there is nothing to say', async () => {
    expect(await run(iamLint, document)).toEqual({ out: '✓ AWS would take this policy.\n', exit: 0 });
  });

  it('exits with 1 on findings, with place, rule and remedy', async () => {
    const { out, exit } = await run(iamLint, {
      ...document,
      Statement: [{ ...allow, Sid: 'A', Action: 'GetObject' }],
    });
    expect(out).toMatch(
      /• in\.json:1:\d+: Statement\[0\] "A", Action: "GetObject" is not an action\. \[iam\.action\]\n {2}→ Write service:Action/,
    );
    expect(out).toContain('1 finding\n');
    expect(exit).toBe(1);
  });

  it('asks other things of other kinds', async () => {
    const { out, exit } = await run(iamLint, document, ['--kind', 'resource'], 'ja');
    expect(out).toContain('Principal または NotPrincipal がありません。');
    expect(exit).toBe(1);
  });

  it('tells of a policy that is too long, white space counted as AWS counts it', async () => {
    const long = JSON.stringify({
      ...document,
      Statement: [
        {
          ...allow,
          Resource: Array.from({ length: 60 }, (_, at) => `arn:aws:s3:::orders-of-customer-${at}/*`),
        },
      ],
    });
    expect((await run(iamLint, long)).exit).toBe(0);
    const { out, exit } = await run(iamLint, long, ['--kind', 'session']);
    expect(out).toMatch(/The policy has 2\d{3} characters; AWS takes 2048/);
    expect(exit).toBe(1);
    expect((await run(iamLint, `${JSON.stringify(document)}${' '.repeat(20_000)}`)).exit).toBe(0);
    expect(
      (await run(iamLint, `${JSON.stringify(document)}${' '.repeat(20_000)}`, ['--kind', 'scp'])).exit,
    ).toBe(1);
  });

  it('warns of what AWS takes but does not do what it seems to', async () => {
    const conditions = {
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
      ArnLike: { 'aws:SourceArn': '*' },
    };
    const { out, exit } = await run(iamLint, {
      Statement: [{ ...allow, Resource: `arn:aws:s3:::\${aws:username}`, Condition: conditions }],
    });
    expect(out).toContain('[iam.for-all-values-allow]');
    expect(out).toContain('[iam.arn-value]');
    expect(out).toContain('[iam.old-version-variable]');
    expect(exit).toBe(1);
  });

  it('exits with 2 for what is no JSON', async () => {
    expect((await run(iamLint, 'Version: 2012-10-17')).exit).toBe(2);
  });

  it('gives JSON', async () => {
    const { out } = await run(iamLint, { Statement: [] }, ['--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      kind: 'identity',
      findings: [{ rule: 'iam.no-statement' }],
    });
  });
});
