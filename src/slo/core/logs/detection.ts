import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type RequestBatch, SPANS, spanEnd, spanStart, TEXT_FIELDS, type TextField } from './batch.ts';
import { bytesOf, LINE_FEED, startsWith } from './bytes.ts';
import { KNOWN_FORMATS, type LogFormat, parserOf } from './formats.ts';
import { lineMemory, lineReader, unparsedOf } from './lines.ts';

/** What lines of a sample tell beside time and status. */
export type ToldField = TextField | 'duration';

/** A format that a sample of a file's lines was found to have. */
export interface DetectedFormat {
  readonly format: LogFormat;
  /** The confidence: of so many lines so many are requests of the format. 0 of 0: a header alone. */
  readonly lines: number;
  readonly requests: number;
  /** What at least one of them tells. */
  readonly told: readonly ToldField[];
}

/** How much of a file is looked at. */
export const SAMPLE_BYTES = 64 * 1024;
/** Fewer in a hundred, and a person has to say what it is. */
const LEAST_PERCENT = 90;
const CLOUDFRONT_HEADERS = [bytesOf('#Version:'), bytesOf('#Fields:')];

const memory = lineMemory({ longestLine: SAMPLE_BYTES, input: SAMPLE_BYTES + 8, rows: 128 });

/** The format of a file that begins with the sample; the last line of a sample that is not `whole` is left out. */
export function detectFormat(
  file: string,
  sample: Uint8Array,
  whole: boolean,
): Result<DetectedFormat, Problem> {
  const lineEnd = whole ? sample.length : sample.lastIndexOf(LINE_FEED) + 1;
  const lines = sample.subarray(0, lineEnd);
  const tried: DetectedFormat[] = [];
  for (const kind of KNOWN_FORMATS) {
    const { found, skipped } = tryFormat(file, { kind }, lines);
    tried.push(found);
    // Nothing reads more than all, and of equals the first is the best.
    if (found.requests > 0 && found.requests === found.lines && skipped === 0) break;
  }
  // Of equals the one that says more, which comes first.
  const best = tried.toSorted((a, b) => b.requests - a.requests)[0];
  if (best !== undefined && best.requests > 0 && best.requests * 100 >= best.lines * LEAST_PERCENT)
    return ok(best);
  const headed = CLOUDFRONT_HEADERS.some((header) => startsWith(lines, 0, lines.length, header));
  const headerAlone = tried.find(
    ({ format, lines: read }) => headed && format.kind === 'cloudfront' && read === 0,
  );
  if (headerAlone !== undefined) return ok(headerAlone);
  return err(unknownFormat(file, best));
}

interface Tried {
  readonly found: DetectedFormat;
  readonly skipped: number;
}

function tryFormat(file: string, format: LogFormat, sample: Uint8Array): Tried {
  const told = new Set<ToldField>();
  const consume = (batch: RequestBatch): void => {
    for (let row = 0; row < batch.count; row += 1) {
      for (const field of TEXT_FIELDS)
        if (spanEnd(batch, row, SPANS[field]) > spanStart(batch, row, SPANS[field])) told.add(field);
      if (!Number.isNaN(batch.durationMs[row])) told.add('duration');
    }
  };
  const reader = lineReader({ file, parser: parserOf(format), consume, memory });
  reader.push(sample);
  const counts = reader.end();
  const { requests, skipped } = counts;
  return { found: { format, lines: requests + unparsedOf(counts), requests, told: [...told] }, skipped };
}

function unknownFormat(file: string, best: DetectedFormat | undefined): Problem {
  const { lines = 0, requests = 0 } = best ?? {};
  const nearest = requests === 0 ? '' : `${requests}/${lines}: ${best?.format.kind}`;
  return problem('bad-input', {
    rule: 'slo.log-format-unknown',
    message: text(
      `${file} is in no format that is known${nearest === '' ? '' : ` (nearest, requests of lines looked at: ${nearest})`}.`,
      `${file} は既知のどのログ形式でもありません${nearest === '' ? '' : `（最も近いもの、調べた行のうち読めた行: ${nearest}）`}。`,
    ),
    remedy: text(
      'Say what it is: a format by its name, or the log_format of nginx or the LogFormat of Apache that wrote it.',
      '形式を指定してください。形式名のほか、nginx の log_format や Apache の LogFormat をそのまま指定できます。',
    ),
    place: { file },
  });
}
