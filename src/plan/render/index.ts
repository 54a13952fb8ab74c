export { renderJson } from './json.ts';
export { type MarkdownOptions, renderMarkdown } from './markdown.ts';
export { renderChanges, renderText, type TextOptions } from './text.ts';
