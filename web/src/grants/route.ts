import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';
import { grantsFilter } from './filter.ts';

const listRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/grants',
  validateSearch: grantsFilter,
  component: lazyRouteComponent(() => import('./grants-page.tsx'), 'GrantsPage'),
});

const oneRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/grants/$grant',
  component: lazyRouteComponent(() => import('./grant-page.tsx'), 'GrantPage'),
});

export const grantRoutes = [listRoute, oneRoute] as const;
