import { type Reason, text } from '#core-values';
import { didYouMean, type NodePath, type PlaceOf } from '#platform/core';
import { knownAnnotations, unknownAnnotations } from './annotations.ts';
import type { Definition, DefinitionKind, DefinitionOf, PlacedDefinition } from './documents.ts';
import type { Refusal } from './fields.ts';

/** A document with where it stands. */
export interface Placed<Kind extends DefinitionKind> {
  readonly definition: DefinitionOf<Kind>;
  readonly placeOf: PlaceOf;
}

/** Documents by kind and name; what is wrong is gathered, so that all of it is told at once. */
export interface Catalogue {
  readonly all: <Kind extends DefinitionKind>(kind: Kind) => readonly Placed<Kind>[];
  readonly find: <Kind extends DefinitionKind>(kind: Kind, name: string) => Placed<Kind> | undefined;
  /** As `find`, and a reason where there is none. */
  readonly named: <Kind extends DefinitionKind>(
    kind: Kind,
    name: string,
    placeOf: PlaceOf,
    path: NodePath,
  ) => Placed<Kind> | undefined;
  readonly refuse: (no: Refusal, placeOf: PlaceOf, path: NodePath) => void;
  readonly reasons: Reason[];
}

export function catalogueOf(definitions: readonly PlacedDefinition[]): Catalogue {
  const reasons: Reason[] = [];
  const refuse: Catalogue['refuse'] = ({ rule, message, remedy }, placeOf, path) => {
    reasons.push({ rule, message, remedy, place: placeOf(path) });
  };
  const all: Catalogue['all'] = (kind) =>
    definitions.flatMap(({ definition, placeOf }) =>
      isOfKind(definition, kind) ? [{ definition, placeOf }] : [],
    );
  const find: Catalogue['find'] = (kind, name) =>
    all(kind).find(({ definition }) => definition.metadata.name === name);
  const named: Catalogue['named'] = (kind, name, placeOf, path) => {
    const found = find(kind, name);
    const names = found === undefined ? all(kind).map(({ definition }) => definition.metadata.name) : [];
    if (found === undefined) refuse(unknownName(kind, name, names), placeOf, path);
    return found;
  };
  const seen = new Set<string>();
  for (const { definition, placeOf } of definitions) {
    const { kind, metadata } = definition;
    const key = `${kind} ${metadata.name}`;
    if (seen.has(key)) refuse(TWICE, placeOf, ['metadata', 'name']);
    seen.add(key);
    for (const annotation of unknownAnnotations(kind, Object.keys(metadata.annotations ?? {})))
      refuse(noAnnotation(kind, annotation), placeOf, ['metadata', 'annotations', annotation]);
  }
  return { all, find, named, refuse, reasons };
}

function isOfKind<Kind extends DefinitionKind>(
  definition: Definition,
  kind: Kind,
): definition is DefinitionOf<Kind> {
  return definition.kind === kind;
}

const TWICE: Refusal = {
  rule: 'slo.name-twice',
  message: text(
    'Another document of this kind has the same name.',
    '同じ種類のドキュメントに同じ名前があります。',
  ),
  remedy: text('Rename one of them.', 'どちらかの名前を変えてください。'),
};

const unknownName = (kind: string, name: string, names: readonly string[]): Refusal => ({
  rule: 'slo.unknown-name',
  message: text(`No ${kind} is named ${name}.`, `${kind} に ${name} という名前のものはありません。`),
  remedy: didYouMean(name, names),
});

function noAnnotation(kind: string, annotation: string): Refusal {
  const known = knownAnnotations(kind);
  return {
    rule: 'slo.unknown-annotation',
    message: text(
      `Sekisho knows no annotation \`${annotation}\` of a ${kind}.`,
      `${kind} に \`${annotation}\` というアノテーションはありません。`,
    ),
    remedy: known.length === 0 ? text('Remove it.', '削除してください。') : didYouMean(annotation, known),
  };
}
