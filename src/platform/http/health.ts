import { createRoute as openApiRoute, z } from '@hono/zod-openapi';
import type { Metrics } from '../metrics/index.ts';
import type { HttpApp } from './app.ts';

/** `name` is shown to anybody who asks; why a check fails is only logged. */
export interface ReadinessCheck {
  readonly name: string;
  /** Answers whether it is ready; a throw is a no. */
  check(): Promise<boolean>;
}

const checks = z
  .object({ ready: z.boolean(), checks: z.record(z.string(), z.boolean()) })
  .openapi('Readiness');
const readiness = { content: { 'application/json': { schema: checks } } };

const healthz = openApiRoute({
  method: 'get',
  path: '/healthz',
  summary: 'The process answers',
  responses: { 200: { description: 'Alive', content: { 'text/plain': { schema: z.string() } } } },
});

const readyz = openApiRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Everything it needs answers too',
  responses: {
    200: { description: 'Ready', ...readiness },
    503: { description: 'Not ready', ...readiness },
  },
});

/** `/healthz`, `/readyz` and `/metrics`; all three answer without authentication. */
export function addHealthRoutes(app: HttpApp, all: readonly ReadinessCheck[], metrics: Metrics): void {
  app.openapi(healthz, (c) => c.text('ok\n', 200));
  app.openapi(readyz, async (c) => {
    const outcomes = await Promise.all(
      all.map(async ({ name, check }) => {
        try {
          return { name, ready: await check() };
        } catch (error) {
          c.var.log.warn('Not ready', { check: name, error });
          return { name, ready: false };
        }
      }),
    );
    const ready = outcomes.every((outcome) => outcome.ready);
    const body = {
      ready,
      checks: Object.fromEntries(outcomes.map((outcome) => [outcome.name, outcome.ready])),
    };
    return ready ? c.json(body, 200) : c.json(body, 503);
  });
  app.get('/metrics', async (c) =>
    c.body(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType }),
  );
}
