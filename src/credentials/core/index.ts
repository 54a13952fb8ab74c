export * from './fit/index.ts';
export * from './grant.ts';
export * from './issuer-documents.ts';
export * from './needs/index.ts';
export * from './session-identity.ts';
export * from './session-policy/index.ts';
export * from './trust.ts';
export * from './workload-identity.ts';
