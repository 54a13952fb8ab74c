export { acceptAssertion } from './accept.ts';
export { statementChallenge, verifyAssertion } from './assertion.ts';
export { type PasskeyParty, passkeyParty } from './party.ts';
export * as passkeyReasons from './reasons.ts';
export { findPasskeys } from './store.ts';
