import { maskSecrets } from './mask.ts';

const MAX_DEPTH = 8;
const MAX_ENTRIES = 200;

const SECRET_WORDS =
  /authorization|cookie|token|secret|passw|passphrase|privatekey|apikey|accesskey|credential|assertion|signature|jwt|bearer|sealed|plaintext/;
/** A hash, an id's length or a count of secrets is none. */
const HARMLESS_END = /(?:hash|sha256|digest|count|bytes|ms|seconds)$/;
/** Requests and responses are never logged by their contents. */
const BODIES = /^(?:raw|request|response|req|res)?body$|^payload$/;

const isSecretKey = (key: string): boolean => {
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return BODIES.test(plain) || (SECRET_WORDS.test(plain) && !HARMLESS_END.test(plain));
};

/**
 * A copy fit for a log: keys that bear secrets are dropped at any depth, strings are masked by shape, errors keep name, message,
 * stack and causes. Never throws, whatever it is given.
 */
export function redact(value: unknown): unknown {
  return copyOf(value, 0, new Set());
}

function copyOf(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[too deep]';
  const within = new Set(above).add(value);
  const copy = (part: unknown): unknown => copyOf(part, depth + 1, within);
  try {
    return copyOfObject(value, copy);
  } catch {
    return '[unreadable]';
  }
}

function copyOfObject(value: object, copy: (part: unknown) => unknown): unknown {
  if (value instanceof Error) return errorCopy(value, copy);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return maskSecrets(withoutQuery(value));
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Headers) return entriesCopy([...value], copy);
  if (value instanceof Map)
    return entriesCopy(
      [...value].map(([key, part]) => [String(key), part]),
      copy,
    );
  if (value instanceof Set) return [...value].slice(0, MAX_ENTRIES).map(copy);
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map(copy);
  const prototype: unknown = Object.getPrototypeOf(value);
  // A request, a socket, a client: nobody knows what is inside.
  if (prototype !== Object.prototype && prototype !== null) return `[${value.constructor?.name ?? 'object'}]`;
  return entriesCopy(Object.entries(value), copy);
}

const entriesCopy = (
  entries: readonly (readonly [string, unknown])[],
  copy: (part: unknown) => unknown,
): unknown =>
  Object.fromEntries(
    entries
      .slice(0, MAX_ENTRIES)
      .map(([key, part]) => [maskSecrets(key), isSecretKey(key) ? '[redacted]' : copy(part)]),
  );

function errorCopy(error: Error, copy: (part: unknown) => unknown): unknown {
  const { cause } = error;
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: maskSecrets(error.name),
    message: maskSecrets(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: copy(code) } : {}),
    stack: maskSecrets(error.stack ?? ''),
    ...(cause === undefined ? {} : { cause: copy(cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.slice(0, 20).map(copy) } : {}),
  };
}

const withoutQuery = ({ protocol, host, pathname, search }: URL): string =>
  `${protocol}//${host}${pathname}${search === '' ? '' : '?[redacted]'}`;
