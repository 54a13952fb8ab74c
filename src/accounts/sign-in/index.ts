export { linkRoutes } from './link-routes.ts';
export { pruneLinks } from './link-store.ts';
export { type MadeLink, makeFirstLink } from './links.ts';
export type { SignInRoom } from './room.ts';
