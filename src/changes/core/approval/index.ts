export * from './count.ts';
export * from './statement.ts';
export * from './verify.ts';
