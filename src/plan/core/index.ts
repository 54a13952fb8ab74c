export { type Difference, differenceOf, type ShownChange } from './difference.ts';
export { parseResourceAddress, type ResourceAddress } from './file/addresses.ts';
/** For who reads configuration outside plan files. */
export { blocksOf, layers, literal, literals } from './file/configuration.ts';
export { isJsonList, type JsonTree, parseJsonText } from './file/json-text.ts';
export { refusing } from './file/refusal.ts';
export * from './findings.ts';
export * from './json-view.ts';
export { code, fenced, plain } from './markdown-text.ts';
export * from './model.ts';
export * from './review/index.ts';
export { type ShownReview, shownReview } from './shown-review.ts';
export * from './values.ts';
export * from './view.ts';
export { visible, widthOf, wrap } from './visible-text.ts';
export { ACTION_ORDER, ACTION_WORDS, countsText, notesOf, SEVERITY_WORDS } from './words.ts';
