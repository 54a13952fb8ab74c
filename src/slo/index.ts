export { type BacktestOrder, type BacktestResult, runBacktest } from './backtest/backtest.ts';
export { type ReadFolder, readDefinitionFolder } from './definitions/folder.ts';
export { importDefinitions } from './definitions/import.ts';
export { readDefinitions } from './definitions/read.ts';
export type { Compression } from './logs/decompression.ts';
export { logFiles } from './logs/files.ts';
export * from './logs/read-logs.ts';
export { suggest } from './suggest/suggest.ts';
