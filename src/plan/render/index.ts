export type { ShownChange } from './difference.ts';
export { renderJson } from './json.ts';
export { type MarkdownOptions, renderMarkdown } from './markdown.ts';
export { renderChanges, renderText, type TextOptions } from './text.ts';
export { visible, widthOf, wrap } from './visible-text.ts';
export { SEVERITY_WORDS } from './words.ts';
