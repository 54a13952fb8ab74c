import { type RequestBatch, SPANS, spanEnd, spanStart } from '../logs/batch.ts';
import { byteAt, COLON, HASH, QUESTION_MARK, SLASH, textOf } from '../logs/bytes.ts';
import { isBotAgent } from './bots.ts';
import { addKey, addText, beginKey, type KeyDraft, keyOf, NO_KEY } from './text-keys.ts';

const AGENT = 0;
const CLIENT = 1;
const PAGE = 2;
const VIEW = 3;
const TRACE = 4;
const ROOT = new DataView(Uint8Array.of(SLASH).buffer);
const ROOT_PAGE = { bytes: Uint8Array.of(SLASH), start: 0, end: 1 };
/** A power of two. User agents beyond it are looked at again when they come again. */
const KNOWN_AGENTS = 4096;

/** Keys of what a row tells, and whether its user agent is a program's. */
export interface RowKeys {
  /** Reads a row; the other members tell of it until the next is read. `opens`: its own path is the page, else the one it is asked from. */
  readonly read: (batch: RequestBatch, row: number, opens: boolean) => void;
  client: number;
  page: number;
  trace: number;
  view: number;
  bot: boolean;
}

/** Clients are told apart by address and user agent: many people are behind one address. */
export function rowKeys(): RowKeys {
  const draft: KeyDraft = { low: 0, high: 0 };
  const agents = new Float64Array(KNOWN_AGENTS);
  let words: DataView = ROOT;
  const areBots = new Uint8Array(KNOWN_AGENTS);

  const isBot = (agent: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const slot = agent % KNOWN_AGENTS;
    if (agents[slot] !== agent) {
      agents[slot] = agent;
      areBots[slot] = isBotAgent(textOf(bytes, start, end)) ? 1 : 0;
    }
    return areBots[slot] === 1;
  };
  const textKey = (kind: number, start: number, end: number): number => {
    if (end <= start) return NO_KEY;
    beginKey(draft, kind);
    addText(draft, words, start, end);
    return keyOf(draft);
  };

  const keys: RowKeys = {
    ...{ client: NO_KEY, page: NO_KEY, trace: NO_KEY, view: NO_KEY, bot: false },
    read: (batch, row, opens) => {
      const { bytes } = batch;
      if (words.buffer !== bytes.buffer) words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const agentStart = spanStart(batch, row, SPANS.userAgent);
      const agentEnd = spanEnd(batch, row, SPANS.userAgent);
      const agent = textKey(AGENT, agentStart, agentEnd);
      keys.bot = agent !== NO_KEY && isBot(agent, bytes, agentStart, agentEnd);
      keys.trace = textKey(TRACE, spanStart(batch, row, SPANS.trace), spanEnd(batch, row, SPANS.trace));
      keys.view = textKey(VIEW, spanStart(batch, row, SPANS.view), spanEnd(batch, row, SPANS.view));
      const clientStart = spanStart(batch, row, SPANS.client);
      const clientEnd = spanEnd(batch, row, SPANS.client);
      keys.client = NO_KEY;
      keys.page = NO_KEY;
      if (clientEnd <= clientStart) return;
      beginKey(draft, CLIENT);
      addKey(draft, agent);
      addText(draft, words, clientStart, clientEnd);
      keys.client = keyOf(draft);
      const text = opens ? SPANS.path : SPANS.referer;
      const end = spanEnd(batch, row, text);
      const start = opens ? spanStart(batch, row, text) : pathOf(bytes, spanStart(batch, row, text), end);
      if (start < 0 || spanStart(batch, row, text) >= end) return;
      beginKey(draft, PAGE);
      // Two people who look at the same page are two views.
      addKey(draft, keys.client);
      if (start >= end) addText(draft, ROOT, 0, 1);
      else addText(draft, words, start, pathEnd(bytes, start, end));
      keys.page = keyOf(draft);
    },
  };
  return keys;
}

/** The page that an address (a Referer) names: its path; undefined where it is no address. */
export function pageOfAddress(
  bytes: Uint8Array,
  from: number,
  end: number,
): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } | undefined {
  const start = pathOf(bytes, from, end);
  if (start < 0 || from >= end) return undefined;
  return start >= end ? ROOT_PAGE : { bytes, start, end: pathEnd(bytes, start, end) };
}

/** Where the path of an address begins; its end where it has none; -1 where it is no address. */
function pathOf(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && byteAt(bytes, index) !== COLON) index += 1;
  if (byteAt(bytes, index + 1) !== SLASH || byteAt(bytes, index + 2) !== SLASH || index + 3 > end) return -1;
  index += 3;
  while (index < end && byteAt(bytes, index) !== SLASH) index += 1;
  return index;
}

function pathEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let index = start; index < end; index += 1) {
    const byte = byteAt(bytes, index);
    if (byte === QUESTION_MARK || byte === HASH) return index;
  }
  return end;
}
