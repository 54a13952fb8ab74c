/**
 * Makes `demo/stand-ins/github/api.github.com.json.gz`: GitHub's published description of its REST API and webhooks without its words and
 * examples, which nothing is held against. The npm package that brings it unpacks to 390 MB, so it is no dependency:
 * `npm pack @octokit/openapi`, unpack it, then `node scripts/make-github-description.ts PATH/package`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Json } from '../src/core-values/index.ts';

const [folder = ''] = process.argv.slice(2);
const file = join(import.meta.dirname, '../demo/stand-ins/github/api.github.com.json.gz');

const WORDS = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'x-github', 'tags']);

/** Leaves out what is only words; members of `properties` and the like are names that GitHub gives, whatever they are called. */
function withoutWords(value: Json, areNames = false): Json {
  if (Array.isArray(value)) return value.map((item) => withoutWords(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => areNames || !WORDS.has(name))
      .map(([name, inner]) => [
        name,
        name === 'enum' || name === 'default' ? inner : withoutWords(inner, HOLDS_NAMES.has(name)),
      ]),
  );
}

const HOLDS_NAMES = new Set([
  'properties',
  'patternProperties',
  'schemas',
  'responses',
  'parameters',
  'paths',
  'x-webhooks',
  'content',
  'headers',
]);

const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const description = JSON.parse(readFileSync(join(folder, 'generated/api.github.com.json'), 'utf8'));
const kept = { source: `npm @octokit/openapi ${version}`, ...(withoutWords(description) as object) };
const packed = gzipSync(JSON.stringify(kept), { level: 9 });
writeFileSync(file, packed);
process.stdout.write(`${file}: ${packed.length} bytes\n`);
