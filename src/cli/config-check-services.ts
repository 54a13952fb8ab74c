import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Configuration } from '#accounts';
import { type Text, text } from '#core-values';
import { readDefinitionFolder } from '#slo';

/** Services of stacks that no SLO beside the configuration is of: a slip of the pen there would open the gate in silence. */
export async function servicesWithoutSlo(
  file: string,
  { organization }: Configuration,
): Promise<readonly Text[]> {
  const folder = join(dirname(file), 'slo');
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const read = isThere ? await readDefinitionFolder(folder) : undefined;
  if (read?.ok !== true) return [];
  const known = new Set(read.value.definitions.slos.map(({ service }) => service));
  return organization.stacks.flatMap(({ name, services = [] }) => {
    const unknown = services.filter((service) => !known.has(service));
    return unknown.length === 0 ? [] : [withoutSlo(name, unknown)];
  });
}

const withoutSlo = (stack: string, services: readonly string[]): Text =>
  text(
    `No SLO in slo/ is of ${services.join(', ')}, which the stack ${stack} names: no error budget of theirs holds anything up.`,
    `スタック ${stack} の services にある ${services.join('、')} の SLO が slo/ にありません。このサービスのエラーバジェットでは適用を止められません。`,
  );
