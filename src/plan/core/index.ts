export * from './findings.ts';
export * from './model.ts';
