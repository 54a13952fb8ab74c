export * from './core/index.ts';
export * from './grants.ts';
export * from './issuer-keys.ts';
export { type GrantFilter, selectGrant, selectGrants } from './store.ts';
export * from './sts.ts';
export * from './workload-token.ts';
