export { type AdministratorOptions, administratorIn } from './administrator.ts';
export { type RequirePerson, requirePerson, sessionRoutes } from './routes.ts';
export type { SessionRoom } from './service.ts';
export { pruneSessions } from './store.ts';
