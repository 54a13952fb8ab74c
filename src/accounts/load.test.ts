import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Configuration } from './core/index.ts';
import { loadConfiguration } from './load.ts';

const cases = join(import.meta.dirname, 'cases');
const names = readdirSync(cases).toSorted();

/** Made where it is missing, so that a new case is a folder with one file; read what was made before committing it. */
const golden = (file: string, actual: unknown): unknown => {
  if (!existsSync(file) && process.env.CI === undefined) {
    writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
};

const outcome = (name: string): unknown => {
  const bytes = readFileSync(join(cases, name, 'sekisho.yaml'));
  const result = loadConfiguration({ file: 'sekisho.yaml', bytes });
  return result.ok ? { ok: readable(result.value) } : { refused: result.error.reasons };
};

/** Names instead of whole accounts inside stacks, so that an expectation can be read. */
const readable = ({ organization, server }: Configuration): unknown => ({
  organization: {
    ...organization,
    stacks: organization.stacks.map((stack) => ({
      ...stack,
      account: stack.account.name,
      repository: { ...stack.repository, issuer: stack.repository.issuer.name },
      allow: { ...stack.allow, accounts: stack.allow.accounts.map(({ name }) => name) },
    })),
  },
  server,
});

describe('a configuration file', () => {
  it.each(names)('is judged as its case says: %s', (name) => {
    const actual = JSON.parse(JSON.stringify(outcome(name)));
    expect(actual).toEqual(golden(join(cases, name, 'expected.json'), actual));
    expect('ok' in actual).toBe(name.startsWith('valid-'));
  });
});
