import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';

const mineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./mine-page.tsx'), 'MinePage'),
});

const peopleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/people',
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
});

const personRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/people/$name',
  component: lazyRouteComponent(() => import('./people/person-page.tsx'), 'PersonPage'),
});

const systemRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/system',
  component: lazyRouteComponent(() => import('./system/system-page.tsx'), 'SystemPage'),
});

export const settingsRoutes = [mineRoute, peopleRoute, personRoute, systemRoute] as const;
