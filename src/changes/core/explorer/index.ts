export * from './api.ts';
export * from './explorer.ts';
export * from './filter.ts';
