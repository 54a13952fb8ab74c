import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { harmless } from './workflow-commands.ts';

/** Shows what another process writes to a file, line by line, as it comes. */
export interface Relay {
  /** Shows everything there is before this byte of the file, by default all; `flush` ends a line that is not whole yet. */
  show(upTo?: number, flush?: boolean): void;
  /** How many bytes were shown, those of a line that is not whole yet among them. */
  shown(): number;
  close(): void;
}

export interface RelayOptions {
  readonly file: string;
  /** Bytes to leave out at its beginning. */
  readonly from?: number;
  write(words: string): void;
  /** Hears every line as it was written. */
  hear?(line: string): void;
}

const PIECE_BYTES = 65_536;

/** Lines end where the runner ends them: a carriage return alone is an end, too. */
const LINE_ENDS = /\r\n|\n|\r/;

export function relay({ file, write, hear, from = 0 }: RelayOptions): Relay {
  const fd = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const piece = Buffer.alloc(PIECE_BYTES);
  let at = from;
  let rest = '';
  const tell = (line: string): void => {
    hear?.(line);
    write(`${harmless(line)}\n`);
  };
  const take = (words: string): void => {
    const lines = `${rest}${words}`.split(LINE_ENDS);
    rest = lines.pop() ?? '';
    for (const line of lines) tell(line);
  };
  return {
    show: (upTo = Number.POSITIVE_INFINITY, flush = false) => {
      while (at < upTo) {
        const length = readSync(fd, piece, 0, Math.min(PIECE_BYTES, upTo - at), at);
        if (length === 0) break;
        at += length;
        take(decoder.write(piece.subarray(0, length)));
      }
      if (!flush) return;
      take(decoder.end());
      if (rest !== '') tell(rest);
      rest = '';
    },
    shown: () => at,
    close: () => closeSync(fd),
  };
}
