import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Prometheus' own checker of rules, for the tests of exported rules, `prometheus` beside it: what `SEKISHO_PROMTOOL` names, or this machine's. */
export function findPromtool(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env.SEKISHO_PROMTOOL;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const folders = (env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'promtool')).find((path) => existsSync(path));
}

export const HOW_TO_GET_PROMTOOL = {
  en: 'Install Prometheus (sudo apt-get install prometheus), or name its promtool in SEKISHO_PROMTOOL.',
  ja: 'Prometheus をインストールするか(sudo apt-get install prometheus)、promtool のパスを SEKISHO_PROMTOOL で指定してください。',
} as const;
