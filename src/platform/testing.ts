// For tests only (`#platform/testing`): it needs Vitest, which the product does not bring.
export { emptyTestDatabase, type TestDatabase, testDatabase } from './database/testing.ts';
export * from './ssh/testing.ts';
