export * from './core/index.ts';
export {
  type ConfigurationWatchOptions,
  loadConfiguration,
  loadConfigurationFile,
  watchConfiguration,
} from './load.ts';
export * from './passkeys/index.ts';
export * from './sessions/index.ts';
export * from './sign-in/index.ts';
