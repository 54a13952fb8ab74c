export { type RequirePerson, requirePerson, sessionRoutes } from './routes.ts';
export type { SessionRoom, SignatureVerifier } from './service.ts';
export { SESSION_NAMESPACE, type SessionStatement, sessionStatementText } from './statement.ts';
export { pruneSessions } from './store.ts';
