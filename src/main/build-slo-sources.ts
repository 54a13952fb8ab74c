import { setTimeout as pause } from 'node:timers/promises';
import type { SloSettings } from '#accounts/core';
import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { AddRoutes } from '#platform';
import {
  beaconRoutes,
  cloudwatchOf,
  cloudwatchSource,
  type PolledSource,
  prometheusSource,
  type RequestIntake,
  traceRoutes,
} from '#slo';
import { type Environment, readSecret } from './environment.ts';

export interface BuiltSloSources {
  /** Whom to ask for metrics. */
  readonly polled: readonly PolledSource[];
  readonly routes: readonly AddRoutes[];
}

const ASKING = { fetch, pause: (ms: number) => pause(ms), dice: Math.random };
const LEAST_TOKEN = 32;

/** What SLOs are counted from besides access logs: systems that are asked, spans and beacons that come. */
export async function buildSloSources(
  settings: SloSettings | undefined,
  environment: Environment,
  { intake, clock }: { readonly intake: RequestIntake; readonly clock: Clock },
): Promise<Result<BuiltSloSources, Problem>> {
  const polled: PolledSource[] = [];
  for (const { name, at } of settings?.systems ?? []) {
    if (at.kind === 'cloudwatch') {
      polled.push(cloudwatchSource(ASKING, { name, getMetricData: cloudwatchOf(at.region) }));
      continue;
    }
    const { url, authorization: source } = at;
    const authorization = source === undefined ? ok(undefined) : await readSecret(source, environment);
    if (!authorization.ok) return authorization;
    const { value } = authorization;
    polled.push(
      prometheusSource(ASKING, { name, url, ...(value === undefined ? {} : { authorization: value }) }),
    );
  }
  const routes: AddRoutes[] = [];
  if (settings?.traces !== undefined) {
    const { token, ...rest } = settings.traces;
    const secret = await readSecret(token, environment);
    if (!secret.ok) return secret;
    if (secret.value.length < LEAST_TOKEN) return err(SHORT_TOKEN);
    routes.push(traceRoutes({ intake, token: secret.value, ...rest }));
  }
  if (settings?.beacons !== undefined) {
    const { origins } = settings.beacons;
    routes.push(beaconRoutes({ intake, clock, origins }));
  }
  return ok({ polled, routes });
}

const SHORT_TOKEN = problem('bad-config', {
  rule: 'slo.short-token',
  message: text(
    `The token of server.slo.traces has fewer than ${LEAST_TOKEN} characters.`,
    `server.slo.traces のトークンが ${LEAST_TOKEN} 文字未満です。`,
  ),
  remedy: text('Make one with `openssl rand -hex 32`.', '`openssl rand -hex 32` などで作り直してください。'),
});
