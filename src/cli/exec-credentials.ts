import { err, ok } from '#core-values';
import { applyOutput } from './apply-output.ts';
import { reportApply } from './apply-report.ts';
import { obtainGrant } from './ci-job.ts';
import { claimGrant } from './claim-grant.ts';
import { jobClient } from './clients.ts';
import { denialsText } from './denials-text.ts';
import { withoutSecrets } from './denials-without-secrets.ts';
import type { ObtainCredentials } from './exec.ts';
import { approvedApply } from './exec-apply.ts';
import { noInterruption } from './interruption.ts';

/**
 * A grant by the job's OIDC token: to read, or to apply one approved plan. Sessions live as long as their grant, so there is
 * nothing to renew within it.
 */
export const obtainCredentials: ObtainCredentials = async (context, { stack, plan, command }) => {
  const client = jobClient(context);
  if (!client.ok) return client;
  if (plan === undefined) {
    const grant = await obtainGrant(context, client.value, { purpose: 'plan', stack });
    if (!grant.ok) return err(grant.error);
    const { region, credentials } = grant.value;
    return ok({ source: { region, current: async () => ok(credentials) } });
  }
  const apply = await approvedApply(command, context.cwd, plan);
  if (!apply.ok) return apply;
  const grant = await obtainGrant(context, client.value, { purpose: 'apply', stack, plan });
  if (!grant.ok) return err(grant.error);
  const claimed = await claimGrant(context, grant.value);
  if (!claimed.ok) return claimed;
  const { region, credentials, plan: id = '' } = grant.value;
  const output = applyOutput(apply.value?.errors ?? 'stderr');
  return ok({
    source: { region, current: async () => ok(credentials) },
    watch: output,
    report: async (exitCode) => {
      const { program: terraform = '', directory = context.cwd } = apply.value ?? {};
      const job = { context, grant: grant.value, directory, terraform, interruption: noInterruption() };
      const state = apply.value === undefined ? 'unknown' : 'pulled';
      const denials = await withoutSecrets(output.denials(), claimed.value);
      const told = await reportApply(job, { exitCode, state, denials });
      if (!told.ok) return told;
      const { outcome, denials: denied } = told.value;
      return ok({ outcome, denials: denialsText({ id, stack, denials: denied }, context) });
    },
  });
};
