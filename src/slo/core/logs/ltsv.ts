import { byteTable } from './byte-table.ts';
import { byteAt, bytesOf, COLON, TAB } from './bytes.ts';
import { type FieldNames, fieldReader, type TimeIs } from './fields.ts';
import type { LineParser } from './parser.ts';

/** `label:value` separated by tabs, in any order (ltsv.org). Labels that nobody named are stepped over. */
export function ltsvParser(labels: FieldNames, timeIs: TimeIs): LineParser {
  const named = Object.entries(labels);
  const table = byteTable(named.length);
  const kinds = named.map(([label, kind]) => {
    const bytes = bytesOf(label);
    table.intern(bytes, 0, bytes.length);
    return kind;
  });
  const fields = fieldReader(timeIs);

  return {
    parse: (batch, from, end) => {
      if (from === end) return 'skipped';
      const { bytes } = batch;
      fields.begin(batch);
      for (let start = from; start <= end; ) {
        let colon = start;
        while (colon < end && byteAt(bytes, colon) !== COLON && byteAt(bytes, colon) !== TAB) colon += 1;
        if (colon >= end || byteAt(bytes, colon) === TAB) return 'shape';
        let stop = colon;
        while (stop < end && byteAt(bytes, stop) !== TAB) stop += 1;
        const id = table.find(bytes, start, colon);
        // A negative index would be looked up as a name, slowly.
        const kind = id < 0 ? undefined : kinds[id];
        const verdict = kind === undefined ? 'request' : fields.put(batch, kind, colon + 1, stop);
        if (verdict !== 'request') return verdict;
        start = stop + 1;
      }
      return fields.settle(batch);
    },
  };
}
