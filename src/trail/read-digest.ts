import { ok, type Problem, type Result, type Text, text } from '#core-values';
import { inTransaction } from '#platform';
import { contentOf, isSignedBy } from './content.ts';
import {
  type DeliveredName,
  type KnownDigest,
  parseDeliveredName,
  parseDigest,
  signedWords,
  type TrailDigest,
  whyChainBroken,
} from './core/index.ts';
import type { DeliveredFile } from './delivered-files.ts';
import { keepFindings } from './found.ts';
import { type FileOutcome, type KnownGrants, ofFile, readLog } from './read-log.ts';
import type { Trail, TrailRoom } from './room.ts';
import {
  type FileRead,
  type FindingFound,
  hashesOf,
  insertFile,
  isChainKnown,
  knownDigest,
  vouch,
} from './store.ts';

type DigestName = Extract<DeliveredName, { kind: 'digest' }>;

/**
 * Verifies one digest: its signature, its place in its chain, and every log file it names. Files that nobody has read yet are read now:
 * they came late, or are gone. A digest that is not proven to be CloudTrail's vouches for nothing.
 */
export async function readDigest(
  room: TrailRoom,
  name: string,
  of: DigestName,
  grants: KnownGrants,
): Promise<Result<FileOutcome | 'gone', Problem>> {
  const read = await room.trail.files.read(name);
  if (!read.ok) return read;
  if (read.value === 'gone') return ok('gone');
  const { account, region, chain, at } = of;
  const file: FileRead = { name, kind: 'digest', account, region, chain, at };
  const proven =
    read.value === 'too-large'
      ? ok<Unproven>({ why: TOO_LARGE })
      : await proveDigest(room.trail, name, of, read.value);
  if (!proven.ok) return proven;
  if ('why' in proven.value) {
    const { why } = proven.value;
    const invalid = ofFile('trail.digest-invalid', 'critical', name, { whyEn: why.en, whyJa: why.ja });
    return ok(await keep(room, file, [invalid], []));
  }
  const { digest, sha256, signature } = proven.value;
  const chained = await chainFinding(room, digest, chain);
  if (!chained.ok) return chained;
  const compared = await compareFiles(room, digest, grants);
  if (!compared.ok) return compared;
  const { vouched, found, calls, findings } = compared.value;
  const kept = await keep(room, { ...file, sha256, signature }, [...chained.value, ...found], vouched);
  return ok({ calls, findings: findings + kept.findings });
}

const keep = (
  room: TrailRoom,
  file: FileRead,
  found: readonly FindingFound[],
  vouched: readonly string[],
): Promise<FileOutcome> =>
  inTransaction(room.db, async (tx) => {
    const now = room.clock.now();
    if (!(await insertFile(tx, file, now))) return { calls: 0, findings: 0 };
    await vouch(tx, vouched, file.name);
    return { calls: 0, findings: await keepFindings(tx, found, now) };
  });

interface Unproven {
  readonly why: Text;
}

interface Proven {
  readonly digest: TrailDigest;
  readonly sha256: string;
  readonly signature: string;
}

async function proveDigest(
  { keys, bucket }: Trail,
  name: string,
  of: DigestName,
  { bytes, signature }: DeliveredFile,
): Promise<Result<Proven | Unproven, Problem>> {
  const content = await contentOf(bytes);
  if (!content.ok) return ok(content.error);
  const { json, sha256 } = content.value;
  const digest = parseDigest(json);
  if (digest === undefined) return ok({ why: NO_DIGEST });
  const isHere =
    digest.name === name && digest.endsAt === of.at && (bucket ?? digest.bucket) === digest.bucket;
  if (!isHere) return ok({ why: ELSEWHERE });
  if (signature === undefined) return ok({ why: UNSIGNED });
  const key = await keys.find(digest.fingerprint, of.region, digest.endsAt);
  if (!key.ok) return key;
  if (key.value === undefined) return ok({ why: NO_KEY });
  if (!isSignedBy(key.value, signedWords(digest, sha256), signature)) return ok({ why: WRONG });
  return ok({ digest, sha256, signature });
}

const TOO_LARGE = text('it is too large', '大きすぎます');
const NO_DIGEST = text('it is not in the form of a digest', 'ダイジェストの形式ではありません');
const ELSEWHERE = text(
  'it says that it belongs to another place or time',
  '本来とは別の場所または時刻に置かれています',
);
const UNSIGNED = text('it has no signature', '署名がありません');
const NO_KEY = text(
  'CloudTrail has no key of its fingerprint',
  'フィンガープリントに対応する鍵が CloudTrail にありません',
);
const WRONG = text('its signature is wrong', '署名が一致しません');

async function chainFinding(
  room: TrailRoom,
  digest: TrailDigest,
  chain: string,
): Promise<Result<readonly FindingFound[], Problem>> {
  const isFirst = !(await isChainKnown(room.db, chain));
  const known = await previousOf(room, digest, isFirst);
  if (!known.ok) return known;
  const why = whyChainBroken(digest, known.value, isFirst);
  return ok(
    why === undefined
      ? []
      : [ofFile('trail.chain-broken', 'critical', digest.name, { whyEn: why.en, whyJa: why.ja })],
  );
}

/** The first that is read of a chain continues what was before our time. */
async function previousOf(
  room: TrailRoom,
  { previous }: TrailDigest,
  isFirst: boolean,
): Promise<Result<KnownDigest | 'missing' | 'not-asked', Problem>> {
  if (previous === undefined) return ok('not-asked');
  const known = await knownDigest(room.db, previous.name);
  if (known !== undefined) return ok(known);
  if (isFirst) return ok('not-asked');
  const read = await room.trail.files.read(previous.name);
  if (!read.ok) return read;
  // One that is there and was not proven has a finding of its own, and is not what this one continues.
  if (read.value === 'gone' || read.value === 'too-large') return ok('missing');
  const content = await contentOf(read.value.bytes);
  if (!content.ok || read.value.signature === undefined) return ok({ sha256: '', signature: '' });
  return ok({ sha256: content.value.sha256, signature: read.value.signature });
}

interface ComparedFiles extends FileOutcome {
  readonly vouched: readonly string[];
  readonly found: readonly FindingFound[];
}

async function compareFiles(
  room: TrailRoom,
  digest: TrailDigest,
  grants: KnownGrants,
): Promise<Result<ComparedFiles, Problem>> {
  let [calls, findings] = [0, 0];
  const names = digest.files.map(({ name }) => name);
  const before = await hashesOf(room.db, names);
  for (const name of names) {
    const delivered = before.has(name) ? undefined : parseDeliveredName(name);
    if (delivered?.kind !== 'log') continue;
    const read = await readLog(room, name, delivered, grants);
    if (!read.ok) return read;
    if (read.value === 'gone') continue;
    calls += read.value.calls;
    findings += read.value.findings;
  }
  const hashes = await hashesOf(room.db, names);
  const found = digest.files.flatMap(({ name, sha256 }): readonly FindingFound[] => {
    if (!hashes.has(name)) return [ofFile('trail.file-missing', 'critical', name, { digest: digest.name })];
    return hashes.get(name) === sha256
      ? []
      : [ofFile('trail.file-altered', 'critical', name, { digest: digest.name })];
  });
  const vouched = digest.files.filter(({ name, sha256 }) => hashes.get(name) === sha256);
  return ok({ calls, findings, found, vouched: vouched.map(({ name }) => name) });
}
