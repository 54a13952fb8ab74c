const LONGEST = 60;

/** A name of a document for a path: `/items/{id}` is `items-id`, `/` is `home`; none twice. */
export function nameOf(pattern: string, taken: Set<string>): string {
  const words = pattern
    .toLowerCase()
    .replaceAll(/%[0-9a-f]{2}/g, '-')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  const base = words === '' ? (pattern === '/' ? 'home' : 'page') : words;
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  taken.add(name);
  return name;
}
