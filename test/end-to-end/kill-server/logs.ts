/** What a server's log has to complain about; a start after a kill needs no complaint, and no person. */
export function complaints(log: string): readonly string[] {
  return log.split('\n').filter((line) => {
    if (line === '' || line.startsWith('Sekisho serves at ')) return false;
    const level: unknown = levelOf(line);
    return level !== 'info' && level !== 'debug';
  });
}

function levelOf(line: string): unknown {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'level' in parsed ? parsed.level : undefined;
  } catch {
    return undefined;
  }
}

/** Damage that PostgreSQL found. That it was killed, and recovered, is no damage. */
export const damage = (postgresLog: string): readonly string[] =>
  postgresLog
    .split('\n')
    .filter((line) => /PANIC|corrupt|invalid page|checksum|could not (?:read|open|access)/i.test(line));
