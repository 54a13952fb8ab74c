import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../app/routes.tsx';

interface WelcomeSearch {
  /** Where to go on to, once a passkey is enrolled; only paths of our own are gone to. */
  readonly returnTo?: string;
}

export const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  validateSearch: ({ returnTo }: Record<string, unknown>): WelcomeSearch =>
    typeof returnTo === 'string' ? { returnTo } : {},
  component: lazyRouteComponent(() => import('./welcome-page.tsx'), 'WelcomePage'),
});
