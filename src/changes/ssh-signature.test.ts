import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { concatBytes, utf8 } from '#audit/core';
import {
  epochMs,
  parseAccountId,
  parseFingerprint,
  parsePersonName,
  parseStackName,
  type Result,
} from '#core-values';
import {
  APPROVAL_NAMESPACE,
  formatStatement,
  parseSshPublicKey,
  STATEMENT_HEADER,
} from './core/approval/index.ts';
import { sshString } from './core/approval/ssh-wire.ts';
import { verifyApproval } from './ssh-signature.ts';

const must = <T>(value: T | undefined): T => value ?? expect.unreachable();
const target = {
  stack: must(parseStackName('shop')),
  account: must(parseAccountId('111122223333')),
  environment: 'production',
  fingerprint: must(parseFingerprint('ab'.repeat(32))),
} as const;
const hanako = must(parsePersonName('hanako'));
const at = epochMs(Date.parse('2026-11-22T09:30:00Z'));
const limits = { now: epochMs(at + 60_000), maxAgeMs: 3_600_000 };
const statement = formatStatement({ ...target, decision: 'approve', approver: hanako, at });

const rules = (result: Result<unknown, { reasons: readonly { rule: string }[] }>): string[] =>
  result.ok ? [] : result.error.reasons.map(({ rule }) => rule);

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sekisho-ssh-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function makeKey(name: string, ...options: string[]): { file: string; line: string } {
  const file = join(home, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'hanako@example.com', '-f', file, ...options]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() };
}

const signWith = (
  file: string,
  message: string,
  namespace = APPROVAL_NAMESPACE,
  ...options: string[]
): string =>
  execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', namespace, '-f', file, ...options], {
    input: message,
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  });

const check = (signature: string, line: string, words = statement) =>
  verifyApproval({ statement: words, signature }, target, [{ name: hanako, sshKeys: [line] }], limits);

describe('signatures made by ssh-keygen', () => {
  const kinds = [
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '384']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '521']],
    ['rsa', ['-t', 'rsa', '-b', '3072']],
  ] as const;

  for (const [keyKind, options] of kinds) {
    test(`${options.join(' ')}: accepted with SHA-256 and SHA-512, and for no other bytes`, () => {
      const { file, line } = makeKey(options.join(''), ...options);
      for (const hash of ['sha256', 'sha512']) {
        const signature = signWith(file, statement, APPROVAL_NAMESPACE, '-O', `hashalg=${hash}`);
        const shown = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(
          ' ',
        )[1];
        expect(check(signature, line)).toMatchObject({
          ok: true,
          value: { approver: 'hanako', keyKind, keyFingerprint: shown, userVerified: false },
        });
        const later = formatStatement({
          ...target,
          decision: 'approve',
          approver: hanako,
          at: epochMs(at + 1),
        });
        expect(rules(check(signature, line, later))).toEqual(['approval.bad-signature']);
      }
    });
  }

  test('an RSA key below 3072 bits is refused in the configuration and in the signature', () => {
    const { file, line } = makeKey('short', '-t', 'rsa', '-b', '2048');
    expect(parseSshPublicKey(line)).toMatchObject({ ok: false, error: { rule: 'approval.key-unusable' } });
    expect(rules(check(signWith(file, statement), line))).toEqual(['approval.key-unusable']);
  });

  test('a signature for another namespace is refused', () => {
    const { file, line } = makeKey('namespace', '-t', 'ed25519');
    for (const namespace of ['file', 'git', 'sekisho-approval@v10', 'sekisho-approval@v']) {
      expect(rules(check(signWith(file, statement, namespace), line))).toEqual(['approval.wrong-namespace']);
    }
  });

  test('a good signature by a key that is not the person’s is refused', () => {
    const mine = makeKey('mine', '-t', 'ed25519');
    const other = makeKey('other', '-t', 'ed25519');
    expect(rules(check(signWith(other.file, statement), mine.line))).toEqual(['approval.wrong-key']);
  });

  test('armor with anything before, behind or within it is refused', () => {
    const { file, line } = makeKey('armor', '-t', 'ed25519');
    const good = signWith(file, statement);
    const [begin, body, end] = good.split(/(?<=BEGIN SSH SIGNATURE-----\n)|(?=-----END)/);
    const blob = Buffer.from(must(body), 'base64');
    const rearmored = (bytes: Uint8Array) => `${begin}${Buffer.from(bytes).toString('base64')}\n${end}`;
    expect(rules(check(rearmored(blob), line))).toEqual([]);
    const damaged = [
      ` ${good}`,
      `${good}x`,
      `${good}${good}`,
      good.replace('SSH SIGNATURE', 'SSH2 SIGNATURE'),
      rearmored(concatBytes(blob, Uint8Array.of(0))),
      rearmored(blob.subarray(0, -1)),
      rearmored(concatBytes(utf8('SSHSIH'), blob.subarray(6))),
      rearmored(concatBytes(blob.subarray(0, 9), Uint8Array.of(2), blob.subarray(10))),
      '',
    ];
    for (const signature of damaged) {
      expect(rules(check(signature, line)), signature).toEqual(['approval.signature-malformed']);
    }
  });
});

/** Builds signatures byte by byte, to say what no ssh-keygen would. */
const name = (words: string): Uint8Array => sshString(utf8(words));
const lineOf = (blob: Uint8Array, type: string): string =>
  `${type} ${Buffer.from(blob).toString('base64')} hanako`;

function armored(blob: Uint8Array, made: Uint8Array, hash = 'sha512', reserved = ''): string {
  const whole = concatBytes(
    utf8('SSHSIG'),
    Uint8Array.of(0, 0, 0, 1),
    sshString(blob),
    name(APPROVAL_NAMESPACE),
    name(reserved),
    name(hash),
    sshString(made),
  );
  return `-----BEGIN SSH SIGNATURE-----\n${Buffer.from(whole).toString('base64')}\n-----END SSH SIGNATURE-----\n`;
}

const digest = (hash: string, data: Uint8Array): Uint8Array => createHash(hash).update(data).digest();
const frame = (hash = 'sha512'): Uint8Array =>
  concatBytes(
    utf8('SSHSIG'),
    name(APPROVAL_NAMESPACE),
    name(''),
    name(hash),
    sshString(digest(hash, utf8(statement))),
  );

function mpint(value: Uint8Array): Uint8Array {
  let start = 0;
  while (value[start] === 0) start += 1;
  const rest = value.subarray(start);
  return sshString((rest[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), rest) : rest);
}

function raw(key: KeyObject, member: 'x' | 'y' | 'n' | 'e'): Uint8Array {
  return Buffer.from(must(key.export({ format: 'jwk' })[member]), 'base64url');
}

interface SecurityKey {
  readonly line: string;
  /** As an authenticator would: over application, flags, counter and the frame. */
  sign(touch: { flags: number; counter: number; signedFlags?: number }): string;
}

const authenticatorData = (application: string, flags: number, counter: number): Uint8Array => {
  const counted = Buffer.alloc(5);
  counted[0] = flags;
  counted.writeUInt32BE(counter, 1);
  return concatBytes(digest('sha256', utf8(application)), counted, digest('sha256', frame()));
};

const touchBytes = (flags: number, counter: number): Uint8Array => {
  const bytes = Buffer.alloc(5);
  bytes[0] = flags;
  bytes.writeUInt32BE(counter, 1);
  return bytes;
};

function securityKeyEd25519(application = 'ssh:'): SecurityKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const type = 'sk-ssh-ed25519@openssh.com';
  const blob = concatBytes(name(type), sshString(raw(publicKey, 'x')), name(application));
  return {
    line: lineOf(blob, type),
    sign: ({ flags, counter, signedFlags = flags }) => {
      const signature = sign(null, authenticatorData(application, signedFlags, counter), privateKey);
      return armored(blob, concatBytes(name(type), sshString(signature), touchBytes(flags, counter)));
    },
  };
}

function securityKeyEcdsa(application = 'ssh:'): SecurityKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
  const point = concatBytes(Uint8Array.of(4), raw(publicKey, 'x'), raw(publicKey, 'y'));
  const blob = concatBytes(name(type), name('nistp256'), sshString(point), name(application));
  return {
    line: lineOf(blob, type),
    sign: ({ flags, counter, signedFlags = flags }) => {
      const data = authenticatorData(application, signedFlags, counter);
      const rs = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const both = sshString(concatBytes(mpint(rs.subarray(0, 32)), mpint(rs.subarray(32))));
      return armored(blob, concatBytes(name(type), both, touchBytes(flags, counter)));
    },
  };
}

for (const [kind, make] of [
  ['sk-ed25519', securityKeyEd25519],
  ['sk-ecdsa', securityKeyEcdsa],
] as const) {
  describe(`signatures made by a security key (${kind})`, () => {
    test('accepted with a touch, and the PIN is seen', () => {
      const key = make();
      expect(check(key.sign({ flags: 0x01, counter: 7 }), key.line)).toMatchObject({
        ok: true,
        value: { keyKind: kind, userVerified: false },
      });
      expect(check(key.sign({ flags: 0x05, counter: 4_000_000_000 }), key.line)).toMatchObject({
        ok: true,
        value: { userVerified: true },
      });
    });

    test('refused without a touch, with flags of data that is not there, and with flags the key did not sign', () => {
      const key = make();
      expect(rules(check(key.sign({ flags: 0x00, counter: 1 }), key.line))).toEqual(['approval.no-touch']);
      expect(rules(check(key.sign({ flags: 0x04, counter: 1 }), key.line))).toEqual(['approval.no-touch']);
      expect(rules(check(key.sign({ flags: 0x81, counter: 1 }), key.line))).toEqual(['approval.no-touch']);
      expect(rules(check(key.sign({ flags: 0x01, counter: 1, signedFlags: 0x00 }), key.line))).toEqual([
        'approval.bad-signature',
      ]);
    });

    test('a credential of a web site is refused', () => {
      const key = make('https://example.com');
      expect(parseSshPublicKey(key.line).ok).toBe(false);
      expect(rules(check(key.sign({ flags: 0x01, counter: 1 }), key.line))).toEqual([
        'approval.key-unusable',
      ]);
    });
  });
}

describe('signatures that no honest tool makes', () => {
  const ed = generateKeyPairSync('ed25519');
  const edBlob = concatBytes(name('ssh-ed25519'), sshString(raw(ed.publicKey, 'x')));
  const edLine = lineOf(edBlob, 'ssh-ed25519');
  const edMade = (data: Uint8Array, algorithm = 'ssh-ed25519') =>
    concatBytes(name(algorithm), sshString(sign(null, data, ed.privateKey)));

  test('the hand-made form itself is accepted, so that what follows is refused for its own fault', () => {
    expect(check(armored(edBlob, edMade(frame())), edLine).ok).toBe(true);
  });

  test('RSA with SHA-1 is refused; with SHA-2 the same key is accepted, short of leading zeros too', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const blob = concatBytes(name('ssh-rsa'), mpint(raw(publicKey, 'e')), mpint(raw(publicKey, 'n')));
    const made = (algorithm: string, hash: string) =>
      armored(blob, concatBytes(name(algorithm), sshString(sign(hash, frame(), privateKey))));
    const line = lineOf(blob, 'ssh-rsa');
    expect(rules(check(made('ssh-rsa', 'sha1'), line))).toEqual(['approval.algorithm-unusable']);
    expect(rules(check(made('rsa-sha2-256', 'sha512'), line))).toEqual(['approval.bad-signature']);
    expect(check(made('rsa-sha2-256', 'sha256'), line).ok).toBe(true);
    expect(check(made('rsa-sha2-512', 'sha512'), line).ok).toBe(true);
  });

  test('DSA keys and certificates are refused', () => {
    for (const type of ['ssh-dss', 'ssh-ed25519-cert-v01@openssh.com', 'ssh-xmss@openssh.com']) {
      const blob = concatBytes(name(type), sshString(new Uint8Array(20)));
      expect(parseSshPublicKey(lineOf(blob, type)).ok, type).toBe(false);
      expect(rules(check(armored(blob, edMade(frame())), edLine)), type).toEqual(['approval.key-unusable']);
    }
  });

  test('another hash, another algorithm than the key’s, a filled reserved field and trailing bytes are refused', () => {
    const sha1 = concatBytes(
      utf8('SSHSIG'),
      name(APPROVAL_NAMESPACE),
      name(''),
      name('sha1'),
      sshString(digest('sha1', utf8(statement))),
    );
    expect(rules(check(armored(edBlob, edMade(sha1), 'sha1'), edLine))).toEqual([
      'approval.algorithm-unusable',
    ]);
    expect(rules(check(armored(edBlob, edMade(frame(), 'rsa-sha2-512')), edLine))).toEqual([
      'approval.algorithm-unusable',
    ]);
    expect(rules(check(armored(edBlob, edMade(frame()), 'sha512', 'x'), edLine))).toEqual([
      'approval.signature-malformed',
    ]);
    const trailing = concatBytes(edMade(frame()), Uint8Array.of(0));
    expect(rules(check(armored(edBlob, trailing), edLine))).toEqual(['approval.signature-malformed']);
  });

  test('a signature over the bare statement, outside SSH’s frame, is refused', () => {
    expect(rules(check(armored(edBlob, edMade(utf8(statement))), edLine))).toEqual([
      'approval.bad-signature',
    ]);
  });

  test('a key on no curve is refused, not thrown at', () => {
    const type = 'ecdsa-sha2-nistp256';
    const off = concatBytes(
      name(type),
      name('nistp256'),
      sshString(concatBytes(Uint8Array.of(4), new Uint8Array(64).fill(1))),
    );
    const rs = sshString(concatBytes(mpint(Uint8Array.of(1)), mpint(Uint8Array.of(1))));
    expect(rules(check(armored(off, concatBytes(name(type), rs)), lineOf(off, type)))).toEqual([
      'approval.bad-signature',
    ]);
  });

  test('a public key line with another type in front, options, or a second line is refused', () => {
    expect(parseSshPublicKey(`ssh-rsa ${edLine.split(' ')[1]}`).ok).toBe(false);
    expect(parseSshPublicKey(`restrict ${edLine}`).ok).toBe(false);
    expect(parseSshPublicKey(`${edLine}\n${edLine}`).ok).toBe(false);
    expect(parseSshPublicKey('').ok).toBe(false);
    expect(parseSshPublicKey(`${edLine}\n`).ok).toBe(true);
  });
});

describe('what a statement is accepted for', () => {
  const ed = generateKeyPairSync('ed25519');
  const blob = concatBytes(name('ssh-ed25519'), sshString(raw(ed.publicKey, 'x')));
  const people = [{ name: hanako, sshKeys: [lineOf(blob, 'ssh-ed25519')] }];
  const signed = (words: string) => ({
    statement: words,
    signature: armored(
      blob,
      concatBytes(
        name('ssh-ed25519'),
        sshString(
          sign(
            null,
            concatBytes(
              utf8('SSHSIG'),
              name(APPROVAL_NAMESPACE),
              name(''),
              name('sha512'),
              sshString(digest('sha512', utf8(words))),
            ),
            ed.privateKey,
          ),
        ),
      ),
    ),
  });

  test('attack 7: approve, then push: the approval does not fit the new plan’s fingerprint', () => {
    const pushed = { ...target, fingerprint: must(parseFingerprint('cd'.repeat(32))) };
    expect(verifyApproval(signed(statement), target, people, limits).ok).toBe(true);
    expect(rules(verifyApproval(signed(statement), pushed, people, limits))).toEqual([
      'approval.other-fingerprint',
    ]);
  });

  test('attack 15: approval for one stack, apply of another', () => {
    const other = { ...target, stack: must(parseStackName('shop-network')) };
    expect(rules(verifyApproval(signed(statement), other, people, limits))).toEqual(['approval.other-stack']);
    const account = { ...target, account: must(parseAccountId('444455556666')) };
    expect(rules(verifyApproval(signed(statement), account, people, limits))).toEqual([
      'approval.other-account',
    ]);
    expect(
      rules(verifyApproval(signed(statement), { ...target, environment: 'staging' }, people, limits)),
    ).toEqual(['approval.other-environment']);
    expect(
      rules(verifyApproval(signed(statement), { ...target, decision: 'break-glass' }, people, limits)),
    ).toEqual(['approval.other-decision']);
  });

  test('attack 21: a person taken out of the configuration after approving is no longer believed', () => {
    expect(rules(verifyApproval(signed(statement), target, [], limits))).toEqual(['approval.unknown-person']);
    expect(rules(verifyApproval(signed(statement), target, [{ name: hanako, sshKeys: [] }], limits))).toEqual(
      ['approval.wrong-key'],
    );
  });

  test('attack 22: statements from the future or too old are refused, small skew is not', () => {
    const when = (now: number) =>
      rules(verifyApproval(signed(statement), target, people, { ...limits, now: epochMs(now) }));
    expect(when(at - 120_000)).toEqual([]);
    expect(when(at - 120_001)).toEqual(['approval.from-the-future']);
    expect(when(at + 3_600_000)).toEqual([]);
    expect(when(at + 3_600_001)).toEqual(['approval.too-old']);
  });

  test('a signed statement in another spelling than the canonical one is refused', () => {
    const json = must(statement.split('\n')[1]);
    const spellings = [
      statement.replace(':', ': '),
      `${STATEMENT_HEADER}\n${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse()))}\n`,
      `${STATEMENT_HEADER}\n${json.replace('{', '{"extra":1,')}\n`,
      `${STATEMENT_HEADER}\n${json.replace('"version":1', '"version":1,"version":1')}\n`,
      `${STATEMENT_HEADER}\r\n${json}\r\n`,
      `${STATEMENT_HEADER}\n${json}\n\n`,
      `${STATEMENT_HEADER}\n${json}`,
      `${json}\n`,
      statement.replace('hanako', 'Hanako'),
      statement.replace('shop', '\\u0073hop'),
    ];
    for (const words of spellings) {
      expect(rules(verifyApproval(signed(words), target, people, limits)), words).toEqual([
        'approval.statement-malformed',
      ]);
    }
    const notUtf8 = { ...signed(statement), statement: Uint8Array.of(0xff) };
    expect(rules(verifyApproval(notUtf8, target, people, limits))).toEqual(['approval.statement-malformed']);
  });
});
