import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** What is a person's own in a printed line: what stands there → what the person has instead. */
type Own = Readonly<Record<string, string>>;

/** A line that a document prints, with what is the person's own put in; fails where the document has no such line. */
export function printed(document: string, line: string, own: Own = {}): string {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const at = text.indexOf(line);
  if (at === -1 || !/^(?:$|[\s`])/.test(text.slice(at + line.length, at + line.length + 1)))
    throw new Error(`${document} prints no “${line}”.`);
  return Object.entries(own).reduce((typed, [theirs, ours]) => {
    if (!typed.includes(theirs)) throw new Error(`“${line}” has no “${theirs}”.`);
    return typed.replaceAll(theirs, ours);
  }, line);
}

/** What a step took: lines that a person typed, clicks on GitHub, and how long the machine worked. */
export interface Taken {
  readonly step: string;
  commands: number;
  clicks: number;
  machineSeconds: number;
}

export interface Person {
  readonly taken: readonly Taken[];
  /** Begins a step: what follows is counted for it. */
  begin(step: string): void;
  /** Types lines into one shell; its whole output. Fails where one of them does. */
  type(lines: readonly string[], where: Where): Promise<string>;
  click(): void;
  /** Ends the last step, for `taken`. */
  end(): void;
}

interface Where {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What was typed into the same shell before, and is not counted again. */
  readonly before?: readonly string[];
  /** What is answered to questions. */
  readonly input?: string;
}

export function newPerson(): Person {
  const taken: Taken[] = [];
  let sinceMs = Date.now();
  const end = (): void => {
    const last = taken.at(-1);
    if (last !== undefined) last.machineSeconds = Math.round((Date.now() - sinceMs) / 1000);
  };
  const count = (what: 'commands' | 'clicks', by: number): void => {
    const last = taken.at(-1);
    if (last !== undefined) last[what] += by;
  };
  return {
    taken,
    begin: (step) => {
      end();
      sinceMs = Date.now();
      taken.push({ step, commands: 0, clicks: 0, machineSeconds: 0 });
    },
    type: (lines, where) => {
      count('commands', lines.length);
      return inShell([...(where.before ?? []), ...lines].join('\n'), where);
    },
    click: () => count('clicks', 1),
    end,
  };
}

function inShell(lines: string, { cwd, env, input = '' }: Where): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-ec', lines], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
    shell.once('error', reject);
    shell.once('close', (code) =>
      code === 0 ? resolve(said) : reject(new Error(`${lines}\nexit code ${code}\n${said.slice(-4_000)}`)),
    );
    // A command that asks nothing may be gone before it could read.
    shell.stdin.on('error', () => undefined);
    shell.stdin.end(input);
  });
}
