/**
 * A record's own value under a name that somebody else chose (a resource type, an attribute, a word of another system): `constructor`
 * or `valueOf` must not find what every object inherits.
 */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
