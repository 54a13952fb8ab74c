import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '#core-values';
import type { Finding } from '#plan/core';
import {
  type ExplorerFilter,
  explorerGroups,
  explorerOf,
  explorerPage,
  explorerPart,
  findingsByAddress,
  type ReviewedChange,
} from './index.ts';

const change = (address: string, of: Partial<ReviewedChange> = {}): ReviewedChange => ({
  address,
  provider: 'registry.terraform.io/hashicorp/aws',
  action: 'update',
  before: { name: 'a' },
  after: { name: 'b' },
  sensitivePaths: [],
  unknownPaths: [],
  ...of,
});

const finding = (address: string, severity: Finding['severity']): Finding => ({
  rule: 'data-destroyed',
  severity,
  address,
  message: text('Data is lost.', 'データが失われます。'),
  remedy: text('Do not.', 'やめてください。'),
});

/** In parts of four, as a large plan is read. */
const explorer = (changes: readonly ReviewedChange[], findings: readonly Finding[]) => {
  const about = findingsByAddress(findings);
  return explorerOf([
    explorerPart(changes.slice(0, 4), 0, about),
    explorerPart(changes.slice(4), Math.min(4, changes.length), about),
  ]);
};

const SHOP = explorer(
  [
    change('aws_sns_topic.a', { action: 'no-op' }),
    change('aws_sns_topic.moved', { action: 'no-op', previousAddress: 'aws_sns_topic.before' }),
    change('module.db["x.y"].aws_db_instance.main', { action: 'delete', after: null }),
    change('module.db["x.y"].module.keys.aws_kms_key.main', {
      after: { name: 'a', description: 'Customer Keys' },
    }),
    change('module.dbs.aws_db_instance.other', { action: 'create', before: null }),
    change('data.aws_iam_policy.p', { action: 'read', before: null, unknownPaths: ['/json'] }),
  ],
  [
    finding('module.dbs.aws_db_instance.other', 'critical'),
    finding('module.dbs.aws_db_instance.other', 'low'),
  ],
);

const addresses = (filter: ExplorerFilter, order: 'danger' | 'plan' = 'plan') =>
  explorerPage(SHOP, filter, { order, from: 0, limit: 100 }).rows.map(({ address }) => address);

describe('the plan explorer', () => {
  it('knows module, kind and type of each address, whatever its keys hold', () => {
    expect(SHOP.rows.map(({ module, mode, type }) => [module, mode, type])).toEqual([
      ['', 'managed', 'aws_sns_topic'],
      ['', 'managed', 'aws_sns_topic'],
      ['module.db["x.y"]', 'managed', 'aws_db_instance'],
      ['module.db["x.y"].module.keys', 'managed', 'aws_kms_key'],
      ['module.dbs', 'managed', 'aws_db_instance'],
      ['', 'data', 'aws_iam_policy'],
    ]);
  });

  it('leaves out what stays as it is unless it is asked for, but not what moves', () => {
    expect(addresses({})).not.toContain('aws_sns_topic.a');
    expect(addresses({})).toContain('aws_sns_topic.moved');
    expect(addresses({ actions: ['no-op'] })).toEqual(['aws_sns_topic.a', 'aws_sns_topic.moved']);
  });

  it('shows the most dangerous first: by the gravest finding, then by what is done', () => {
    expect(addresses({}, 'danger')).toEqual([
      'module.dbs.aws_db_instance.other',
      'module.db["x.y"].aws_db_instance.main',
      'module.db["x.y"].module.keys.aws_kms_key.main',
      'data.aws_iam_policy.p',
      'aws_sns_topic.moved',
    ]);
    expect(SHOP.rows[4]).toMatchObject({ severity: 'critical', findings: 2 });
  });

  it('filters by a module with what is inside it, and by no module that merely begins alike', () => {
    expect(addresses({ module: 'module.db["x.y"]' })).toHaveLength(2);
    expect(addresses({ module: 'module.db' })).toHaveLength(2);
    expect(addresses({ module: '' })).toEqual(['aws_sns_topic.moved', 'data.aws_iam_policy.p']);
    expect(addresses({ type: 'aws_db_instance', severity: 'critical' })).toEqual([
      'module.dbs.aws_db_instance.other',
    ]);
  });

  it('finds words in addresses, attribute names and values, in either case', () => {
    expect(addresses({ text: 'customer KEYS' })).toEqual(['module.db["x.y"].module.keys.aws_kms_key.main']);
    expect(addresses({ text: '"x.y"' })).toHaveLength(2);
    expect(addresses({ text: 'aws_sns_topic.before' })).toEqual(['aws_sns_topic.moved']);
    expect(addresses({ text: 'provider' })).toEqual([]);
  });

  it('never finds a hidden value by the words that stand for it', () => {
    const hidden = explorer([change('a.b', { after: { password: '(sensitive value)' } })], []);
    const page = explorerPage(hidden, { text: '(sensitive' }, { order: 'plan', from: 0, limit: 9 });
    expect(page.rows).toEqual([]);
  });

  it('names what differs between the two sides, hidden values that change included', () => {
    const sides = {
      before: { name: 'a', tags: { x: 1 }, password: '(sensitive value)', same: 1 },
      after: { name: 'b', tags: { x: 2 }, password: '(sensitive value)', same: 1 },
    };
    const [row] = explorer([change('a.b', { ...sides, changedSensitivePaths: ['/password'] })], []).rows;
    expect(row).toMatchObject({ attributes: ['name', 'tags', 'password'], moreAttributes: 0 });
  });

  it('counts each kind by what the other filters let through', () => {
    const groups = explorerGroups(SHOP, { type: 'aws_db_instance' });
    expect(groups.type.map(({ value }) => value)).toContain('aws_kms_key');
    expect(groups.action).toEqual([
      { value: 'create', count: 1 },
      { value: 'delete', count: 1 },
    ]);
    expect(explorerGroups(SHOP, {}).action).toContainEqual({ value: 'no-op', count: 2 });
  });

  it('pages through every row once, in either order, for any size of page', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('danger' as const, 'plan' as const),
        (limit, order) => {
          const seen: number[] = [];
          for (let from: number | undefined = 0; from !== undefined; ) {
            const page = explorerPage(SHOP, {}, { order, from, limit });
            seen.push(...page.rows.map(({ n }) => n));
            from = page.next;
          }
          expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5]);
        },
      ),
    );
  });
});
