import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';
import { slosFilter } from './list/filter.ts';
import { spanOf } from './span.ts';

const listRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/slos',
  validateSearch: slosFilter,
  component: lazyRouteComponent(() => import('./list/slos-page.tsx'), 'SlosPage'),
});

const oneRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/slos/$slo',
  validateSearch: spanOf,
  component: lazyRouteComponent(() => import('./one/slo-page.tsx'), 'SloPage'),
});

const screenRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/screens/$screen',
  component: lazyRouteComponent(() => import('./screen/screen-page.tsx'), 'ScreenPage'),
});

export const sloRoutes = [listRoute, oneRoute, screenRoute] as const;
