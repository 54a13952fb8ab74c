export type { Seconds } from './duration.ts';
export * from './lookup.ts';
export * from './messages.ts';
export * from './model.ts';
export {
  parseAccountName,
  parseExternalId,
  parseRegion,
  parseRepositoryName,
  parseRoleArn,
} from './names.ts';
export * from './ref-glob.ts';
export { type Configuration, resolveConfiguration } from './resolve/index.ts';
export { type ConfigurationInput, configurationSchema } from './schema.ts';
export * from './server.ts';
export * from './session-statement.ts';
export { parseWebAddress } from './web-address.ts';
export * from './workflow-ref.ts';
