import type { Json, JsonObject } from '#core-values';

/** What a reviewed plan changes, as far as calls can be compared with it. */
export interface PlannedWrite {
  readonly address: string;
  /** `aws_sqs_queue` */
  readonly type: string;
  readonly action: string;
  /** Names, ids and ARNs, of the object as it is and as it will be. */
  readonly identifiers: ReadonlySet<string>;
}

const WRITING: ReadonlySet<string> = new Set(['create', 'update', 'delete', 'replace', 'create-then-forget']);

/** Attributes that tell one object from another. */
const IDENTIFYING =
  /(?:^|_)(?:id|arn|name|url|bucket|identifier|key|role|user|group|domain|family|table|topic|queue|alias|path)$/;

/** Values that stand at such attributes and identify nothing. */
const COMMON = /^(?:[a-z]{2}(?:-[a-z]+)+-\d|default|true|false|\d{1,3}|\/|\(.*\))$/;

/** The writing changes of AWS objects in a review's JSON. */
export function plannedWrites(review: JsonObject): readonly PlannedWrite[] {
  return listOf(review.changes).flatMap((change) => {
    if (!isObject(change) || typeof change.address !== 'string' || typeof change.action !== 'string')
      return [];
    const type = typeOf(change.address);
    if (type === undefined || !WRITING.has(change.action)) return [];
    const identifiers = new Set([...identifiersOf(change.before), ...identifiersOf(change.after)]);
    return [{ address: change.address, type, action: change.action, identifiers }];
  });
}

/** `undefined` for data sources. Index keys may hold dots. */
export function typeOf(address: string): string | undefined {
  const parts = address.replaceAll(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '').split('.');
  const [data, type] = [parts.at(-3), parts.at(-2)];
  return data === 'data' ? undefined : type;
}

function identifiersOf(value: Json | undefined): readonly string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    typeof item === 'string' && item.length > 1 && IDENTIFYING.test(name) && !COMMON.test(item) ? [item] : [],
  );
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
