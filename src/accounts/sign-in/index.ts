export { linkRoutes } from './link-routes.ts';
export { pruneLinks } from './link-store.ts';
export { type MadeLink, makeFirstLink } from './links.ts';
export { type Provider, provider } from './provider.ts';
export { providerRoutes } from './provider-routes.ts';
export type { ProvidersRoom } from './providers.ts';
export type { SignInRoom } from './room.ts';
