import { join } from 'node:path';
import { statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import {
  DEFAULT_POLICY_FOLDER,
  decide,
  type PolicyRequest,
  readCases,
  readPolicyFolder,
  requestOf,
} from '#policy';
import { toCedar } from '../src/policy/core/cedar-request.ts';

/*
 * node bench/policy.ts: decisions about the shipped cases by the shipped policies, and what one evaluation by Cedar of
 * the same requests takes. A denial takes several: it also looks for what would change the answer.
 */

const ROUNDS = 20;

const set = await readPolicyFolder(DEFAULT_POLICY_FOLDER);
const cases = await readCases(join(DEFAULT_POLICY_FOLDER, 'cases'));
if (!set.ok || set.value.kind !== 'loaded' || !cases.ok) throw new Error('The shipped policies do not load.');
const policies = set.value;
const requests = cases.value.flatMap((one) => {
  const request = requestOf(one.case);
  return request.ok ? [request.value] : [];
});
const allowed = requests.filter((request) => decide(policies, request).allowed);
const denied = requests.filter((request) => !allowed.includes(request));

const cedar = (request: PolicyRequest): unknown =>
  statefulIsAuthorized({
    ...toCedar(request),
    preparsedSchemaName: policies.schemaKey,
    preparsedPolicySetId: policies.policiesKey,
    validateRequest: true,
  });

/** Mean of one work in milliseconds, after a round that compiles the code. */
function meanMs(of: readonly PolicyRequest[], work: (request: PolicyRequest) => unknown): number {
  for (const request of of) work(request);
  const startMs = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) for (const request of of) work(request);
  return (performance.now() - startMs) / (ROUNDS * of.length);
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

const allowedMs = meanMs(allowed, (request) => decide(policies, request));
const deniedMs = meanMs(denied, (request) => decide(policies, request));
const floorMs = meanMs(requests, cedar);
console.log(
  JSON.stringify({
    benchmark: 'policy',
    cases: requests.length,
    allowedMs: rounded(allowedMs),
    deniedMs: rounded(deniedMs),
    cedarEvaluationMs: rounded(floorMs),
    allowedPerSecond: Math.round(1000 / allowedMs),
    evaluationsPerAllowed: Math.round((allowedMs / floorMs) * 10) / 10,
    evaluationsPerDenied: Math.round((deniedMs / floorMs) * 10) / 10,
  }),
);
