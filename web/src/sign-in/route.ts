import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../app/routes.tsx';

interface SignInSearch {
  /** Where to go on to; only paths of our own are gone to. */
  readonly returnTo?: string;
  /** The rule by which a provider's sign-in was refused. */
  readonly refused?: string;
}

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: ({ returnTo, refused }: Record<string, unknown>): SignInSearch => ({
    ...(typeof returnTo === 'string' ? { returnTo } : {}),
    ...(typeof refused === 'string' ? { refused } : {}),
  }),
  component: lazyRouteComponent(() => import('./sign-in-page.tsx'), 'SignInPage'),
});
