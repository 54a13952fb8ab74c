import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';
import { auditFilter } from './filter.ts';

const logRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: auditFilter,
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
});

const entryRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit/$entry',
  component: lazyRouteComponent(() => import('./entry-page.tsx'), 'EntryPage'),
});

export const auditRoutes = [logRoute, entryRoute] as const;
