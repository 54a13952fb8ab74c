import { parseAccountId } from '#core-values';
import { evaluate, type Principal, prepareRequest, requestContext } from '#iam/core';
import { isCoarse, type Need } from '../needs/need.ts';
import { isNeeded, neededBy } from './additions.ts';
import { allForbidden, harmlessKeys } from './forbidden.ts';
import { resourcesOfAction } from './pattern.ts';
import { compiled, layersFor } from './session-alone.ts';

interface ProofFacts {
  readonly account: string;
  readonly partition: string;
}

/**
 * Asks the finished policies, as AWS would, for every action of the forbidden list on a resource that no plan has; answers the first
 * that passes although the plan does not need it there. Undefined where none does.
 */
export function forbiddenIn(
  policies: readonly string[],
  needs: readonly Need[],
  facts: ProofFacts,
): string | undefined {
  const account = parseAccountId(facts.account);
  if (account === undefined) return 'anything: the account is none';
  const session = policies.map((source) => compiled(source, 'session', 'session policy'));
  const principal: Principal = {
    kind: 'role-session',
    account,
    partition: facts.partition,
    roleName: 'apply',
  };
  const needed = neededBy(needs);
  const wanted = [[], ...needs.filter((need) => !isCoarse(need)).map(({ conditions }) => conditions)];
  for (const action of allForbidden()) {
    for (const type of resourcesOfAction(action)) {
      const resource = type === '*' ? '*' : probe(type, facts);
      const request = prepareRequest({
        principal,
        action,
        resource,
        resourceAccount: account,
        // A stolen grant's own call comes through no service, and tags what is there.
        context: requestContext(
          { 'aws:ResourceAccount': facts.account },
          { absent: ['kms:ViaService', ...harmlessKeys] },
        ),
      });
      if (!request.ok) continue;
      const { kind } = evaluate({ ...layersFor(action, account, facts.partition), session }, request.value);
      if (kind !== 'allowed' && kind !== 'unknown') continue;
      const isWanted = wanted.some((conditions) => isNeeded(needed, action, resource, conditions));
      if (!isWanted) return `${action} on ${resource}`;
    }
  }
  return undefined;
}

const probe = (type: string, { account, partition }: ProofFacts): string => {
  const [, , service = '', region, own, ...rest] = type.split(':');
  const name = rest.join(':').replaceAll('*', 'of-nobody');
  return [
    'arn',
    partition,
    service,
    region === '*' ? 'ap-northeast-1' : region,
    own === '*' ? account : own,
    name,
  ].join(':');
};
