export * from './browser-session.ts';
export type { Seconds } from './duration.ts';
export * from './link-statement.ts';
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
export * from './passkey.ts';
export * from './ref-glob.ts';
export { type Configuration, resolveConfiguration } from './resolve/index.ts';
export { safeReturnTo } from './return-to.ts';
export { type ConfigurationInput, configurationSchema } from './schema.ts';
export * from './server.ts';
export * from './session-statement.ts';
export { type PersonSignIn, personBySignIn, type SignInProvider } from './sign-in.ts';
export type { SloSettings, SloSource } from './slo.ts';
export { parseWebAddress } from './web-address.ts';
export * from './workflow-ref.ts';
