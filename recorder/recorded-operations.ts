import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The data that the product reads. */
export const DATA_FILE = join(import.meta.dirname, '../src/credentials/core/needs/recorded-operations.json');

const Operations = z
  .array(
    z.strictObject({
      action: z.string(),
      resources: z.array(z.string()).readonly(),
      whenSet: z.array(z.string()).readonly().exactOptional(),
    }),
  )
  .readonly();

const RecordedOperations = z.strictObject({
  source: z.strictObject({
    provider: z.string(),
    terraform: z.string(),
    standIn: z.string(),
    recordedOn: z.string(),
  }),
  alwaysRead: Operations.default([]),
  types: z.record(
    z.string(),
    z.strictObject({
      create: Operations.exactOptional(),
      read: Operations.exactOptional(),
      update: Operations.exactOptional(),
      import: Operations.exactOptional(),
      delete: Operations.exactOptional(),
    }),
  ),
});

export type RecordedOperations = z.infer<typeof RecordedOperations>;

export const readRecordedOperations = async (): Promise<RecordedOperations> =>
  RecordedOperations.parse(JSON.parse(await readFile(DATA_FILE, 'utf8')));

/** Types in the order of their names; the same data gives the same file. */
export async function writeRecordedOperations(data: RecordedOperations): Promise<void> {
  const types = Object.fromEntries(Object.entries(data.types).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(DATA_FILE, `${JSON.stringify({ ...data, types }, null, 2)}\n`);
}
