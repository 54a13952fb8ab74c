import { isAbsolute, join, relative } from 'node:path';

/** An error of Terraform's, for an annotation. */
export interface TerraformError {
  readonly title: string;
  readonly message: string;
  /** Below the checkout, and its line; absent where the error has no place there. */
  readonly file?: string;
  readonly line?: number;
}

export interface TerraformErrors {
  hear(line: string): void;
  end(): readonly TerraformError[];
}

/** GitHub shows ten errors of a step; one place is kept for ours. */
const MOST_ERRORS = 9;
const MOST_LINES = 60;
const MOST_CHARACTERS = 2_000;

/**
 * Reads the errors in Terraform's output, plain or framed by box characters; what is no error passes by. Source:
 * internal/command/format/diagnostic.go in Terraform 1.11.
 */
export function terraformErrors(where: {
  readonly workspace: string;
  readonly directory: string;
}): TerraformErrors {
  const found: TerraformError[] = [];
  let open: string[] | undefined;
  const close = (): void => {
    if (open !== undefined && found.length < MOST_ERRORS) found.push(errorOf(open, where));
    open = undefined;
  };
  return {
    hear: (raw) => {
      const line = raw.replace(/^[│╷╵]\s?/, '').trimEnd();
      if (/^(?:Error|Warning): /.test(line) || raw.startsWith('╵')) close();
      if (line.startsWith('Error: ')) open = [];
      if (open !== undefined && open.length < MOST_LINES) open.push(line);
    },
    end: () => {
      close();
      return found;
    },
  };
}

const PLACE = /^\s*on (.+) line (\d+)(?:, in .*)?:?$/;

function errorOf(lines: readonly string[], where: { workspace: string; directory: string }): TerraformError {
  const [head = '', ...more] = lines;
  const placed = more.map((line) => PLACE.exec(line)).find((match) => match !== null);
  const message = more.join('\n').trim().slice(0, MOST_CHARACTERS);
  const title = head.slice(0, 200);
  const [, written = '', number = ''] = placed ?? [];
  const file = relative(where.workspace, join(where.directory, written));
  const isOutside = written === '' || isAbsolute(written) || isAbsolute(file) || /^\.\.(?:\/|$)/.test(file);
  // Modules that `init` fetched are no files of the repository.
  if (isOutside || file.split('/').includes('.terraform')) return { title, message: message || title };
  return { title, message: message || title, file, line: Number(number) };
}
