import { text } from '#core-values';
import { refuse } from './refusal.ts';

/** A source file of the configuration that will be applied. */
export interface ConfigFile {
  /** `` for the root module, else `a.b`. */
  readonly module: string;
  readonly name: string;
  readonly source: string;
}

/** The entries of a plan file, each where it belongs. */
export interface PlanEntries {
  readonly tfplan: Uint8Array;
  readonly state: string;
  readonly previousState: string;
  readonly modules: string;
  readonly lockFile: string;
  readonly configFiles: readonly ConfigFile[];
}

const CONFIG_FILE = /^tfconfig\/m-([^/]*)\/([^/]+\.(?:tf|tofu)(?:\.json)?)$/;
const FIXED: ReadonlySet<string> = new Set([
  'tfplan',
  'tfstate',
  'tfstate-prev',
  'tfconfig/modules.json',
  '.terraform.lock.hcl',
]);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Sorts an archive's entries; one that Terraform does not write is refused. Throws a refusal. */
export function planEntries(archive: ReadonlyMap<string, Uint8Array>): PlanEntries {
  const configFiles: ConfigFile[] = [];
  for (const [entry, bytes] of archive) {
    if (FIXED.has(entry)) continue;
    const [, module, name] = CONFIG_FILE.exec(entry) ?? [];
    if (module === undefined || name === undefined) return refuseEntry(entry);
    configFiles.push({ module, name, source: decodeText(bytes, entry) });
  }
  const required = (entry: string): Uint8Array => archive.get(entry) ?? refuseMissing(entry);
  const lockFile = archive.get('.terraform.lock.hcl');
  return {
    tfplan: required('tfplan'),
    state: decodeText(required('tfstate'), 'tfstate'),
    previousState: decodeText(required('tfstate-prev'), 'tfstate-prev'),
    modules: decodeText(required('tfconfig/modules.json'), 'tfconfig/modules.json'),
    lockFile: lockFile === undefined ? '' : decodeText(lockFile, '.terraform.lock.hcl'),
    configFiles,
  };
}

function decodeText(bytes: Uint8Array, entry: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return refuse(
      'bad-encoding',
      text(
        `${entry} in the plan file is not UTF-8.`,
        `プランファイル内の ${entry} は UTF-8 ではありません。`,
      ),
    );
  }
}

function refuseEntry(entry: string): never {
  const shown = JSON.stringify(entry.slice(0, 200));
  return refuse(
    'unknown-entry',
    text(
      `The plan file holds ${shown}, which Terraform does not write.`,
      `プランファイルに、Terraform の書かない ${shown} が入っています。`,
    ),
  );
}

function refuseMissing(entry: string): never {
  return refuse(
    'not-a-plan',
    text(
      `The file is a zip archive without ${entry}: it is no plan file.`,
      `ファイルは zip ですが ${entry} がなく、プランファイルではありません。`,
    ),
  );
}
