import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { at, isObject, objectAt } from './json.ts';

/**
 * GitHub's published description of its REST API (npm `@octokit/openapi`, made by GitHub from its own code) without its words, by
 * `scripts/make-github-description.ts`: 3 MB, hence parsed once a process and followed by reference, never copied.
 */
const file = new URL('./api.github.com.json.gz', import.meta.url);
const description: JsonObject = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));

const paths = objectAt(description, 'paths');
const webhooks = objectAt(description, 'x-webhooks');

/** One method of one path, as described. */
export interface Operation {
  /** `GET /repos/{owner}/{repo}` */
  readonly route: string;
  readonly described: JsonObject;
}

/** Follows `{ $ref }` to what it names. */
export function followed(value: Json | undefined): JsonObject {
  if (!isObject(value)) return {};
  const reference = value.$ref;
  if (typeof reference !== 'string') return value;
  const found = reference
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((inside, name) => at(inside, name), description);
  return followed(found);
}

interface Pattern {
  readonly path: string;
  readonly expression: RegExp;
  readonly names: readonly string[];
  /** Fewer is more exact: `/pulls/comments` before `/pulls/{pull_number}`; then the longer, as `{ref}` may hold slashes. */
  readonly open: number;
}

/** Names that hold slashes: GitHub's own router lets them run to the end. */
const RUNS_ON = new Set(['path', 'ref', 'basehead', 'branch', 'environment_name']);

function patternOf(path: string): Pattern {
  const names: string[] = [];
  const expression = path.replaceAll(/\{([^}]+)\}|[.*+?^$()|[\]\\]/g, (part, name: string | undefined) => {
    if (name === undefined) return `\\${part}`;
    names.push(name);
    const isLast = path.endsWith(part);
    return RUNS_ON.has(name) && (isLast || name === 'ref') ? '(.+)' : '([^/]+)';
  });
  return { path, expression: new RegExp(`^${expression}$`), names, open: names.length };
}

let known: ReadonlyMap<string, readonly Pattern[]> | undefined;

/** By the first folder of the path, so that a request is held against dozens and not 800. */
function patterns(): ReadonlyMap<string, readonly Pattern[]> {
  known ??= Map.groupBy(
    Object.keys(paths)
      .filter((path) => !path.includes('...'))
      .map(patternOf)
      .toSorted((one, other) => one.open - other.open || other.path.length - one.path.length),
    ({ path }) => path.split('/')[1] ?? '',
  );
  return known;
}

export interface Matched extends Operation {
  readonly parameters: Readonly<Record<string, string>>;
}

/** The operation that a request asks for; `undefined` where GitHub has none. Names in the path are decoded. */
export function operationOf(method: string, path: string): Matched | undefined {
  for (const { path: template, expression, names } of patterns().get(path.split('/')[1] ?? '') ?? []) {
    const match = expression.exec(path);
    const described = objectAt(paths, template)[method.toLowerCase()];
    if (match === null || !isObject(described)) continue;
    const parameters = Object.fromEntries(
      names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
    );
    return { route: `${method} ${template}`, described, parameters };
  }
  return undefined;
}

/** A place in the description that the schema of an answer or a body stands at: what is compiled is named by it. */
export interface PlacedSchema {
  readonly place: string;
  readonly schema: JsonObject;
}

const jsonOf = (place: string, content: JsonObject): PlacedSchema | undefined => {
  const media = content['application/json'] ?? Object.values(content)[0];
  return isObject(media) && isObject(media.schema) ? { place, schema: media.schema } : undefined;
};

export const bodySchema = ({ route, described }: Operation): PlacedSchema | undefined =>
  jsonOf(`${route} body`, objectAt(followed(described.requestBody), 'content'));

export const needsBody = ({ described }: Operation): boolean =>
  followed(described.requestBody).required === true;

/** `undefined`: the status is not described. `empty`: it is, without a body. */
export function answerSchema(
  { route, described }: Operation,
  status: number,
): PlacedSchema | 'empty' | undefined {
  const response = objectAt(described, 'responses')[String(status)];
  if (response === undefined) return undefined;
  return jsonOf(`${route} ${status}`, objectAt(followed(response), 'content')) ?? 'empty';
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  readonly schema: JsonObject;
}

export function parametersOf({ described }: Operation): readonly Parameter[] {
  const listed = described.parameters;
  return (Array.isArray(listed) ? listed : []).map((each: Json) => {
    const parameter = followed(each);
    return {
      name: String(parameter.name),
      in: String(parameter.in),
      isRequired: parameter.required === true,
      schema: objectAt(parameter, 'schema'),
    };
  });
}

/** The schema of a webhook's payload: of `pull_request` and `opened`, or of an event without actions. */
export function webhookSchema(event: string, action: string | undefined): PlacedSchema | undefined {
  const name = [event, action]
    .filter((part) => part !== undefined)
    .join('-')
    .replaceAll('_', '-');
  const post = objectAt(objectAt(webhooks, name), 'post');
  return jsonOf(`webhook ${name}`, objectAt(followed(post.requestBody), 'content'));
}
