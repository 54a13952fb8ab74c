export * from './core/index.ts';
export * from './issuer-keys.ts';
export * from './workload-token.ts';
