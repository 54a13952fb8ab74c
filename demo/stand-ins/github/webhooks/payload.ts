import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Json, JsonObject } from '../../../../src/core-values/index.ts';
import { webhookSchema } from '../description.ts';
import { isObject, listAt, objectAt, textAt } from '../json.ts';
import { faultsOf, filled } from '../schema.ts';
import { nodeId, repositoryShape, userShape } from '../shapes/common.ts';
import { accountOf, type Event, type Installation, type State } from '../state.ts';

let examples: readonly Json[] | undefined;

/** GitHub's own published example of an event (npm `@octokit/webhooks-examples`); empty where it has none. */
export function exampleOf(event: string, action: string | undefined): JsonObject {
  if (examples === undefined) {
    const file = createRequire(import.meta.url).resolve(
      '@octokit/webhooks-examples/api.github.com/index.json',
    );
    const parsed: readonly Json[] = JSON.parse(readFileSync(file, 'utf8'));
    examples = parsed;
  }
  const found = listAt(
    examples.find((each) => textAt(each, 'name') === event),
    'examples',
  );
  const same = found.find((each) => textAt(each, 'action') === action);
  return isObject(same) ? same : {};
}

/** Ours in place of the example's, member by member; lists and plain values whole. */
function over(example: Json | undefined, ours: Json): Json {
  if (!isObject(ours) || !isObject(example)) return ours;
  const names = new Set([...Object.keys(example), ...Object.keys(ours)]);
  return Object.fromEntries(
    [...names].map((name): [string, Json] => {
      const mine = ours[name];
      return [name, mine === undefined ? (example[name] ?? null) : over(example[name], mine)];
    }),
  );
}

export interface Payload {
  readonly payload: JsonObject;
  /** What is not as GitHub describes the event: a mistake of the stand-in. */
  readonly faults: readonly string[];
}

/** What GitHub would send to this installation about what happened. */
export function payloadOf(state: State, event: Event, installation: Installation): Payload {
  const example = exampleOf(event.event, event.action);
  const { organization: _, enterprise: __, installation: ___, repository: ____, ...about } = example;
  const owner = event.organization ?? event.repository?.owner;
  const isOrganization = owner !== undefined && accountOf(state, owner).type === 'Organization';
  const ours: JsonObject = {
    ...event.payload,
    ...(event.action === undefined ? {} : { action: event.action }),
    ...(event.repository === undefined ? {} : { repository: repositoryShape(state, event.repository) }),
    ...(isOrganization ? { organization: organizationShape(state, owner) } : {}),
    sender: userShape(state, event.sender),
    installation: {
      ...objectAt(event.payload, 'installation'),
      id: installation.id,
      node_id: nodeId('Installation', installation.id),
    },
  };
  const whole = over(about, ours);
  const schema = webhookSchema(event.event, event.action);
  if (schema === undefined)
    return { payload: ours, faults: [`GitHub sends no event ${event.event} ${event.action ?? ''}`] };
  const payload = filled(schema.schema, whole);
  return { payload: isObject(payload) ? payload : {}, faults: faultsOf(schema, payload) };
}

function organizationShape(state: State, login: string): JsonObject {
  const { id } = accountOf(state, login);
  const url = `${state.api}/orgs/${login}`;
  return {
    id,
    login,
    node_id: nodeId('Organization', id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${state.site}/avatars/${id}`,
    description: null,
  };
}
