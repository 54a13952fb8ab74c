import type { AwsRequest } from '../model.ts';
import contextMembers from './context-members.json' with { type: 'json' };
import { memberAt, stringsOf } from './members.ts';
import type { ActionFacts } from './service-authorization.ts';
import { requestedTags } from './tags.ts';

/** What a request itself says about condition keys, names in lower case. An empty list is a key known to be absent. */
export type RequestKeys = ReadonlyMap<string, readonly string[]>;

const MEMBERS: ReadonlyMap<string, string> = new Map(
  Object.entries(contextMembers.keys).map(([key, member]) => [key.toLowerCase(), member]),
);

/** Keys that have one value wherever they are. Sources: the services' pages on condition keys. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  's3:authtype': ['REST-HEADER'],
  's3:signatureversion': ['AWS4-HMAC-SHA256'],
  's3:tlsversion': ['1.3'],
  's3:accessgrantsinstancearn': [],
  's3:dataaccesspointarn': [],
  's3:dataaccesspointaccount': [],
  's3:accesspointnetworkorigin': [],
  'kms:viaservice': [],
  'kms:grantisforawsresource': ['false'],
};

/** Keys of an action with what the request says of them; a key of the action that it does not settle is left out. */
export function keysOf(
  request: AwsRequest,
  action: string,
  facts: ActionFacts,
  account: string,
): RequestKeys {
  const keys = new Map<string, readonly string[]>();
  const { tags, keys: tagKeys } = requestedTags(request);
  keys.set('aws:tagkeys', tagKeys);
  for (const [key, value] of tags) keys.set(`aws:requesttag/${key.toLowerCase()}`, [value]);
  keys.set('aws:requestedregion', [request.region]);
  for (const key of facts.conditionKeys) {
    const member = MEMBERS.get(key);
    if (member !== undefined) keys.set(key, stringsOf(memberAt(request.parameters, member)));
    else if (ALWAYS[key] !== undefined) keys.set(key, ALWAYS[key]);
  }
  if (action.startsWith('ec2:')) keys.set('ec2:region', [request.region]);
  if (action === 'ec2:CreateTags') {
    keys.set('ec2:createaction', request.operation === 'CreateTags' ? [] : [request.operation]);
  }
  if (action.startsWith('kms:')) {
    keys.set('kms:calleraccount', [account]);
    const id = stringsOf(request.parameters.KeyId)[0] ?? '';
    keys.set('kms:requestalias', /(?:^|:)alias\//.test(id) ? [id.replace(/^arn:.*:(?=alias\/)/, '')] : []);
  }
  return keys;
}

/** Whether AWS might fill in a key for this action from what the stand-in does not know. */
export function mayHaveKey(facts: ActionFacts, key: string): boolean {
  return facts.conditionKeys.some((known) => {
    const variable = known.indexOf('${');
    return variable === -1 ? known === key : key.startsWith(known.slice(0, variable));
  });
}
