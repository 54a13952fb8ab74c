export { renderJson } from './json.ts';
export { type MarkdownOptions, renderMarkdown } from './markdown.ts';
export { renderText, type TextOptions } from './text.ts';
export { visible } from './visible-text.ts';
