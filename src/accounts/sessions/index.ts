export { type AdministratorOptions, administratorIn } from './administrator.ts';
export {
  type BrowserRoom,
  type BrowserSession,
  endBrowserSessions,
  giveSession,
  isFromBrowser,
  type OpenedBrowserSession,
  originOf,
  requireBrowserSession,
  signInBy,
  stillSignedIn,
} from './browser.ts';
export { pruneBrowserSessions } from './browser-store.ts';
export { endEverySession } from './manage.ts';
export { browserSessionRoutes } from './manage-routes.ts';
export { type RequirePerson, requirePerson, sessionRoutes } from './routes.ts';
export type { SessionRoom } from './service.ts';
export { pruneSessions } from './store.ts';
