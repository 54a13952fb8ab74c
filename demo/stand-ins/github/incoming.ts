import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { bodySchema, followed, type Matched, needsBody, parametersOf } from './description.ts';
import { isObject } from './json.ts';
import { faultsOf, memberNames } from './schema.ts';

interface Incoming {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Text of an address as the type that the description gives it. */
function typed(schema: JsonObject, text: string): string | number | boolean {
  const type = followed(schema).type;
  if ((type === 'integer' || type === 'number') && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

export function queryOf(matched: Matched, query: URLSearchParams): Record<string, string | number | boolean> {
  const schemas = new Map(
    parametersOf(matched)
      .filter((parameter) => parameter.in === 'query')
      .map(({ name, schema }) => [name, schema]),
  );
  return Object.fromEntries([...query].map(([name, text]) => [name, typed(schemas.get(name) ?? {}, text)]));
}

function invalidParameters(matched: Matched, { query }: Incoming): readonly string[] {
  const described = parametersOf(matched);
  const known = new Set(described.filter((each) => each.in === 'query').map(({ name }) => name));
  const given = (place: string, name: string): string | undefined =>
    place === 'path' ? matched.parameters[name] : (query.get(name) ?? undefined);
  return [
    ...[...query.keys()].filter((name) => !known.has(name)).map((name) => `query ${name} is unknown`),
    ...described
      .filter((parameter) => parameter.in === 'path' || parameter.in === 'query')
      .flatMap(({ in: place, name, isRequired, schema }) => {
        const text = given(place, name);
        if (text === undefined) return isRequired ? [`${place} ${name} is missing`] : [];
        return faultsOf({ place: `${matched.route} ${place} ${name}`, schema }, typed(schema, text)).map(
          (fault) => `${place} ${name}${fault}`,
        );
      }),
  ];
}

/** The versions that GitHub takes (https://docs.github.com/en/rest/about-the-rest-api/api-versions, 2026-11). */
const VERSIONS = new Set(['2022-11-28', '2026-03-10']);

function invalidHeaders({ headers, text }: Incoming): readonly string[] {
  const version = headers['x-github-api-version'];
  const accept = headers.accept ?? '';
  const type = headers['content-type'] ?? '';
  return [
    ...(headers['user-agent'] === undefined ? ['header user-agent is missing'] : []),
    ...(typeof version === 'string' && VERSIONS.has(version)
      ? []
      : ['header x-github-api-version is missing or unknown']),
    ...(/^application\/(?:vnd\.github(?:\.[a-z-]+)?(?:\+json)?|json)$/.test(accept)
      ? []
      : [`header accept is not one of GitHub's: ${accept}`]),
    ...(text === '' || /^application\/json\b/.test(type) ? [] : [`header content-type is not JSON: ${type}`]),
  ];
}

function invalidBody(matched: Matched, { text }: Incoming, body: Json | undefined): readonly string[] {
  const schema = bodySchema(matched);
  if (schema === undefined) return text === '' ? [] : ['no body is described'];
  if (text === '') return needsBody(matched) ? ['the body is missing'] : [];
  if (body === undefined) return ['the body is not JSON'];
  // GitHub passes over members that it does not know: nothing says that they are a mistake but this.
  const known = memberNames(schema.schema);
  const unknown =
    isObject(body) && known.size > 0 ? Object.keys(body).filter((name) => !known.has(name)) : [];
  return [
    ...unknown.map((name) => `body /${name} is unknown`),
    ...faultsOf(schema, body).map((fault) => `body ${fault}`),
  ];
}

/** What is not as GitHub describes the request; empty if all is. */
export const invalidIn = (
  matched: Matched,
  incoming: Incoming,
  body: Json | undefined,
): readonly string[] => [
  ...invalidParameters(matched, incoming),
  ...invalidHeaders(incoming),
  ...invalidBody(matched, incoming, body),
];
