import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Prometheus metrics of one process. Rooms register their own counters on `registry`. */
export interface Metrics {
  readonly registry: Registry;
  /** `route` is the pattern (`/v1/plans/:id`), never the path: labels must stay few. */
  observeRequest(request: RequestFacts): void;
}

export interface RequestFacts {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationSeconds: number;
}

export function createMetrics({ processMetrics }: { readonly processMetrics: boolean }): Metrics {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the head of its response, in seconds.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  return {
    registry,
    observeRequest: ({ route, method, status, durationSeconds }) => {
      durations.observe({ route, method, status: String(status) }, durationSeconds);
    },
  };
}
