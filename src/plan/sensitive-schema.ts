import type { SensitiveAttributes, SensitiveSchema } from './core/sensitivity.ts';
import aws from './data/sensitive-attributes.aws.json' with { type: 'json' };

const SCHEMA: SensitiveSchema = { managed: attributes(aws.managed), data: attributes(aws.data) };

/** What the providers' schemas call sensitive, from the data files. */
export const sensitiveSchema = (): SensitiveSchema => SCHEMA;

function attributes(paths: Readonly<Record<string, readonly string[]>>): SensitiveAttributes {
  return new Map(Object.entries(paths).map(([type, list]) => [type, list.map((path) => path.split('.'))]));
}
