/*
 * How GitHub's runner reads what a step prints, after its source: src/Runner.Common/ActionCommand.cs and
 * src/Runner.Worker/ActionCommandManager.cs of actions/runner.
 */

export interface WorkflowCommand {
  readonly name: string;
  readonly data: string;
  readonly properties: Readonly<Record<string, string>>;
}

const KNOWN = new Set([
  ...['add-mask', 'add-matcher', 'remove-matcher', 'debug', 'notice', 'warning', 'error'],
  ...['group', 'endgroup', 'echo', 'set-output', 'save-state', 'set-env', 'add-path', 'stop-commands'],
]);

const unescapedData = (words: string): string =>
  words.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

const unescapedProperty = (words: string): string =>
  unescapedData(words.replaceAll('%3A', ':').replaceAll('%2C', ','));

/** Reads a line as a command, in either of its two forms; `extra` is the token that ends `stop-commands`. */
export function commandIn(line: string, extra?: string): WorkflowCommand | undefined {
  const newer = /^\s*::(.*?)::(.*)$/s.exec(line);
  const older = /##\[(.*?)\](.*)$/s.exec(line);
  const [form, separator] = newer === null ? ([older, ';'] as const) : ([newer, ','] as const);
  const [, head = '', data = ''] = form ?? [];
  const [, name = '', properties = ''] = /^(\S*)(?: (.*))?$/s.exec(head) ?? [];
  if (form === null || (!KNOWN.has(name) && name !== extra)) return undefined;
  const pairs = properties.split(separator).flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at).trim(), unescapedProperty(pair.slice(at + 1))] as const];
  });
  return { name, data: unescapedData(data), properties: Object.fromEntries(pairs) };
}

export interface Annotation extends WorkflowCommand {
  readonly name: 'notice' | 'warning' | 'error';
}

export interface StepLog {
  /** Takes one line of either stream, as it comes. */
  line(words: string): void;
  /** As people see it: masked, groups as headings. */
  shown(): string;
  annotations(): readonly Annotation[];
  groups(): readonly string[];
  masks(): ReadonlySet<string>;
  /** Commands that are gone from GitHub, or are not for this step to give. */
  misused(): readonly string[];
}

/** The log of one step. `masks` are the job's: they hold for every later step. */
export function stepLog(masks: Set<string>): StepLog {
  const shown: string[] = [];
  const annotations: Annotation[] = [];
  const groups: string[] = [];
  const misused: string[] = [];
  let stopped: string | undefined;
  const masked = (words: string): string =>
    [...masks]
      .toSorted((a, b) => b.length - a.length)
      .reduce((text, secret) => text.replaceAll(secret, '***'), words);
  const obey = ({ name, data, properties }: WorkflowCommand): void => {
    if (name === 'add-mask') masks.add(data);
    else if (name === 'group') groups.push(masked(data));
    else if (name === 'notice' || name === 'warning' || name === 'error') {
      const about = Object.entries(properties).map(([key, value]) => [key, masked(value)]);
      annotations.push({ name, data: masked(data), properties: Object.fromEntries(about) });
    } else if (name === 'stop-commands') stopped = data;
    else if (name !== 'endgroup' && name !== 'debug') misused.push(name);
    if (name !== 'add-mask') shown.push(masked(`${name}: ${data}`));
  };
  return {
    line: (words) => {
      const command = commandIn(words, stopped);
      if (stopped !== undefined && command?.name === stopped) stopped = undefined;
      else if (command === undefined || stopped !== undefined) shown.push(masked(words));
      else obey(command);
    },
    shown: () => shown.join('\n'),
    annotations: () => annotations,
    groups: () => groups,
    masks: () => masks,
    misused: () => misused,
  };
}
