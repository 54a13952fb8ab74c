import { type Reason, text } from '#core-values';
import { valueAt } from '#platform/core';
import { carried, type Draft, type Imported } from './carried.ts';
import { type Definition, readDefinition, type WrittenDocument } from './documents.ts';
import { shimesabaDrafts } from './shimesaba.ts';
import { slothDrafts, slothResourceDrafts } from './sloth.ts';
import { byPlace, left, type Source, type SourceNode, sourceOf } from './source-node.ts';

/**
 * Documents of OpenSLO, Sloth (both forms) and shimesaba as documents of ours. What could not be carried over is told line by line;
 * nothing is thrown, and nothing is left out in silence.
 */
export function importDocuments(documents: readonly WrittenDocument[]): Imported {
  const definitions: Definition[] = [];
  const reasons: Reason[] = [];
  const drafts: Draft[] = [];
  const sources: Source[] = [];
  for (const document of documents) {
    if (isOurs(document)) {
      const read = readDefinition(document);
      if (read.ok) definitions.push(read.value.definition);
      else reasons.push(...read.error);
      continue;
    }
    const source = sourceOf(document);
    drafts.push(...draftsOf(document.value, source.root));
    sources.push(source);
  }
  const imported = carried(drafts);
  reasons.push(...imported.left, ...sources.flatMap((source) => source.left()));
  return { definitions: [...definitions, ...imported.definitions], left: reasons.toSorted(byPlace) };
}

function isOurs({ value }: WrittenDocument): boolean {
  const apiVersion = valueAt(value, ['apiVersion']);
  return typeof apiVersion === 'string' && /^(openslo|sekisho)\//.test(apiVersion);
}

function draftsOf(value: unknown, root: SourceNode): readonly Draft[] {
  if (valueAt(value, ['version']) === 'prometheus/v1') return slothDrafts(root);
  const isResource =
    valueAt(value, ['apiVersion']) === 'sloth.slok.dev/v1' &&
    valueAt(value, ['kind']) === 'PrometheusServiceLevel';
  if (isResource) return slothResourceDrafts(root);
  if (['slo', 'definitions'].some((key) => Array.isArray(valueAt(value, [key]))))
    return shimesabaDrafts(root);
  root.leave(UNKNOWN_FORMAT);
  return [];
}

const UNKNOWN_FORMAT = left(
  'unknown-format',
  text(
    'This is no document of OpenSLO, Sloth or shimesaba.',
    'OpenSLO、Sloth、shimesaba のいずれのドキュメントでもありません。',
  ),
  text('Import a file of one of them.', 'いずれかのファイルを取り込んでください。'),
);
