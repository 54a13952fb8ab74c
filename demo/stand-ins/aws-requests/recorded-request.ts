import { readFileSync } from 'node:fs';
import type { HttpRequest } from './model.ts';

/** A request as the golden cases write it: method and target, headers, an empty line, the body. */
export function readRecorded(path: string): HttpRequest {
  const bytes = readFileSync(path);
  const end = bytes.indexOf('\n\n');
  const [first = '', ...lines] = bytes.subarray(0, end).toString('utf8').split('\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { method, target, headers, body: bytes.subarray(end + 2) };
}
