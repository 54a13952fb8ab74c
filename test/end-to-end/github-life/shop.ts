import { glob, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { SHOP_REPOSITORY } from '../../../demo/sekisho-yaml.ts';
import { freePort, startServerProcess } from '../../../demo/server-process.ts';
import { type StandInGitHubApi, startGitHubApi } from '../../../demo/stand-ins/github/index.ts';
import type { App, Repository } from '../../../demo/stand-ins/github/state.ts';
import { openStage, type Stage } from '../../../demo/story/stage.ts';
import { startWorld, type World } from '../../../demo/world.ts';
import { EVENTS, PERMISSIONS } from '../../../src/github/app/permissions.ts';

/** The shop on GitHub: its repository with our workflows, our App, a server, and an AWS that enforces. */
export interface ShopOnGitHub {
  readonly github: StandInGitHubApi;
  readonly repository: Repository;
  readonly app: App;
  readonly world: World;
  readonly stage: Stage;
  /** With `terraform` in it. */
  readonly bin: string;
  /** Delivers what GitHub has to tell until this holds; fails with what is seen then. */
  until(what: () => boolean, seen: () => string): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../../..');
/** Longer than the server needs to find by itself what a lost webhook would have told it (3 minutes), and than a busy machine takes. */
const LONGEST_MS = 300_000;
const LOOK_EVERY_MS = 100;

export async function openShopOnGitHub(directory: string): Promise<ShopOnGitHub> {
  const github = await startGitHubApi();
  const { tokens, issuer: url, stop } = github;
  const made = await startWorld({ directory: join(directory, 'world'), github: { ...tokens, url, stop } });
  const world = {
    ...made,
    sekishoYaml: (at: Parameters<World['sekishoYaml']>[0]) => ours(made.sekishoYaml(at)),
  };
  github.organization('shop', Number(SHOP_REPOSITORY.ownerId));
  for (const { name, githubId } of Object.values(world.people)) github.user(name, Number(githubId));
  github.team('shop', 'shop', ['taro', 'hanako', 'yuki']);
  const server = await startServerProcess({
    ...{ world, directory: join(directory, 'server') },
    port: await freePort(),
  });
  const print = (): void => undefined;
  const stage = await openStage({ world, url: server.url, directory, language: 'en', print, color: false });
  const repository = github.repository({
    ...{ owner: 'shop', name: 'infra', id: Number(SHOP_REPOSITORY.id) },
    files: await firstFiles(world, server.url),
  });
  const app = await connectApp(github, repository, stage);
  const bin = join(directory, 'bin');
  await mkdir(bin);
  await symlink(world.tools.terraform, join(bin, 'terraform'));
  return {
    ...{ github, repository, app, world, stage, bin },
    until: async (what, seen) => {
      const deadline = Date.now() + LONGEST_MS;
      for (;;) {
        await github.deliver();
        if (what()) return;
        if (Date.now() > deadline) throw new Error(`This was never seen as awaited:\n${seen()}`);
        await delay(LOOK_EVERY_MS);
      }
    },
    stop: async () => {
      await server.stop();
      await world.stop();
    },
  };
}

/** Reviews count beside signatures, and production is applied before the merge. */
function ours(yaml: string): string {
  const configuration = parse(yaml);
  for (const { name, approval, apply } of configuration.stacks) {
    approval.accept = ['signature', 'review'];
    if (name === 'shop-production') apply.when = 'before-merge';
  }
  return stringify(configuration, { lineWidth: 0 });
}

/** Both stacks as they are before anything is in them, and our workflows as people copy them. */
async function firstFiles(world: World, server: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  const { directory } = world.repository;
  for await (const path of glob('stacks/*/{backend.tf,.terraform.lock.hcl}', { cwd: directory }))
    files[path] = await readFile(join(directory, path), 'utf8');
  for (const name of ['change.yml', 'terraform.yml']) {
    const workflow = await readFile(join(ROOT, 'action/workflows', name), 'utf8');
    files[`.github/workflows/${name}`] = workflow.replaceAll('https://sekisho.shop.example', server);
  }
  return files;
}

/** As an administrator does with an App that was made by hand. */
async function connectApp(github: StandInGitHubApi, repository: Repository, stage: Stage): Promise<App> {
  const app = github.registerApp({
    ...{ name: 'Sekisho Shop', owner: 'shop', events: EVENTS, hookUrl: '' },
    permissions: Object.fromEntries(PERMISSIONS.map(({ name, level }) => [name, level])),
  });
  github.install(app, 'shop', [repository]);
  await writeFile(join(stage.directory, 'app.pem'), app.privateKeyPem);
  await writeFile(join(stage.directory, 'webhook-secret'), app.hook.secret);
  const { exitCode, output } = await stage.person(
    ...([
      'hanako',
      'github',
      'connect',
      '--url',
      `http://${github.host}`,
      '--app-id',
      String(app.id),
    ] as const),
    ...(['--key-file', 'app.pem', '--webhook-secret-file', 'webhook-secret'] as const),
  );
  const [hook] = /http:\S+\/v1\/github\/webhooks\/gha_[0-9a-f-]+/.exec(output) ?? [];
  if (exitCode !== 0 || hook === undefined) throw new Error(output);
  app.hook.url = hook;
  return app;
}
