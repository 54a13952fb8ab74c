import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutsideTools } from '../demo/outside-tools.ts';
import { startMoto } from '../demo/stand-ins/moto.ts';
import { importIdOf } from './import-ids.ts';
import type { Origin } from './provider-log.ts';
import type { AttributedRequest, RecordedResource, Recording, Step } from './recording.ts';
import { type RecordedRequest, startRecordingProxy } from './recording-proxy.ts';
import {
  changedAttributes,
  loggedRun,
  openWorkspace,
  readPlan,
  readResources,
  versionsOf,
  type Workspace,
  writeImports,
} from './terraform-runs.ts';

/** moto's own account. */
const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';

const UPDATED = '-var=updated=true';

/**
 * Takes the catalogue's files through all steps with the real Terraform and provider against an empty stand-in. What
 * fails in a step is in its errors; the others go on.
 */
export async function recordSteps(options: {
  readonly tools: OutsideTools;
  /** A folder to work in; emptied first. */
  readonly folder: string;
  /** Names in the catalogue, without what all share. */
  readonly files: readonly string[];
  /** `moto 5.2.1` */
  readonly standIn: string;
  /** `2026-11-23` */
  readonly recordedOn: string;
  /** Hears of the step that begins. */
  readonly onStep: (step: Step) => void;
}): Promise<Recording> {
  const { tools, folder, files, onStep } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const moto = await startMoto({ motoServer: tools.motoServer, directory: join(folder, 'moto') });
  const proxy = await startRecordingProxy(moto.endpoint);
  const steps: Recording['steps'] = [];
  try {
    const workspace = await openWorkspace(tools, join(folder, 'terraform'), files, proxy.url);
    const run = async (step: Step, args: readonly string[]) => {
      onStep(step);
      proxy.take();
      const { outcome, origins } = await loggedRun(workspace, args);
      steps.push({ step, requests: attributed(proxy.take(), origins), errors: [...outcome.errors] });
    };
    const resources = await lifeOf(workspace, run);
    return {
      ...(await versionsOf(workspace)),
      standIn: options.standIn,
      recordedOn: options.recordedOn,
      account: ACCOUNT,
      region: REGION,
      resources: [...resources],
      steps,
    };
  } finally {
    await proxy.stop();
    await moto.stop();
  }
}

type Run = (step: Step, args: readonly string[]) => Promise<void>;

async function lifeOf(workspace: Workspace, run: Run): Promise<readonly RecordedResource[]> {
  const quiet = ['-input=false', '-lock=false'];
  await loggedRun(workspace, ['plan', ...quiet, '-out=create.tfplan']);
  const created = await readPlan(workspace, 'create.tfplan');
  await run('create', ['apply', ...quiet, 'create.tfplan']);
  const resources = await readResources(workspace, created);
  await run('read', ['plan', ...quiet, '-refresh-only']);
  await importInto(workspace, resources, run);
  await loggedRun(workspace, ['plan', ...quiet, '-refresh=false', UPDATED, '-out=update.tfplan']);
  const updated = await readPlan(workspace, 'update.tfplan');
  await run('update', ['apply', ...quiet, 'update.tfplan']);
  await run('delete', ['apply', ...quiet, '-destroy', '-refresh=false', '-auto-approve', UPDATED]);
  return resources.map((resource) => {
    const changed = changedAttributes(updated, resource.type, resource.label);
    return changed === undefined ? resource : { ...resource, changed };
  });
}

/** Imports what exists into an empty state, and puts the state back. */
async function importInto(
  workspace: Workspace,
  resources: readonly RecordedResource[],
  run: Run,
): Promise<void> {
  const state = join(workspace.folder, 'terraform.tfstate');
  const imports = resources.flatMap((resource) => {
    const id = importIdOf(resource);
    return id === undefined ? [] : [{ type: resource.type, label: resource.label, id }];
  });
  await rename(state, `${state}.kept`);
  await writeImports(workspace, imports);
  await run('import', ['plan', '-input=false', '-lock=false']);
  await rm(join(workspace.folder, 'imports.tf'));
  await rename(`${state}.kept`, state);
}

function attributed(
  requests: readonly RecordedRequest[],
  origins: ReadonlyMap<string, Origin>,
): AttributedRequest[] {
  return requests.map((request) => {
    const origin = origins.get(request.headers['amz-sdk-invocation-id'] ?? '');
    return origin === undefined ? request : { ...request, origin };
  });
}
