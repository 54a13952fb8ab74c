import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';
import { planSearch } from './search.ts';

export const planRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/changes/$plan',
  validateSearch: planSearch,
  component: lazyRouteComponent(() => import('./plan-page.tsx'), 'PlanPage'),
});
