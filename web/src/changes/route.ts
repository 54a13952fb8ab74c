import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';
import { changesFilter } from './filter.ts';

export const changesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/changes',
  validateSearch: changesFilter,
  component: lazyRouteComponent(() => import('./changes-page.tsx'), 'ChangesPage'),
});
