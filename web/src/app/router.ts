import { createRouter } from '@tanstack/react-router';
import { changesRoute } from '../changes/route.ts';
import { overviewRoute } from '../overview/route.ts';
import { Broken } from '../parts/states.tsx';
import { rootRoute, shellRoute } from './routes.tsx';

/** Search parameters are plain text, so that people can read and write addresses; routes parse what they need. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([shellRoute.addChildren([overviewRoute, changesRoute])]),
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined);
    const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return words === '' ? '' : `?${words}`;
  },
  // Below the shell, so that the navigation stays.
  defaultErrorComponent: Broken,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
