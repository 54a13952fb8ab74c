import { Ajv, type ValidateFunction } from 'ajv';
import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { followed, type PlacedSchema } from './description.ts';
import { at, isList, isObject, listAt, objectAt } from './json.ts';

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
    date: /^\d{4}-\d\d-\d\d$/,
    // GitHub itself writes '' where a status has no address.
    uri: (text: string) => text === '' || URL.canParse(text),
    'uri-template': true,
    email: /@/,
    timestamp: true,
    'repo.nwo': true,
    binary: true,
    int32: true,
    int64: true,
    double: true,
  },
});

const nameOfReference = (reference: string): string => `https://description${reference.slice(1)}`;
const compiled = new Map<string, ValidateFunction>();

/**
 * An OpenAPI 3.0 schema as JSON Schema: `nullable` becomes another branch (JSON Schema has no such word, and ajv takes it beside `type`
 * only), and references become addresses, so that each component is compiled once and only if something uses it.
 */
function jsonSchema(schema: Json): Json {
  if (isList(schema)) return schema.map(jsonSchema);
  if (!isObject(schema)) return schema;
  if (typeof schema.$ref === 'string') return { $ref: nameOfReference(registered(schema.$ref)) };
  const { nullable, example: _, examples: __, discriminator: ___, ...rest } = schema;
  const converted = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      name === 'enum' || name === 'default' ? value : jsonSchema(value),
    ]),
  );
  return nullable === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
}

const begun = new Set<string>();

function registered(reference: string): string {
  if (!begun.has(reference)) {
    begun.add(reference);
    const schema = jsonSchema(followed({ $ref: reference }));
    ajv.addSchema(isObject(schema) ? schema : {}, nameOfReference(reference));
  }
  return reference;
}

/** What is wrong with a value, in words with its place; empty if it is as described. */
export function faultsOf({ place, schema }: PlacedSchema, value: Json): readonly string[] {
  let validate = compiled.get(place);
  if (validate === undefined) {
    const converted = jsonSchema(schema);
    validate = ajv.compile(isObject(converted) ? converted : {});
    compiled.set(place, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
}

/** Names of the members that a schema speaks of, also in its branches. */
export function memberNames(schema: JsonObject): ReadonlySet<string> {
  const inside = followed(schema);
  const branches = ['oneOf', 'anyOf', 'allOf'].flatMap((name) => listAt(inside, name));
  return new Set([
    ...Object.keys(objectAt(inside, 'properties')),
    ...branches.flatMap((branch) => [...memberNames(isObject(branch) ? branch : {})]),
  ]);
}

const typeOf = (value: Json): string =>
  value === null ? 'null' : isList(value) ? 'array' : typeof value === 'number' ? 'number' : typeof value;

function takes(branch: JsonObject, value: Json): boolean {
  const inside = followed(branch);
  const type = inside.type === 'integer' ? 'number' : inside.type;
  if (typeof type === 'string' && type !== typeOf(value)) return false;
  const properties = objectAt(inside, 'properties');
  return (
    !isObject(value) ||
    Object.entries(value).every(([name, each]) => {
      const choices = listAt(followed(properties[name]), 'enum');
      return choices.length === 0 || choices.includes(each);
    })
  );
}

interface Shape {
  readonly properties: JsonObject;
  readonly required: readonly string[];
}

const kept = new WeakMap<JsonObject, Shape>();

/** An object's members, those of `allOf` and of the branch that takes the value among them. */
function shapeOf(schema: JsonObject, value: JsonObject): Shape {
  const inside = followed(schema);
  const known = kept.get(inside);
  if (known !== undefined) return known;
  const shape = readShape(inside, value);
  // Where nothing is chosen by the value, it is the same for all.
  if (!['oneOf', 'anyOf', 'allOf'].some((word) => word in inside)) kept.set(inside, shape);
  return shape;
}

function readShape(inside: JsonObject, value: JsonObject): Shape {
  const choices = [...listAt(inside, 'oneOf'), ...listAt(inside, 'anyOf')].filter(isObject);
  const parts = [
    ...listAt(inside, 'allOf').filter(isObject),
    ...[choices.find((branch) => takes(branch, value)) ?? choices[0]].filter((part) => part !== undefined),
  ].map((part) => shapeOf(part, value));
  const said = [objectAt(inside, 'properties'), ...parts.map((part) => part.properties)];
  const byName = Map.groupBy(said.flatMap(Object.entries<Json>), ([name]) => name);
  return {
    properties: Object.fromEntries(
      [...byName].map(([name, each]) => {
        const schemas = each.map(([, property]) => property);
        return [name, schemas.length === 1 ? (schemas[0] ?? {}) : { allOf: schemas }];
      }),
    ),
    required: [...listAt(inside, 'required').map(String), ...parts.flatMap((part) => part.required)],
  };
}

/** The first word of this name that a schema says, itself or by `allOf`. */
function saidBy(schema: JsonObject, word: string): Json | undefined {
  const inside = followed(schema);
  return (
    inside[word] ??
    listAt(inside, 'allOf')
      .filter(isObject)
      .map((part) => saidBy(part, word))
      .find((found) => found !== undefined)
  );
}

/** Where an address must stand of which we know nothing: one that leads nowhere. */
const NOWHERE = 'https://not-kept.invalid/';

/** The empty value of a type: null where that may be, else nothing, zero, false. */
function emptyOf(schema: JsonObject): Json {
  const inside = followed(schema);
  if (inside.nullable === true) return null;
  const choices = [...listAt(inside, 'oneOf'), ...listAt(inside, 'anyOf')].filter(isObject);
  if (choices.some((choice) => followed(choice).nullable === true)) return null;
  const enumeration = saidBy(inside, 'enum');
  if (isList(enumeration)) return enumeration[0] ?? null;
  const type = saidBy(inside, 'type') ?? saidBy(choices[0] ?? {}, 'type');
  if (type === 'string') {
    const format = saidBy(inside, 'format');
    return format === 'date-time' ? '2011-01-26T19:01:12Z' : format === 'uri' ? NOWHERE : '';
  }
  if (type === 'integer' || type === 'number') return 0;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  return choices.length > 0 && type !== 'object' ? filled(choices[0] ?? {}, {}) : filled(inside, {});
}

/**
 * The value with every member that the description requires and that the stand-in keeps nothing of, as the empty value of its type:
 * nobody may rely on what a stand-in makes up.
 */
export function filled(schema: JsonObject, value: Json): Json {
  const inside = followed(schema);
  if (isList(value)) {
    const items = [inside, ...listAt(inside, 'oneOf'), ...listAt(inside, 'anyOf')]
      .map((branch) => followed(branch))
      .find((branch) => isObject(branch.items));
    const item = at(items, 'items');
    return isObject(item) ? value.map((each) => filled(item, each)) : value;
  }
  if (!isObject(value)) return value;
  const { properties, required } = shapeOf(inside, value);
  const given = Object.entries(value).map(([name, each]): [string, Json] => {
    const property = properties[name];
    return [name, isObject(property) ? filled(property, each) : each];
  });
  const missing = required
    .filter((name) => value[name] === undefined)
    .map((name): [string, Json] => [name, emptyOf(followed(properties[name]))]);
  return Object.fromEntries([...given, ...missing]);
}
