/** What Terraform said of one thing that went wrong. */
export interface Diagnostic {
  /** Summary and detail in one line. */
  readonly words: string;
  /** Of the resource instance that Terraform was at. */
  readonly address?: string;
}

/** More than any provider writes; what is longer is cut. */
const MOST_CHARACTERS = 16_384;
const MOST_LINES = 400;
const MOST_DIAGNOSTICS = 200;
const MOST_LINE_CHARACTERS = 65_536;

/** Gathers error diagnostics from Terraform's output as it comes. Everything else passes, and what is kept is bounded. */
export interface DiagnosticReader {
  /** Any piece of the output, not only whole lines. */
  read(piece: string): void;
  end(): readonly Diagnostic[];
}

/**
 * Reads what Terraform and OpenTofu print: with colours and a rule of box characters, plain (`-no-color`), wrapped at whatever width,
 * or as lines of JSON (`-json`). Source: internal/command/format/diagnostic.go and views/json in Terraform 1.11.
 */
export function diagnosticReader(): DiagnosticReader {
  const found: Diagnostic[] = [];
  let line = '';
  let open: string[] | undefined;
  const close = (): void => {
    if (open !== undefined && found.length < MOST_DIAGNOSTICS) found.push(diagnosticOf(open));
    open = undefined;
  };
  const take = (raw: string): void => {
    if (raw.startsWith('{"@level":"error"')) {
      const diagnostic = found.length < MOST_DIAGNOSTICS ? diagnosticOfJson(raw) : undefined;
      if (diagnostic !== undefined) found.push(diagnostic);
      return;
    }
    const bare = withoutFrame(raw);
    if (bare === undefined || /^(?:Error|Warning): /.test(bare)) close();
    if (bare?.startsWith('Error: ') === true) open = [];
    if (bare !== undefined && open !== undefined && open.length < MOST_LINES) open.push(bare);
  };
  return {
    read: (piece) => {
      const [first = '', ...more] = piece.split('\n');
      line = extended(line, first);
      for (const next of more) {
        take(line);
        line = extended('', next);
      }
    },
    end: () => {
      if (line !== '') take(line);
      line = '';
      close();
      return found;
    },
  };
}

const extended = (line: string, piece: string): string => (line + piece).slice(0, MOST_LINE_CHARACTERS);

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
const COLOUR = /\u001b\[[0-9;]*m/g;

/** A line without colours and the rule at its left; undefined for the rule's own ends. */
function withoutFrame(raw: string): string | undefined {
  const line = raw.replaceAll(COLOUR, '').replace(/\r$/, '');
  return /^[╷╵]\s*$/.test(line) ? undefined : line.replace(/^│ ?/, '');
}

const ADDRESS = /^ {2}with (.+),$/;
/** The lines by which Terraform shows the place in the configuration, and the values there. */
const SNIPPET = /^ {2}(?:with .+,|on .+)$|^ {2}\s*\d+: |^ {4}(?:│|├)/;

function diagnosticOf(lines: readonly string[]): Diagnostic {
  const address = lines.map((line) => ADDRESS.exec(line)?.[1]).find((name) => name !== undefined);
  const words = lines.filter((line) => !SNIPPET.test(line)).join(' ');
  return diagnostic(words.replace(/^Error: /, ''), address);
}

function diagnosticOfJson(line: string): Diagnostic | undefined {
  try {
    const { type, diagnostic: of } = JSON.parse(line);
    if (type !== 'diagnostic' || of?.severity !== 'error') return undefined;
    const [summary, detail] = [of.summary, of.detail].map((one) => (typeof one === 'string' ? one : ''));
    return diagnostic(`${summary} ${detail}`, typeof of.address === 'string' ? of.address : undefined);
  } catch {
    return undefined;
  }
}

/** Wrapping replaces a space by the end of a line, so that one space is again what it was. */
const diagnostic = (words: string, address: string | undefined): Diagnostic => ({
  words: words.slice(0, MOST_CHARACTERS).replaceAll(/\s+/g, ' ').trim(),
  ...(address === undefined ? {} : { address }),
});
