import { parseAccountId } from '#core-values';
import {
  type CompiledPolicy,
  compilePolicy,
  evaluate,
  type PolicyKind,
  type Principal,
  parsePolicy,
  prepareRequest,
  requestContext,
} from '#iam/core';
import { isCoarse, type Need } from '../needs/need.ts';
import { isNeeded, neededBy } from './additions.ts';
import { allForbidden, harmlessKeys } from './forbidden.ts';
import { resourcesOfAction, serviceOf } from './pattern.ts';

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

/** As the role itself may anything and every key and role trusts its account, the session policies alone decide. */
function layersFor(action: string, account: string, partition: string) {
  const root = JSON.stringify(`arn:${partition}:iam::${account}:root`);
  const grant = (kind: PolicyKind, rest: string) =>
    compiled(
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":${root}},${rest}}]}`,
      kind,
      'resource',
    );
  switch (serviceOf(action)) {
    case 'kms':
      return { identity: [EVERYTHING], resource: grant('key', '"Action":"kms:*","Resource":"*"') };
    case 'sts':
      return { identity: [EVERYTHING], resource: grant('trust', '"Action":"sts:*"') };
    default:
      return { identity: [EVERYTHING] };
  }
}

function compiled(source: string, kind: PolicyKind, name: string): CompiledPolicy {
  const parsed = parsePolicy(source, { kind, file: name });
  if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
  return compilePolicy(parsed.value, name);
}

const EVERYTHING = compiled(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  'identity',
  'everything',
);
