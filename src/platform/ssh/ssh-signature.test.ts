import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  concatBytes,
  parseSshKeyLine,
  parseSshSignature,
  sshKeyFingerprint,
  sshString,
  sshVerificationFault,
  utf8,
} from '../core/index.ts';
import { sshCrypto, sshSignerOf } from './crypto.ts';
import {
  ecdsaSecurityKey,
  ed25519SecurityKey,
  ed25519TestKey,
  keyMember,
  sshArmored,
  sshFrame,
  sshInteger,
  sshKeyLine,
  sshText,
} from './testing.ts';

const MESSAGE = 'what somebody signs: 承認\n';
const namespace = 'test@v1';

/** `good`, or why a signature is none over the message. */
function verdict(armored: string, message = MESSAGE): string {
  const parsed = parseSshSignature(armored);
  if (parsed.kind !== 'signature') return parsed.kind;
  return sshVerificationFault(parsed.signature, utf8(message), sshCrypto) ?? 'good';
}

const blobOf = (line: string): string => line.split(' ')[1] ?? '';

describe('signatures made by ssh-keygen', () => {
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

  const signWith = (file: string, ...options: string[]): string =>
    execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', namespace, '-f', file, ...options], {
      input: MESSAGE,
      stdio: ['pipe', 'pipe', 'ignore'],
      encoding: 'utf8',
    });

  const kinds = [
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '384']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '521']],
    ['rsa', ['-t', 'rsa', '-b', '3072']],
  ] as const;

  for (const [kind, options] of kinds) {
    test(`${options.join(' ')}: accepted with SHA-256 and SHA-512, and for no other bytes`, () => {
      const { file, line } = makeKey(options.join(''), ...options);
      const shown = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' });
      expect(parseSshKeyLine(line)).toMatchObject({ value: { blob: blobOf(line) } });
      for (const hash of ['sha256', 'sha512']) {
        const armored = signWith(file, '-O', `hashalg=${hash}`);
        const parsed = parseSshSignature(armored);
        if (parsed.kind !== 'signature') return expect.unreachable();
        expect(parsed.signature).toMatchObject({ key: { kind }, namespace, hash });
        expect(sshKeyFingerprint(parsed.signature.key, sshCrypto)).toBe(shown.split(' ')[1]);
        expect(verdict(armored)).toBe('good');
        expect(verdict(armored, `${MESSAGE} `)).toBe('bad-signature');
        expect(sshSignerOf(MESSAGE, armored, namespace)).toBe(blobOf(line));
      }
    });
  }

  test('an RSA key below 3072 bits is refused as a line and in the signature', () => {
    const { file, line } = makeKey('short', '-t', 'rsa', '-b', '2048');
    expect(parseSshKeyLine(line)).toEqual({ ok: false, error: 'rsa-too-short' });
    expect(verdict(signWith(file))).toBe('unsupported-key');
  });
});

describe('armor', () => {
  const good = ed25519TestKey().sign(MESSAGE, namespace);
  const [begin, body = '', end] = good.split(/(?<=BEGIN SSH SIGNATURE-----\n)|(?=-----END)/);
  const blob = Buffer.from(body, 'base64');
  const rearmored = (bytes: Uint8Array) => `${begin}${Buffer.from(bytes).toString('base64')}\n${end}`;

  test('with anything before, behind or within it is refused', () => {
    expect(verdict(rearmored(blob))).toBe('good');
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
    for (const signature of damaged) expect(verdict(signature), signature).toBe('malformed');
  });
});

for (const [kind, make] of [
  ['sk-ed25519', ed25519SecurityKey],
  ['sk-ecdsa', ecdsaSecurityKey],
] as const) {
  describe(`signatures made by a security key (${kind})`, () => {
    test('accepted with a touch, with or without the PIN', () => {
      const key = make();
      expect(verdict(key.sign(MESSAGE, namespace, { flags: 0x01, counter: 7 }))).toBe('good');
      expect(verdict(key.sign(MESSAGE, namespace, { flags: 0x05, counter: 4_000_000_000 }))).toBe('good');
    });

    test('refused without a touch, with flags of data that is not there, and with flags the key did not sign', () => {
      const key = make();
      for (const flags of [0x00, 0x04, 0x81]) {
        expect(verdict(key.sign(MESSAGE, namespace, { flags, counter: 1 }))).toBe('no-touch');
      }
      const forged = key.sign(MESSAGE, namespace, { flags: 0x01, counter: 1, signedFlags: 0x00 });
      expect(verdict(forged)).toBe('bad-signature');
      expect(sshSignerOf(MESSAGE, forged, namespace)).toBeUndefined();
    });

    test('a credential of a web site is refused, as a line and in the signature', () => {
      const key = make('https://example.com');
      expect(parseSshKeyLine(key.line)).toEqual({ ok: false, error: 'not-for-ssh' });
      expect(verdict(key.sign(MESSAGE, namespace, { flags: 0x01, counter: 1 }))).toBe('unsupported-key');
    });
  });
}

describe('signatures that no honest tool makes', () => {
  const key = ed25519TestKey();
  const frame = sshFrame(MESSAGE, namespace);
  const armored = (made: Uint8Array, hash = 'sha512', reserved = '') =>
    sshArmored(key.blob, made, { namespace, hash, reserved });

  test('the hand-made form itself is accepted, so that what follows is refused for its own fault', () => {
    expect(verdict(armored(key.made(frame)))).toBe('good');
  });

  test('RSA with SHA-1 is refused; with SHA-2 the same key is accepted', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const blob = concatBytes(
      sshText('ssh-rsa'),
      sshInteger(keyMember(publicKey, 'e')),
      sshInteger(keyMember(publicKey, 'n')),
    );
    const made = (algorithm: string, hash: string) =>
      sshArmored(blob, concatBytes(sshText(algorithm), sshString(sign(hash, frame, privateKey))), {
        namespace,
      });
    expect(verdict(made('ssh-rsa', 'sha1'))).toBe('unsupported-algorithm');
    expect(verdict(made('rsa-sha2-256', 'sha512'))).toBe('bad-signature');
    expect(verdict(made('rsa-sha2-256', 'sha256'))).toBe('good');
    expect(verdict(made('rsa-sha2-512', 'sha512'))).toBe('good');
  });

  test('DSA keys and certificates are refused', () => {
    for (const type of ['ssh-dss', 'ssh-ed25519-cert-v01@openssh.com', 'ssh-xmss@openssh.com']) {
      const blob = concatBytes(sshText(type), sshString(new Uint8Array(20)));
      expect(parseSshKeyLine(sshKeyLine(blob, type)), type).toEqual({ ok: false, error: 'type-refused' });
      expect(verdict(sshArmored(blob, key.made(frame), { namespace })), type).toBe('unsupported-key');
    }
  });

  test('another hash, another algorithm than the key’s, a filled reserved field and trailing bytes are refused', () => {
    const sha1 = sshFrame(MESSAGE, namespace, 'sha1');
    expect(verdict(armored(key.made(sha1), 'sha1'))).toBe('unsupported-algorithm');
    expect(verdict(armored(key.made(frame, 'rsa-sha2-512')))).toBe('unsupported-algorithm');
    expect(verdict(armored(key.made(frame), 'sha512', 'x'))).toBe('malformed');
    expect(verdict(armored(concatBytes(key.made(frame), Uint8Array.of(0))))).toBe('malformed');
  });

  test('a signature over the bare message, outside SSH’s frame, is refused', () => {
    expect(verdict(armored(key.made(utf8(MESSAGE))))).toBe('bad-signature');
  });

  test('a key on no curve is refused, not thrown at', () => {
    const type = 'ecdsa-sha2-nistp256';
    const point = concatBytes(Uint8Array.of(4), new Uint8Array(64).fill(1));
    const off = concatBytes(sshText(type), sshText('nistp256'), sshString(point));
    const one = sshInteger(Uint8Array.of(1));
    const made = concatBytes(sshText(type), sshString(concatBytes(one, one)));
    expect(verdict(sshArmored(off, made, { namespace }))).toBe('bad-signature');
  });

  test('a good signature names its signer under its own namespace only', () => {
    const signature = key.sign(MESSAGE, namespace);
    expect(sshSignerOf(MESSAGE, signature, namespace)).toBe(blobOf(key.line));
    for (const other of ['file', 'test@v10', 'test@v', '']) {
      expect(sshSignerOf(MESSAGE, signature, other), other).toBeUndefined();
    }
  });
});
