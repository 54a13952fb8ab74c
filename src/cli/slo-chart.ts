/** Small charts and columns for a terminal. Japanese letters are two columns wide. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

export function displayWidth(words: string): number {
  let width = 0;
  for (const letter of words) width += WIDE.test(letter) ? 2 : 1;
  return width;
}

export const padded = (words: string, width: number): string =>
  words + ' '.repeat(Math.max(0, width - displayWidth(words)));

/** At most so many columns; what is left out is shown as `…`. */
export function cut(words: string, width: number): string {
  if (displayWidth(words) <= width) return words;
  let [kept, used] = ['', 0];
  for (const letter of words) {
    const next = used + displayWidth(letter);
    if (next > width - 1) break;
    kept += letter;
    used = next;
  }
  return `${kept}…`;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar as long as the share (0 to 1) of the width; anything above nothing is seen. */
export function bar(share: number, width: number): string {
  const eighths = share <= 0 ? 0 : Math.max(1, Math.round(Math.min(1, share) * width * 8));
  return `${'█'.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8] ?? ''}`;
}

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One letter for each column: 1 is the highest, 0 and below an underscore, and a dot where nothing is known. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const columns = Math.min(width, values.length);
  return Array.from({ length: columns }, (_, column) => {
    // The last value of what a column stands for: the line ends where the budget is now.
    const value = values[Math.floor(((column + 1) * values.length) / columns) - 1] ?? null;
    if (value === null) return '·';
    if (value <= 0) return '_';
    return LEVELS[Math.min(LEVELS.length - 1, Math.floor(value * LEVELS.length))] ?? '█';
  }).join('');
}

/** Parts in lines of a width, each line behind the same indent; a part that is too long has a line of its own. */
export function flowed(
  parts: readonly string[],
  indent: number,
  width: number,
  between = ' · ',
): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    const joined = line === undefined ? part : `${line}${between}${part}`;
    if (line !== undefined && displayWidth(joined) <= width - indent) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}
