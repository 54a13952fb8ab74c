export * from './trust.ts';
export * from './workload-identity.ts';
