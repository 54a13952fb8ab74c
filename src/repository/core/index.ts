export { affectedStacks, everyStack, MOST_REASONS } from './affected.ts';
export type * from './affected-model.ts';
export * from './assemble.ts';
export * from './configuration-file.ts';
export * from './file-facts.ts';
export { entriesBehindLinks, linksOf } from './links.ts';
export * from './model.ts';
export * from './paths.ts';
export { changesBetween, type TreeBlob } from './tree-changes.ts';
