/*
 * What a step says to GitHub's runner on standard output. Its grammar is read from the runner's own source (actions/runner,
 * src/Runner.Common/ActionCommand.cs): a command begins a line, after spaces, with `::`; the older form `##[…]` may stand anywhere
 * in it; lines end at \n, \r or both.
 */

const escapedData = (words: string): string =>
  words.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapedProperty = (words: string): string =>
  escapedData(words).replaceAll(':', '%3A').replaceAll(',', '%2C');

export type Properties = Readonly<Record<string, string | number | undefined>>;

/** One command, with its line's end. */
export function workflowCommand(name: string, data: string, properties: Properties = {}): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapedProperty(String(value))}`],
  );
  return `::${name}${given.length === 0 ? '' : ` ${given.join(',')}`}::${escapedData(data)}\n`;
}

/** Makes the runner write `***` for the secret; each of its lines too, because the runner masks line by line. */
export function masks(secret: string): string {
  const lines = [secret, ...secret.split(/\r\n|\n|\r/)];
  return [...new Set(lines.filter((line) => line.trim() !== ''))]
    .map((line) => workflowCommand('add-mask', line))
    .join('');
}

/**
 * A line of somebody else's, Terraform's or a provider's, of which the runner makes no command: else a plan could switch masking
 * off, or write an error that nobody made.
 */
export const harmless = (line: string): string =>
  line.replace(/^([^\p{L}\p{N}]*?)::/u, '$1:\u2060:').replaceAll('##[', '#\u2060#[');
