import { err, ok } from '#core-values';
import { obtainGrant } from './ci-job.ts';
import { jobClient } from './clients.ts';
import type { ObtainCredentials } from './exec.ts';

/**
 * A grant by the job's OIDC token: to read, or to apply one approved plan. Sessions live as long as their grant, so there is
 * nothing to renew within it.
 */
export const obtainCredentials: ObtainCredentials = async (context, { stack, plan }) => {
  const client = jobClient(context);
  if (!client.ok) return client;
  const request =
    plan === undefined ? { purpose: 'plan' as const, stack } : { purpose: 'apply' as const, stack, plan };
  const grant = await obtainGrant(context, client.value, request);
  if (!grant.ok) return err(grant.error);
  const { region, credentials } = grant.value;
  return ok({ region, current: async () => ok(credentials) });
};
