export { type ConfigDocument, type ConfigSource, readDocument } from './document.ts';
export { configProblem, type LoadedConfig, loadConfig } from './load.ts';
