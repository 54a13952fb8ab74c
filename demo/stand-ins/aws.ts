import { buildOrganization, type Organization } from './aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from './enforcing-aws/index.ts';
import { startMoto } from './moto.ts';
import { type StandInTrail, startTrail } from './trail/index.ts';

/** A stand-in for AWS with the shop's organization in it, which refuses what its policies do not allow. */
export interface StandInAws extends Organization {
  /** For `AWS_ENDPOINT_URL`: Terraform, its S3 backend and the SDKs all follow it. */
  readonly endpoint: string;
  /** Every request so far, and what became of it. */
  readonly decisions: EnforcingAws['decisions'];
  /** The organization's trail: its bucket, and delivering. */
  readonly trail: StandInTrail;
  /** moto's own words, for a report of what went wrong. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts moto, our gate in front of it, and builds the organization through the gate. It ends with us, even when we are killed. */
export async function startStandInAws(options: Parameters<typeof startMoto>[0]): Promise<StandInAws> {
  const moto = await startMoto(options);
  let trail: StandInTrail | undefined;
  const gate = await startEnforcingAws({
    endpoint: moto.endpoint,
    onHandled: (handled) => trail?.record(handled),
    ownAnswer: (request) => trail?.answer(request),
  });
  const organization = await buildOrganization(gate.url);
  trail = await startTrail({
    endpoint: gate.url,
    organizationId: organization.organizationId,
    account: organization.toolsAccountId,
    administrator: () => organization.administratorOf(organization.toolsAccountId),
    serverRoleArn: organization.serverRoleArn,
  });
  return {
    ...organization,
    trail,
    endpoint: gate.url,
    decisions: gate.decisions,
    output: moto.output,
    stop: async () => {
      await gate.stop();
      await moto.stop();
    },
  };
}
