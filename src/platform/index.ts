export * from './config/index.ts';
export * from './database/index.ts';
export * from './encryption/index.ts';
export * from './jobs/index.ts';
export * from './postgres/index.ts';
export * from './tools/index.ts';
