import { writeFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';

/*
 * Writes src/plan/data/sensitive-attributes.aws.json from the real provider. In a folder whose configuration
 * requires only hashicorp/aws, after `terraform init`:
 *   terraform providers schema -json | node scripts/make-sensitive-attributes.ts PROVIDER_VERSION
 */

interface Attribute {
  readonly sensitive?: boolean;
  readonly nested_type?: {
    readonly attributes?: Readonly<Record<string, Attribute>>;
    readonly nesting_mode?: string;
  };
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

type Schemas = Readonly<Record<string, { readonly block: Block }>>;

interface ProviderSchemas {
  readonly provider_schemas: Readonly<
    Record<string, { readonly resource_schemas?: Schemas; readonly data_source_schemas?: Schemas }>
  >;
}

const PROVIDER = 'registry.terraform.io/hashicorp/aws';

/** `*` stands for every element of a list, set or map. */
const elementOf = (nesting: string | undefined): readonly string[] =>
  nesting === 'single' || nesting === 'group' ? [] : ['*'];

function attributePaths(
  attributes: Readonly<Record<string, Attribute>> | undefined,
): readonly (readonly string[])[] {
  return Object.entries(attributes ?? {}).flatMap(([name, attribute]) => {
    if (attribute.sensitive) return [[name]];
    const nested = attribute.nested_type;
    return attributePaths(nested?.attributes).map((path) => [
      name,
      ...elementOf(nested?.nesting_mode),
      ...path,
    ]);
  });
}

function blockPaths(block: Block): readonly (readonly string[])[] {
  const nested = Object.entries(block.block_types ?? {}).flatMap(([name, type]) =>
    blockPaths(type.block).map((path) => [name, ...elementOf(type.nesting_mode), ...path]),
  );
  return [...attributePaths(block.attributes), ...nested];
}

function pathsByType(schemas: Schemas | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(schemas ?? {})
      .map(([type, schema]): [string, readonly string[]] => [
        type,
        blockPaths(schema.block)
          .map((path) => path.join('.'))
          .toSorted(),
      ])
      .filter(([, paths]) => paths.length > 0)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

const version = process.argv[2];
if (version === undefined)
  throw new Error(
    'usage: terraform providers schema -json | node scripts/make-sensitive-attributes.ts VERSION',
  );
const schemas: ProviderSchemas = JSON.parse(await readText(process.stdin));
const provider = schemas.provider_schemas[PROVIDER];
if (provider === undefined) throw new Error(`the schema has no ${PROVIDER}`);
const data = {
  source: `terraform providers schema -json of hashicorp/aws ${version}; written by scripts/make-sensitive-attributes.ts`,
  date: new Date().toISOString().slice(0, 10),
  managed: pathsByType(provider.resource_schemas),
  data: pathsByType(provider.data_source_schemas),
};
writeFileSync(
  new URL('../src/plan/data/sensitive-attributes.aws.json', import.meta.url),
  `${JSON.stringify(data, null, 2)}\n`,
);
