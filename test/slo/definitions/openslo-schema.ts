import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const folder = `${import.meta.dirname}/openslo/schema`;
const PARTS = 'https://openslo.com/schemas/v1/parts/';

const ajv = new Ajv({ strict: false });
for (const file of readdirSync(folder)) ajv.addSchema(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));

/** What OpenSLO's published JSON schema says against a document: nothing, or where and why. */
export function schemaFaults(document: object): readonly string[] {
  const kind = String(Reflect.get(document, 'kind')).toLowerCase();
  return ['general', `${kind}-spec`].flatMap((part) => {
    const validate = ajv.getSchema(`${PARTS}${part}.schema.json`);
    if (validate === undefined) return [`no schema of ${kind}`];
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
}
