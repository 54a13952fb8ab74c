import { buildWeb } from '../../scripts/setup/web.ts';

/** Tests see the pages as they are in the sources now. */
// biome-ignore lint/style/noDefaultExport: Vitest asks for the default export.
export default async function setup(): Promise<void> {
  await buildWeb();
}
