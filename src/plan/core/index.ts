export * from './findings.ts';
export * from './json-view.ts';
export * from './model.ts';
export * from './review/index.ts';
export * from './values.ts';
export * from './view.ts';
