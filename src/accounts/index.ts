export * from './core/index.ts';
export { loadConfiguration } from './load.ts';
