import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, type LaunchedServer, launchServerProcess } from '../../../demo/server-process.ts';
import { startWorld, type World } from '../../../demo/world.ts';
import { client, makeGate } from './client.ts';
import { type Evidence, readEvidence } from './evidence.ts';
import { type Crew, crew } from './jobs.ts';
import { emptyLedger, type Ledger } from './ledger.ts';
import { type Keys, makeKeys, STACKS, widened } from './organization.ts';
import { type People, peopleAt } from './people.ts';
import { makePlanFiles, type PlanFiles } from './plan-files.ts';
import { randomNumbers } from './random.ts';

export interface KillOrder {
  readonly rounds: number;
  /** The moments of the kills follow from it; what the server was doing then does not. */
  readonly seed: number;
}

export interface Killed {
  readonly ledger: Ledger;
  /** What the database holds when everything is over, read without the server. */
  readonly evidence: Evidence;
  /** The server's own log of all its lives, until it was stopped for good. */
  readonly log: string;
  readonly postgresLog: string;
  readonly killedStarting: number;
  readonly slowestStartMs: number;
  /** Stacks that a plan could not be taken through any more, within a few runs, after the last restart. */
  readonly stuck: readonly string[];
}

/** A kill that is to hit the start waits at most this long after the launch. */
const LONGEST_START_MS = 2_500;
/**
 * A kill that is to hit the work waits for at most so many answers, and then a moment: counted in answers, the kills
 * spread over all steps of the story on a slow machine as on a fast one.
 */
const MOST_ANSWERS = 60;
const LONGEST_MOMENT_MS = 40;
const LONGEST_WORK_MS = 20_000;
/** The first starts make the database: three of them are cut short. Later, every sixth. */
const hitsStart = (round: number): boolean => round < 3 || round % 6 === 5;
const RUNS_TO_SETTLE = 4;
const CHECKPOINT_EVERY_MS = 250;

/** Kills the server `rounds` times under load, then lets it finish and reads what is left. */
export async function killServer(order: KillOrder): Promise<Killed> {
  const directory = await mkdtemp(join(tmpdir(), 'sekisho-kills-'));
  // The database runs as another user when we are root, and must reach its folder.
  await chmod(directory, 0o711);
  const world = await startWorld({ directory: join(directory, 'world') });
  try {
    return await killInWorld(world, join(directory, 'server'), await makePlanFiles(world), order);
  } finally {
    await world.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function killInWorld(
  world: World,
  directory: string,
  files: PlanFiles,
  order: KillOrder,
): Promise<Killed> {
  const keys = makeKeys();
  const launch = launcher(widened(world, keys), directory, await freePort());
  try {
    return await killAll(world, launch, keys, files, order);
  } finally {
    await launch.end();
  }
}

async function killAll(
  world: World,
  launch: Launcher,
  keys: Keys,
  files: PlanFiles,
  { rounds, seed }: KillOrder,
): Promise<Killed> {
  const random = randomNumbers(seed);
  const ledger = emptyLedger();
  const gate = makeGate();
  const url = launch.url;
  const send = client(url, gate, ledger);
  const people = await peopleAt(url, send, keys, ledger);
  const crews = STACKS.map((stack, index) => {
    const own = randomNumbers(seed + index + 1);
    return { stack, crew: crew({ world, url, send, people, ledger, files, stack, random: own }) };
  });
  const load = startLoad(
    crews.map((one) => one.crew),
    people,
  );
  let slowestStartMs = 0;
  let killedStarting = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [first, second, third] = [random(), random(), random()];
    const server = await launch.start();
    if (hitsStart(round)) {
      await delay(first * LONGEST_START_MS);
      killedStarting += 1;
      await server.kill();
      continue;
    }
    slowestStartMs = Math.max(slowestStartMs, await readyMs(server));
    const postmaster = await launch.postmasterPid();
    const moment = gate.answers(1 + Math.floor(first * MOST_ANSWERS));
    gate.open();
    await Promise.race([moment, load.broken, delay(LONGEST_WORK_MS)]);
    await delay(second * LONGEST_MOMENT_MS);
    gate.close();
    const killed = server.kill();
    // Every other time PostgreSQL too, as when the container dies: nobody is left to write out what is in memory.
    if (third < 0.5) process.kill(postmaster, 'SIGKILL');
    await killed;
  }
  const last = await launch.start();
  slowestStartMs = Math.max(slowestStartMs, await readyMs(last));
  gate.open();
  await load.end();
  const stuck = await settle(crews);
  await people.keepCheckpoint();
  const log = await readFile(launch.logFile, 'utf8');
  await last.stop();
  const evidence = await readEvidence(launch.databaseFolder, ledger);
  const postgresLog = await readFile(evidence.postgresLogFile, 'utf8');
  return { ledger, evidence, log, postgresLog, killedStarting, slowestStartMs, stuck };
}

async function readyMs(server: LaunchedServer): Promise<number> {
  const startMs = performance.now();
  await server.ready();
  return performance.now() - startMs;
}

interface Launcher {
  readonly url: string;
  readonly logFile: string;
  readonly databaseFolder: string;
  start(): Promise<LaunchedServer>;
  /** Of a server that is ready: then the file is its own, and not one of an earlier life. */
  postmasterPid(): Promise<number>;
  /** Leaves no server behind, whatever went wrong. */
  end(): Promise<void>;
}

function launcher(world: World, directory: string, port: number): Launcher {
  const databaseFolder = join(directory, '.sekisho', 'postgres');
  let newest: LaunchedServer | undefined;
  return {
    url: `http://localhost:${port}`,
    logFile: join(directory, 'server.log'),
    databaseFolder,
    start: async () => {
      newest = await launchServerProcess({ world, directory, port });
      return newest;
    },
    postmasterPid: async () => {
      const file = join(databaseFolder, 'data', 'postmaster.pid');
      return Number((await readFile(file, 'utf8')).split('\n')[0]);
    },
    end: async () => newest?.stop(),
  };
}

/** Every crew makes changes, and somebody keeps checkpoints, until told to end. `broken` rejects when one cannot go on. */
function startLoad(crews: readonly Crew[], people: People) {
  let ending = false;
  const until = async (work: () => Promise<unknown>): Promise<void> => {
    while (!ending) await work();
  };
  const all = Promise.all([
    ...crews.map((one) => until(() => one.change())),
    until(async () => {
      await people.keepCheckpoint();
      await delay(CHECKPOINT_EVERY_MS);
    }),
  ]);
  const broken = new Promise<never>((_, reject) => void all.catch(reject));
  broken.catch(() => undefined);
  return {
    broken,
    end: async () => {
      ending = true;
      await all;
    },
  };
}

/** Takes each stack through one more change, from plan to report. */
async function settle(
  crews: readonly { readonly stack: { readonly name: string }; readonly crew: Crew }[],
): Promise<readonly string[]> {
  const ends = await Promise.all(
    crews.map(async ({ stack, crew: one }) => {
      for (let run = 0; run < RUNS_TO_SETTLE; run += 1) if ((await one.change()) === 'applied') return [];
      return [stack.name];
    }),
  );
  return ends.flat();
}
