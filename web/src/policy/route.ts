import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../app/routes.tsx';
import { askedIn } from './question.ts';

export const policyRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/policy',
  validateSearch: askedIn,
  component: lazyRouteComponent(() => import('./policy-page.tsx'), 'PolicyPage'),
});
