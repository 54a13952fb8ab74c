/** Characters that take two columns of a terminal (Unicode TR 11, wide and full-width). */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

const widthOf = (words: string): number =>
  [...words].reduce((width, letter) => width + (WIDE.test(letter) ? 2 : 1), 0);

/** A line of a file with a caret below its column; a line too long for the terminal is cut around the caret. */
export function sourceLine(
  line: string,
  number: number,
  column: number,
  columns: number,
): { readonly text: string; readonly caret: string } {
  const gutter = `${String(number).padStart(5)} | `;
  const room = Math.max(20, columns - gutter.length - 2);
  const at = Math.min(Math.max(0, column - 1), line.length);
  const start = line.length > room && at > room / 2 ? at - Math.floor(room / 2) : 0;
  const cut = line.slice(start, start + room).replaceAll('\t', ' ');
  const before = (start > 0 ? '…' : '') + cut.slice(0, at - start);
  const text = `${start > 0 ? '…' : ''}${cut}${start + room < line.length ? '…' : ''}`;
  return { text: gutter + text, caret: `${' '.repeat(gutter.length + widthOf(before))}^` };
}
