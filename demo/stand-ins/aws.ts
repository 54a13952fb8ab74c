import { buildOrganization, type Organization } from './aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from './enforcing-aws/index.ts';
import { startMoto } from './moto.ts';

/** A stand-in for AWS with the shop's organization in it, which refuses what its policies do not allow. */
export interface StandInAws extends Organization {
  /** For `AWS_ENDPOINT_URL`: Terraform, its S3 backend and the SDKs all follow it. */
  readonly endpoint: string;
  /** Every request so far, and what became of it. */
  readonly decisions: EnforcingAws['decisions'];
  /** moto's own words, for a report of what went wrong. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts moto, our gate in front of it, and builds the organization through the gate. It ends with us, even when we are killed. */
export async function startStandInAws(options: Parameters<typeof startMoto>[0]): Promise<StandInAws> {
  const moto = await startMoto(options);
  const gate = await startEnforcingAws({ endpoint: moto.endpoint });
  return {
    ...(await buildOrganization(gate.url)),
    endpoint: gate.url,
    decisions: gate.decisions,
    output: moto.output,
    stop: async () => {
      await gate.stop();
      await moto.stop();
    },
  };
}
