import { buildOrganization, type Organization } from './aws-organization.ts';
import { type Moto, startMoto } from './moto.ts';

/** A stand-in for AWS with the shop's organization in it. */
export type StandInAws = Organization & Moto;

/** Starts moto and builds the organization. It ends with us, even when we are killed. */
export async function startStandInAws(options: Parameters<typeof startMoto>[0]): Promise<StandInAws> {
  const moto = await startMoto(options);
  return { ...(await buildOrganization(moto.endpoint)), ...moto };
}
