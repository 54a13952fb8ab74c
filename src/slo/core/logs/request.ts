import { type RequestBatch, SPANS, setSpan } from './batch.ts';
import { byteAt, bytesOf, COLON, HASH, QUESTION_MARK, SLASH, SPACE, startsWith } from './bytes.ts';

/** Methods are words of letters, perhaps with a hyphen (`M-SEARCH`); what is longer was no request. */
const LONGEST_METHOD = 24;
const ASTERISK = 0x2a;
const AMAZON_ROOT = bytesOf('Root=');
const TRACE_PARENT_LENGTH = 55;

/**
 * `GET /items/1?q=x HTTP/1.1`. What is none (a TLS hello on a port for HTTP, `-`) leaves method and path empty: it was answered and
 * counts, but belongs to no route.
 */
export function setRequestLine(batch: RequestBatch, start: number, end: number): void {
  const { bytes } = batch;
  let index = start;
  while (index < end && isMethodByte(byteAt(bytes, index))) index += 1;
  if (index === start || index - start > LONGEST_METHOD || byteAt(bytes, index) !== SPACE || index >= end)
    return;
  const target = index + 1;
  let targetEnd = target;
  while (targetEnd < end && byteAt(bytes, targetEnd) !== SPACE) targetEnd += 1;
  if (setTarget(batch, target, targetEnd)) setSpan(batch, SPANS.method, start, index);
}

const isMethodByte = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a);

/** Path (and host, if it is told) of a request target: `/a?b`, `https://host:443/a?b`, `*`. False where it is none. */
export function setTarget(batch: RequestBatch, from: number, end: number): boolean {
  const { bytes } = batch;
  let start = from;
  if (byteAt(bytes, start) !== SLASH && start < end) {
    if (byteAt(bytes, start) === ASTERISK && end === start + 1) {
      setSpan(batch, SPANS.path, start, end);
      return true;
    }
    start = afterAuthority(batch, start, end);
  }
  if (start < 0 || start >= end) return false;
  let pathEnd = start;
  for (; pathEnd < end; pathEnd += 1) {
    const byte = byteAt(bytes, pathEnd);
    if (byte === QUESTION_MARK || byte === HASH) break;
  }
  setSpan(batch, SPANS.path, start, pathEnd);
  return true;
}

/** Where the path starts in `scheme://host:port/path`; -1 where there is no such thing. Keeps the host. */
function afterAuthority(batch: RequestBatch, start: number, end: number): number {
  const { bytes } = batch;
  let index = start;
  while (index < end && isSchemeByte(byteAt(bytes, index))) index += 1;
  if (index === start || byteAt(bytes, index) !== COLON || byteAt(bytes, index + 1) !== SLASH) return -1;
  if (byteAt(bytes, index + 2) !== SLASH) return -1;
  const authority = index + 3;
  let slash = authority;
  while (slash < end && byteAt(bytes, slash) !== SLASH) slash += 1;
  if (slash >= end) return -1;
  setSpan(batch, SPANS.host, authority, withoutPort(bytes, authority, slash));
  return slash;
}

const isSchemeByte = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/** Where the address ends in `address:port`; as it is where no port follows. */
export function withoutPort(bytes: Uint8Array, start: number, end: number): number {
  let index = end;
  while (index > start && byteAt(bytes, index - 1) >= 0x30 && byteAt(bytes, index - 1) <= 0x39) index -= 1;
  return index < end && index > start && byteAt(bytes, index - 1) === COLON ? index - 1 : end;
}

/** The trace's own id in `Root=1-5833…;Self=…` (X-Amzn-Trace-Id) and `00-4bf9…-00f0…-01` (traceparent); else the text as it is. */
export function setTrace(batch: RequestBatch, start: number, end: number): void {
  const { bytes } = batch;
  for (let index = start; index + AMAZON_ROOT.length < end; index += 1) {
    if (!startsWith(bytes, index, end, AMAZON_ROOT)) continue;
    const root = index + AMAZON_ROOT.length;
    let rootEnd = root;
    while (rootEnd < end && byteAt(bytes, rootEnd) !== 0x3b) rootEnd += 1;
    setSpan(batch, SPANS.trace, root, rootEnd);
    return;
  }
  const isParent = end - start === TRACE_PARENT_LENGTH && byteAt(bytes, start + 35) === 0x2d;
  setSpan(batch, SPANS.trace, isParent ? start + 3 : start, isParent ? start + 35 : end);
}
