import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and that of the children it has waited for. */
  readonly milliseconds: number;
}

/** Processor time of a process and all below it so far; 0 where there is no /proc. A busy machine does not change it. */
export function processorTimeMs(root: number): number {
  const all = readProcesses();
  const within = new Set([root]);
  for (let grown = 0; grown !== within.size; ) {
    grown = within.size;
    for (const { pid, parent } of all) if (within.has(parent)) within.add(pid);
  }
  return all.filter(({ pid }) => within.has(pid)).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

/** The process whose command line holds these words. */
export const processWith = (words: string): number | undefined =>
  readProcesses().find(({ pid }) => commandLineOf(pid).includes(words))?.pid;

function readProcesses(): readonly ProcessFacts[] {
  return pids().flatMap((pid) => {
    const stat = read(`/proc/${pid}/stat`);
    // The name in parentheses may hold anything; the fields after it are numbers (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [parent, ...ticks] = [fields[1], ...fields.slice(11, 15)].map(Number);
    if (parent === undefined) return [];
    const milliseconds = (ticks.reduce((sum, tick) => sum + tick, 0) * 1000) / TICKS_PER_SECOND;
    return [{ pid, parent, milliseconds }];
  });
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

const commandLineOf = (pid: number): string => read(`/proc/${pid}/cmdline`);

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
