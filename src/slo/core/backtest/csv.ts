import { err, ok, type Result, text } from '#core-values';
import type { Refusal } from '#platform/core';

/** A record of a CSV file, and the line in which it begins, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** RFC 4180, with any line ends; empty lines are left out. An error tells the line. */
export function csvRecords(words: string): Result<readonly CsvRecord[], Refusal & { readonly line: number }> {
  const records: CsvRecord[] = [];
  let [fields, field, line, first]: [string[], string, number, number] = [[], '', 1, 1];
  const endRecord = (): void => {
    fields.push(field);
    if (fields.length > 1 || field.trim() !== '') records.push({ line: first, fields });
    [fields, field] = [[], ''];
  };
  for (let at = 0; at < words.length; at += 1) {
    const letter = words[at] ?? '';
    if (letter === '"' && field.trim() === '') {
      const quoted = quotedField(words, at + 1);
      if (quoted === undefined) return err({ ...OPEN_QUOTE, line });
      field = quoted.value;
      line += quoted.value.split('\n').length - 1;
      at = quoted.end;
    } else if (letter === ',') {
      fields.push(field);
      field = '';
    } else if (letter === '\n') {
      endRecord();
      line += 1;
      first = line;
    } else if (letter !== '\r') field += letter;
  }
  endRecord();
  return ok(records);
}

/** From behind the opening quote; `end` is the closing one. */
function quotedField(
  words: string,
  from: number,
): { readonly value: string; readonly end: number } | undefined {
  for (let at = words.indexOf('"', from); at >= 0; at = words.indexOf('"', at + 2)) {
    if (words[at + 1] !== '"') return { value: words.slice(from, at).replaceAll('""', '"'), end: at };
  }
  return undefined;
}

const OPEN_QUOTE: Refusal = {
  rule: 'incidents.csv-quote',
  message: text('This quote is never closed.', '引用符が閉じられていません。'),
  remedy: text(
    'Close it; within it, a quote is written twice.',
    '閉じてください。引用符の中の " は "" と書きます。',
  ),
};
