import { createRootRoute, createRoute } from '@tanstack/react-router';
import { Broken, NotFound } from '../parts/states.tsx';
import { Bare } from './bare.tsx';
import { Shell } from './shell.tsx';

/** Pages directly below it stand alone, in `Bare`: signing in, being welcomed. */
export const rootRoute = createRootRoute({
  notFoundComponent: () => (
    <Bare>
      <NotFound heading="h1" />
    </Bare>
  ),
  errorComponent: ({ error }) => (
    <Bare>
      <Broken error={error} />
    </Bare>
  ),
});

/** Pages below it have the navigation around them, and are for people who are signed in. */
export const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell });
