import { type Reason, text } from '#core-values';
import { ALERTS_ANNOTATION } from './annotations.ts';
import { type Definition, type PlacedDefinition, readDefinition } from './documents.ts';
import { isName, type Refusal } from './fields.ts';
import { resolveDefinitions } from './resolve.ts';
import { left, type SourceNode } from './source-node.ts';

/** What an import made, and what it could not carry over, line by line. */
export interface Imported {
  readonly definitions: readonly Definition[];
  readonly left: readonly Reason[];
}

/** A document as somebody would have written it, and where its origin stands. */
export interface Draft {
  readonly document: {
    readonly kind: string;
    readonly metadata: {
      readonly name: string;
      readonly displayName?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly [key: string]: unknown;
  };
  readonly from: SourceNode;
}

export const serviceDraft = (name: string, from: SourceNode): Draft => ({
  document: { apiVersion: 'openslo/v1', kind: 'Service', metadata: { name }, spec: {} },
  from,
});

/** Each draft is read as any document of ours; one that is refused is left, with the reason at its origin. */
export function carried(drafts: readonly Draft[]): Imported {
  const kept = new Map<string, PlacedDefinition>();
  const left = drafts.flatMap((draft) => keep(draft, kept));
  return { definitions: [...kept.values()].map(({ definition }) => definition), left };
}

function keep(draft: Draft, kept: Map<string, PlacedDefinition>): readonly Reason[] {
  const read = readDraft(draft);
  if (!read.ok) return read.error;
  const { kind, metadata } = read.value.definition;
  const key = `${kind} ${metadata.name}`;
  // Several SLOs of one service bring it along each time.
  if (kept.has(key) && kind === 'Service') return [];
  const service = kind === 'SLO' ? kept.get(`Service ${read.value.definition.spec.service}`) : undefined;
  const others = [kept.get(key), service].filter((other) => other !== undefined);
  const faults = faultsOf([...others, read.value]);
  if (faults.length === 0) {
    kept.set(key, read.value);
    return [];
  }
  const quiet = withoutAlerts(draft);
  const isOnlyAlerts = quiet.ok && faultsOf([...others, quiet.value]).length === 0;
  if (isOnlyAlerts) kept.set(key, quiet.value);
  return faults;
}

const readDraft = ({ document, from }: Draft) =>
  readDefinition({ value: document, placeOf: () => from.place });

/** An SLO whose alerts are refused is still an SLO. */
function withoutAlerts({ document, from }: Draft) {
  const { metadata } = document;
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== ALERTS_ANNOTATION);
  return readDraft({
    document: { ...document, metadata: { ...metadata, annotations: Object.fromEntries(kept) } },
    from,
  });
}

function faultsOf(definitions: readonly PlacedDefinition[]): readonly Reason[] {
  const resolved = resolveDefinitions(definitions);
  return resolved.ok ? [] : resolved.error.reasons;
}

/** The nearest name that OpenSLO allows; a change is told. */
export function nameOf(words: string, tell: (why: Refusal) => void): string {
  if (isName(words)) return words;
  const name = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9.|/\\-]+/g, '-')
    .slice(0, 255)
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  tell(
    left(
      'renamed',
      text(
        `OpenSLO allows no such name; it became ${name === '' ? 'nothing' : name}.`,
        `OpenSLO では使えない名前のため、${name === '' ? '空' : name} になりました。`,
      ),
      text('Rename it as you like.', '必要なら名前を変えてください。'),
    ),
  );
  return name;
}
