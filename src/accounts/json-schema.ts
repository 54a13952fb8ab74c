import { z } from 'zod';
import { configurationSchema } from './core/index.ts';

/** The JSON Schema of `sekisho.yaml`, as published in `schema/sekisho.schema.json` for editors. */
export const configurationJsonSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(configurationSchema, { io: 'input' }), null, 2)}\n`;
