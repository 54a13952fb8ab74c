export {
  type ConfigDocument,
  type ConfigSource,
  type DocumentOptions,
  readDocument,
  readDocuments,
} from './document.ts';
export { configProblem, type LoadedConfig, loadConfig } from './load.ts';
export { readConfigFile } from './source.ts';
export {
  type ConfigWatch,
  type ConfigWatchOptions,
  type Debounce,
  type WatchFolder,
  watchConfig,
} from './watch.ts';
