import type { Guardrails, Layers } from '../../../src/iam/core/index.ts';
import { type NamedPolicy, policyCompiler } from './policies.ts';
import { type Caller, callerAccount } from './sessions.ts';
import type { AwsState } from './state.ts';

/** Reads the policies that have a say, compiled. */
export function layersIn(state: AwsState) {
  const compile = policyCompiler();
  const all = (policies: readonly NamedPolicy[], kind: Parameters<typeof compile>[1]) =>
    policies.map((policy) => compile(policy, kind));

  async function guardrails(account: string, kind: 'scps' | 'rcps'): Promise<Guardrails | undefined> {
    const organization = await state.organization(account);
    if (organization === undefined) return undefined;
    const { managementAccount, levels } = organization;
    return {
      managementAccount,
      levels: levels.map((level) => ({
        name: level.name,
        policies: all(level[kind], kind === 'scps' ? 'scp' : 'rcp'),
      })),
    };
  }

  async function ownLayers(caller: Caller): Promise<Layers> {
    if (caller.kind === 'administrator') return { identity: [compile(EVERYTHING, 'identity')] };
    const iam = await state.iam(callerAccount(caller));
    const principal =
      caller.kind === 'user'
        ? iam.users.find(({ arn }) => arn === caller.arn)
        : iam.roles.find(({ arn }) => arn === caller.session.roleArn);
    const session = caller.kind === 'session' ? caller.session.policies : undefined;
    return {
      // A role that is gone allows nothing.
      identity: all(principal?.identity ?? [], 'identity'),
      ...(principal?.boundary !== undefined && { boundary: compile(principal.boundary, 'boundary') }),
      ...(session !== undefined && { session: all(session, 'session') }),
    };
  }

  return { compile, guardrails, ownLayers };
}

const EVERYTHING: NamedPolicy = {
  name: 'administrator of the stand-in',
  source: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  }),
};
