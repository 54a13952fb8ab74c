import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ok, type Problem, type Result } from '#core-values';
import { type ConfigWatch, type Logger, watchConfig } from '#platform';
import { type DefinitionsInForce, readDefinitionFolder } from '#slo';

const NOTHING: DefinitionsInForce = {
  definitions: { services: [], dataSources: [], screens: [], slos: [] },
  digest: 'none',
};

/**
 * What the folder defines, as it is from now on. A bad new version changes nothing. Bad ones at the start leave nothing in force, and
 * `isUnread` says that this is not the same as none: what depends on SLOs is denied.
 */
export async function followDefinitions(
  folder: string,
  logger: Pick<Logger, 'info' | 'error'>,
): Promise<ConfigWatch<DefinitionsInForce>> {
  let refused: Problem | undefined;
  let told = '';
  const load = async (): Promise<Result<DefinitionsInForce, Problem>> => {
    const read = await readDefinitionFolder(folder);
    refused = read.ok || isNone(read.error) ? undefined : read.error;
    if (!read.ok) return read;
    told = '';
    const { definitions, documents } = read.value;
    return ok({
      ...{ definitions, digest: digestOf(definitions) },
      documents: documents.map(({ definition }) => definition),
    });
  };
  const tell = (problem: Problem): void => {
    const words = JSON.stringify(problem.reasons);
    if (words === told) return;
    told = words;
    const reasons = problem.reasons.map(({ message, place }) => `${place?.file ?? folder}: ${message.en}`);
    if (isNone(problem)) logger.info('There are no SLO definitions', { folder });
    else logger.error('SLO definitions are bad; what was in force stays in force', { folder, reasons });
  };
  const initial = await load();
  if (!initial.ok) tell(initial.error);
  const watch = watchConfig<DefinitionsInForce, Problem>({
    file: join(folder, 'definitions'),
    initial: initial.ok ? initial.value : NOTHING,
    load,
    same: (a, b) => a.digest === b.digest,
    onChange: () => logger.info('SLO definitions are in force', { folder }),
    onRefused: tell,
  });
  return {
    ...watch,
    current: () => {
      const current = watch.current();
      const problem = refused && { problem: refused, isUnread: current === NOTHING };
      return { ...current, folder, ...problem };
    },
  };
}

const isNone = ({ reasons }: Problem): boolean => reasons[0].rule === 'slo.no-definitions';

const digestOf = (definitions: DefinitionsInForce['definitions']): string =>
  createHash('sha256')
    .update(JSON.stringify(definitions, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)))
    .digest('hex');
