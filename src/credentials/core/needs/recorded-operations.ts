import besides from './besides.json' with { type: 'json' };
import recorded from './recorded-operations.json' with { type: 'json' };

/** One action that an operation of a type calls. */
export interface RecordedCall {
  readonly action: string;
  /** Templates: `arn:${Partition}:sns:${Region}:${Account}:${.name}`; `*` where AWS has no narrower resource. */
  readonly resources: readonly string[];
  /** Attributes of which one must be set for the call to happen. */
  readonly whenSet?: readonly string[];
}

export type RecordedOperation = 'create' | 'read' | 'update' | 'delete' | 'import';

export type RecordedType = Readonly<Partial<Record<RecordedOperation, readonly RecordedCall[]>>>;

export type RecordedTypes = Readonly<Record<string, RecordedType>>;

const unrecorded: RecordedTypes = besides.unrecordedCalls;

/** What the AWS provider was seen to call, by resource type. */
export const RECORDED: RecordedTypes = { ...recorded.types, ...withUnrecorded(recorded.types) };

function withUnrecorded(types: RecordedTypes): RecordedTypes {
  return Object.fromEntries(
    Object.entries(unrecorded).map(([type, more]) => [type, joined(types[type] ?? {}, more)]),
  );
}

function joined(known: RecordedType, more: RecordedType): RecordedType {
  const both: Partial<Record<RecordedOperation, readonly RecordedCall[]>> = { ...known };
  for (const operation of ['create', 'read', 'update', 'delete', 'import'] as const) {
    const calls = [...(known[operation] ?? []), ...(more[operation] ?? [])];
    if (calls.length > 0) both[operation] = calls;
  }
  return both;
}

/** What the provider calls whatever a plan has. */
export const ALWAYS_CALLED: readonly RecordedCall[] = recorded.alwaysRead;
