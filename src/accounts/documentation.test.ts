import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configurationJsonSchema } from './json-schema.ts';
import { loadConfiguration } from './load.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({ properties: z.record(z.string(), node), items: node }).partial(),
) as z.ZodType<Node>;

/** `stacks[].repository.id`: every key that holds a value. */
function leaves({ properties, items }: Node, path: string): readonly string[] {
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, child]) =>
      leaves(child, path === '' ? key : `${path}.${key}`),
    );
  }
  return items?.properties === undefined ? [path] : leaves(items, `${path}[]`);
}

const keys = leaves(node.parse(JSON.parse(configurationJsonSchema())), '');
const keysIn = (words: string): readonly string[] =>
  [...words.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key = '']) => key);

describe.each(['configuration.md', 'configuration.ja.md'])('docs/%s', (name) => {
  const words = readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

  it('explains every key of the schema, and no other', () => {
    expect(keysIn(words).toSorted()).toEqual(keys.filter((key) => key !== 'version').toSorted());
  });

  it('shows an example that loads', () => {
    const example = /```yaml\n([\s\S]*?version: 1[\s\S]*?)```/.exec(words)?.[1] ?? '';
    const loaded = loadConfiguration({ file: name, bytes: new TextEncoder().encode(example) });
    expect(loaded.ok ? [] : loaded.error.reasons).toEqual([]);
  });
});
