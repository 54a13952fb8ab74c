export * from './grant.ts';
export * from './session-identity.ts';
export * from './trust.ts';
export * from './workload-identity.ts';
