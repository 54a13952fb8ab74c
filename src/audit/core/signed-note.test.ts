import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '#platform/core';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import {
  formatNoteKey,
  type NoteCrypto,
  type NoteKey,
  noteKeyId,
  openNote,
  parseNoteKey,
  signNote,
} from './signed-note.ts';

const crypto: NoteCrypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  verifyEd25519: (publicKey, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') },
        format: 'jwk',
      }),
      signature,
    ),
};

function makeKey(name: string): { key: NoteKey; sign: (message: Uint8Array) => Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { key: { name, publicKey: raw }, sign: (message) => sign(null, message, privateKey) };
}

/** Key and note of golang.org/x/mod/sumdb/note, from which the format comes. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETERS_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
/** The key of Go's checksum database, whose id anybody can recompute. */
const SUM_GOLANG_ORG = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

describe('signed notes', () => {
  test('the published keys have the ids we compute', () => {
    for (const words of [PETER, SUM_GOLANG_ORG]) {
      const key = parseNoteKey(words, crypto.sha256) ?? expect.unreachable();
      expect(formatNoteKey(key, crypto.sha256)).toBe(words);
      expect(toHex(noteKeyId(key, crypto.sha256))).toBe(words.split('+')[1]);
    }
    expect(parseNoteKey(PETER.replace('c74f20a3', 'c74f20a4'), crypto.sha256)).toBeUndefined();
    expect(parseNoteKey(PETER.replace('PeterNeumann', 'PeterNewman'), crypto.sha256)).toBeUndefined();
  });

  test('the published note verifies, and not one character may change', () => {
    const key = parseNoteKey(PETER, crypto.sha256) ?? expect.unreachable();
    expect(openNote(PETERS_NOTE, [key], crypto)).toMatchObject({
      kind: 'signed',
      by: { name: 'PeterNeumann' },
    });
    expect(openNote(PETERS_NOTE.replace('answer', 'Answer'), [key], crypto).kind).toBe('bad-signature');
    expect(openNote(PETERS_NOTE, [makeKey('PeterNeumann').key], crypto).kind).toBe('unknown-signers');
  });

  test('signatures of unknown keys are ignored beside a known one', () => {
    const [ours, theirs] = [makeKey('log.example.com'), makeKey('witness.example.com')];
    const note = signNote('hello\n', ours.key, ours.sign, crypto.sha256);
    const line = signNote('hello\n', theirs.key, theirs.sign, crypto.sha256).split('\n\n')[1];
    expect(openNote(note + line, [ours.key], crypto).kind).toBe('signed');
    expect(openNote(note + line, [theirs.key], crypto).kind).toBe('signed');
    expect(openNote(note + line, [], crypto).kind).toBe('unknown-signers');
  });

  test('a bad signature of one known key spoils a good one of another', () => {
    const [ours, theirs] = [makeKey('log.example.com'), makeKey('witness.example.com')];
    const note = signNote('hello\n', ours.key, ours.sign, crypto.sha256);
    const lie = signNote('other\n', theirs.key, theirs.sign, crypto.sha256).split('\n\n')[1];
    expect(openNote(note + lie, [ours.key, theirs.key], crypto)).toEqual({
      kind: 'bad-signature',
      name: theirs.key.name,
    });
  });

  test('what is no note is refused', () => {
    const { key, sign: signer } = makeKey('log.example.com');
    const good = signNote('a\n\nb\n', key, signer, crypto.sha256);
    expect(openNote(good, [key], crypto)).toMatchObject({ kind: 'signed', text: 'a\n\nb\n' });
    const bad = [
      '',
      'a\n',
      'a\n\n',
      good.slice(0, -1),
      good.replace('—', '-'),
      good.replace('a', '\u0007'),
      good.replace('a', '\r'),
      `${good}x\n`,
      good.replace(/ (\S+)\n$/, ' $1=\n'),
    ];
    for (const note of bad)
      expect(openNote(note, [key], crypto).kind, JSON.stringify(note)).toBe('malformed');
  });
});

describe('checkpoints', () => {
  const origins = fc.stringMatching(/^[a-z][a-z0-9./-]{0,30}$/);
  const heads = fc.record({
    origin: origins,
    size: fc.oneof(fc.nat(), fc.maxSafeNat()).filter((size) => size < 1e16),
    root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  });

  test('the text published with the format reads as what it says', () => {
    const checkpoint = parseCheckpoint(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(toHex(checkpoint?.root ?? new Uint8Array())).toBe(
      '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62',
    );
  });

  test('a checkpoint reads back as it was written, signed or not', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    fc.assert(
      fc.property(heads, (checkpoint) => {
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
        const key = { name: checkpoint.origin, publicKey: raw };
        const note = signCheckpoint(
          checkpoint,
          key,
          (message) => sign(null, message, privateKey),
          crypto.sha256,
        );
        expect(openCheckpoint(note, [key], crypto)).toEqual({ kind: 'signed', checkpoint });
      }),
      { numRuns: 30 },
    );
  });

  test('extension lines are read over; other forms are refused', () => {
    const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
    expect(parseCheckpoint(`o\n0\n${root}\nmore\n`)).toMatchObject({ size: 0 });
    const bad = [
      `o\n00\n${root}\n`,
      `o\n01\n${root}\n`,
      `o\n-1\n${root}\n`,
      `o\n1e3\n${root}\n`,
      `o\n99999999999999999999\n${root}\n`,
      `\n1\n${root}\n`,
      `o\n1\n${root.slice(4)}\n`,
      `o\n1\n${root.replace('=', '')}\n`,
      `o\n1\n${root}\n\n`,
      `o\n1\n${root}`,
      `o\n1\n`,
    ];
    for (const words of bad) expect(parseCheckpoint(words), JSON.stringify(words)).toBeUndefined();
  });

  test('a key vouches only for the log it is named after', () => {
    const { key, sign: signer } = makeKey('staging.example.com/sekisho');
    const note = signNote(
      `production.example.com/sekisho\n0\n${'A'.repeat(43)}=\n`,
      key,
      signer,
      crypto.sha256,
    );
    expect(openCheckpoint(note, [key], crypto).kind).toBe('unknown-signers');
  });
});
