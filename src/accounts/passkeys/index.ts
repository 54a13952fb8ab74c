export { acceptAssertion } from './accept.ts';
export { statementChallenge, verifyAssertion } from './assertion.ts';
export { pruneChallenges } from './challenges.ts';
export { requestOptions } from './options.ts';
export { type PasskeyParty, passkeyParty } from './party.ts';
export * as passkeyReasons from './reasons.ts';
export type { PasskeyRoom } from './room.ts';
export { passkeyRoutes, passkeySignInRoutes } from './routes.ts';
export { findPasskeys, passkeysOf } from './store.ts';
