import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';

const mapRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./accounts-page.tsx'), 'AccountsPage'),
});

const stackRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/stacks/$stack',
  component: lazyRouteComponent(() => import('./stack-page.tsx'), 'StackPage'),
});

export const accountRoutes = [mapRoute, stackRoute] as const;
