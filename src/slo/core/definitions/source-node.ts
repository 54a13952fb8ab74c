import { type Reason, type SourcePlace, type Text, text } from '#core-values';
import { type NodePath, pathText, valueAt } from '#platform/core';
import type { WrittenDocument } from './documents.ts';
import type { Refusal } from './fields.ts';

/**
 * A document of another tool that knows what was taken from it: whatever is not taken in the end is reported, so that nothing gets
 * lost in silence, not even keys that nobody thought of.
 */
export interface SourceNode {
  readonly path: NodePath;
  readonly place: SourcePlace;
  /** Takes nothing yet. */
  readonly at: (...steps: NodePath) => SourceNode;
  readonly value: () => unknown;
  /** The parts of a list; none for anything else. */
  readonly items: () => readonly SourceNode[];
  readonly keys: () => readonly string[];
  /** Marks all that is below as carried over, or as told otherwise. */
  readonly take: () => void;
  /** A text or number as text, taken; undefined for anything else, which then is reported. */
  readonly words: () => string | undefined;
  /** Says why this is not carried over, and takes it. */
  readonly leave: (why: Refusal) => void;
}

export interface Source {
  readonly root: SourceNode;
  /** What was left, in the order of the document. */
  readonly left: () => readonly Reason[];
}

export function sourceOf({ value: document, placeOf }: WrittenDocument): Source {
  const taken = new Set<string>();
  const reasons: Reason[] = [];
  const keyOf = (path: NodePath): string => JSON.stringify(path);
  const nodeAt = (path: NodePath): SourceNode => {
    const value = () => valueAt(document, path);
    const take = () => {
      taken.add(keyOf(path));
    };
    return {
      path,
      place: placeOf(path),
      at: (...steps) => nodeAt([...path, ...steps]),
      value,
      items: () => {
        const list = value();
        return Array.isArray(list) ? list.map((_, index) => nodeAt([...path, index])) : [];
      },
      keys: () => keysOf(value()),
      take,
      words: () => {
        const found = value();
        if (typeof found !== 'string' && typeof found !== 'number') return undefined;
        take();
        return String(found);
      },
      leave: (why) => {
        take();
        reasons.push(notCarried(path, why, placeOf(path)));
      },
    };
  };
  return {
    root: nodeAt([]),
    left: () => {
      const rest = untaken(document, [], (path) => taken.has(keyOf(path)));
      return [...reasons, ...rest.map((path) => notCarried(path, UNKNOWN, placeOf(path, 'key')))].toSorted(
        byPlace,
      );
    },
  };
}

const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];

/** The highest nodes below which nothing was taken. */
function untaken(value: unknown, path: NodePath, isTaken: (path: NodePath) => boolean): readonly NodePath[] {
  if (isTaken(path)) return [];
  const steps: readonly (string | number)[] = Array.isArray(value)
    ? value.map((_, index) => index)
    : keysOf(value);
  const below = steps.map((step) => untaken(valueAt(value, [step]), [...path, step], isTaken));
  const isWhole = steps.every((step, index) => {
    const [first, ...others] = below[index] ?? [];
    return (
      others.length === 0 && first !== undefined && first.length === path.length + 1 && first.at(-1) === step
    );
  });
  return isWhole && path.length > 0 ? [path] : below.flat();
}

const notCarried = (path: NodePath, { rule, message, remedy }: Refusal, place: SourcePlace): Reason => ({
  rule,
  message: text(`${pathText(path)}: ${message.en}`, `${pathText(path)}: ${message.ja}`),
  remedy,
  place,
});

export const byPlace = ({ place: a }: Reason, { place: b }: Reason): number =>
  (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);

export const left = (rule: string, message: Text, remedy: Text): Refusal => ({
  rule: `import.${rule}`,
  message,
  remedy,
});

const UNKNOWN = left(
  'not-carried',
  text('This was not carried over.', '引き継がれませんでした。'),
  text('Check whether it matters to you.', '必要かどうか確認してください。'),
);
