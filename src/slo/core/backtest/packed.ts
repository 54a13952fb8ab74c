import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Observations, Observed, Subject } from './observations.ts';

/*
 * A history as bytes, for an API's answer: 'SKBT', a version, then numbers of seven bits a byte (LEB128). Of rows the difference of
 * minutes, the number of the pattern and the count: about three bytes a row, half of that behind gzip.
 */

const MAGIC = [0x53, 0x4b, 0x42, 0x54, 1];

export function packObservations({ fromMinute, toMinute, observed }: Observations): Uint8Array {
  const writer = byteWriter();
  for (const byte of MAGIC) writer.number(byte);
  writer.number(fromMinute);
  writer.number(toMinute - fromMinute);
  writer.number(observed.length);
  for (const { subject, patterns, minute, pattern, count } of observed) {
    writer.words(JSON.stringify(subject));
    writer.number(patterns.length);
    for (const place of patterns) writer.number(place);
    writer.number(count.length);
    let before = fromMinute;
    for (let row = 0; row < count.length; row += 1) {
      writer.number((minute[row] ?? 0) - before);
      writer.number(pattern[row] ?? 0);
      writer.number(count[row] ?? 0);
      before = minute[row] ?? 0;
    }
  }
  return writer.bytes();
}

/** `bad-input` for bytes that are no history; nothing in them is trusted. */
export function unpackObservations(bytes: Uint8Array): Result<Observations, Problem> {
  const reader = byteReader(bytes);
  if (MAGIC.some((byte) => reader.number() !== byte)) return err(NO_HISTORY);
  const fromMinute = reader.number();
  const toMinute = fromMinute + reader.number();
  const observed: Observed[] = [];
  for (let left = reader.count(); left > 0 && !reader.failed(); left -= 1) {
    const subject = subjectOf(reader.words());
    const patterns = Uint8Array.from({ length: reader.count() }, reader.number);
    const rows = reader.count();
    const read = {
      minute: new Int32Array(rows),
      pattern: new Int32Array(rows),
      count: new Uint32Array(rows),
    };
    let at = fromMinute;
    for (let row = 0; row < rows; row += 1) {
      at += reader.number();
      read.minute[row] = at;
      read.pattern[row] = reader.number();
      read.count[row] = reader.number();
    }
    if (subject === undefined) return err(NO_HISTORY);
    const numbers = patterns.length / subject.cutsUs.length;
    if (!Number.isInteger(numbers) || read.pattern.some((number) => number >= numbers))
      return err(NO_HISTORY);
    observed.push({ subject, patterns, ...read });
  }
  return reader.failed() || !reader.atEnd() ? err(NO_HISTORY) : ok({ fromMinute, toMinute, observed });
}

const NO_HISTORY: Problem = problem('bad-input', {
  rule: 'backtest.no-observations',
  message: text('These bytes are no history of a backtest.', 'バックテストの履歴として読めません。'),
  remedy: text('Ask for the history once more.', '履歴を取得し直してください。'),
});

function subjectOf(words: string): Subject | undefined {
  const value: unknown = parsed(words);
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, name, cutsUs }: { kind?: unknown; name?: unknown; cutsUs?: unknown } = value;
  if ((kind !== 'screen' && kind !== 'requests') || typeof name !== 'string' || !Array.isArray(cutsUs))
    return undefined;
  const lists = cutsUs.filter(
    (list): list is readonly number[] => Array.isArray(list) && list.every((cut) => typeof cut === 'number'),
  );
  return lists.length === 0 || lists.length < cutsUs.length ? undefined : { kind, name, cutsUs: lists };
}

function parsed(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

function byteWriter() {
  let bytes = new Uint8Array(4096);
  let length = 0;
  const put = (byte: number): void => {
    if (length === bytes.length) {
      const more = new Uint8Array(bytes.length * 2);
      more.set(bytes);
      bytes = more;
    }
    bytes[length] = byte;
    length += 1;
  };
  const number = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) put((rest % 128) + 128);
    put(rest);
  };
  return {
    number,
    words: (words: string): void => {
      const encoded = Array.from(encodeURIComponent(words), (letter) => letter.charCodeAt(0));
      number(encoded.length);
      for (const byte of encoded) put(byte);
    },
    bytes: () => bytes.slice(0, length),
  };
}

function byteReader(bytes: Uint8Array) {
  let at = 0;
  let failed = false;
  const number = (): number => {
    let value = 0;
    for (let unit = 1; unit < 2 ** 49; unit *= 128) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) break;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    failed = true;
    return 0;
  };
  /** Of things of a byte or more: no more than there are bytes left. */
  const count = (): number => {
    const value = number();
    if (value <= bytes.length - at) return value;
    failed = true;
    return 0;
  };
  return {
    number,
    count,
    words: (): string => {
      const length = count();
      const encoded = bytes.subarray(at, at + length);
      at += length;
      try {
        return decodeURIComponent(Array.from(encoded, (byte) => String.fromCharCode(byte)).join(''));
      } catch {
        return '';
      }
    },
    failed: () => failed,
    atEnd: () => at === bytes.length,
  };
}
