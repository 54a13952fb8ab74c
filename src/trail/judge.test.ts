import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type EpochMs, type JsonObject, parseTime } from '#core-values';
import type { Grant, Purpose } from '#credentials/core';
import {
  findingMessage,
  findingRemedy,
  type GrantToCompare,
  judgeAssumption,
  judgeCall,
  parseTrailRecords,
  plannedWrites,
  readSessionPolicy,
} from './core/index.ts';
import { exampleGrant } from './testing/example-grant.ts';

const CASES = join(import.meta.dirname, 'cases');
const words = (name: string, part: string): string => readFileSync(join(CASES, name, `${part}.json`), 'utf8');

interface Case {
  readonly name: string;
  readonly grant: {
    readonly purpose: Purpose;
    readonly status: Grant['status'];
    readonly requestedAt: string;
    readonly issuedAt: string;
    readonly expiresAt: string;
    readonly endedAt?: string;
    readonly managedPolicyArns?: readonly string[];
  };
  readonly sessionPolicy: JsonObject;
  readonly changes: JsonObject[] | null;
}

const at = (time: string): EpochMs => parseTime(time) as EpochMs;

function comparedOf({ grant, sessionPolicy, changes }: Case): GrantToCompare {
  const { requestedAt, issuedAt, expiresAt, endedAt, ...given } = grant;
  const policy = readSessionPolicy(JSON.stringify(sessionPolicy), grant.managedPolicyArns ?? []);
  return {
    grant: {
      ...exampleGrant,
      ...given,
      requestedAt: at(requestedAt),
      issuedAt: at(issuedAt),
      expiresAt: at(expiresAt),
      ...(endedAt !== undefined && { endedAt: at(endedAt) }),
    },
    ...(policy !== undefined && { policy }),
    ...(changes !== null && { writes: plannedWrites({ changes }) }),
  };
}

const cases = readdirSync(CASES).map((folder) => {
  const read: Case = JSON.parse(words(folder, 'case'));
  return { folder, ...read, test: read.name };
});

test.each(cases)('$test', ({ folder, ...read }) => {
  const records = parseTrailRecords(words(folder, 'records'));
  expect(records?.unreadable).toBe(0);
  const found = (records?.events ?? []).map((event) => judgeCall(event, comparedOf(read)));
  const brief = found.map((one) => (one === undefined ? null : { rule: one.rule, severity: one.severity }));
  expect(brief).toEqual(JSON.parse(words(folder, 'expected')));
  for (const one of found.filter((finding) => finding !== undefined)) {
    for (const language of ['en', 'ja'] as const) {
      expect(findingMessage(one)[language]).not.toMatch(/undefined/);
      expect(findingRemedy(one.rule)[language].length).toBeGreaterThan(20);
    }
  }
});

const [call] = parseTrailRecords(words('approved-apply', 'records'))?.events ?? [];

test('A call of one of the roles without any grant is found, whatever it does', () => {
  const found = call && judgeCall(call, undefined);
  expect(found).toMatchObject({ rule: 'trail.role-without-grant', severity: 'critical' });
});

test('Credentials that were given to nobody may not be used, but a call while AWS is being asked is no finding', () => {
  const compared = comparedOf(JSON.parse(words('approved-apply', 'case')));
  const { issuedAt: _, expiresAt: __, ...grant } = compared.grant;
  const judged = (status: Grant['status']) =>
    call && judgeCall(call, { ...compared, grant: { ...grant, status } })?.rule;
  expect(judged('abandoned')).toBe('trail.undelivered-session-used');
  expect(judged('issuing')).toBeUndefined();
});

test('Asking for a session of a role of ours is found without a grant, with another role’s grant, and not with its own', () => {
  const { session: _, ...server } = call ?? { session: undefined };
  const { grant } = comparedOf(JSON.parse(words('approved-apply', 'case')));
  const asking = (roleArn: string) =>
    ({
      ...server,
      name: 'AssumeRole',
      assumes: { roleArn, name: grant.id, assumedRoleId: 'AROAEXAMPLE:grant' },
    }) as never;
  expect(judgeAssumption(asking(grant.roleArn), undefined)?.rule).toBe('trail.role-without-grant');
  expect(judgeAssumption(asking('arn:aws:iam::444444444444:role/other'), grant)?.rule).toBe(
    'trail.session-forged',
  );
  const own = { ...grant, assumedRoleId: 'AROAEXAMPLE:grant' };
  expect(judgeAssumption(asking(grant.roleArn), own)).toBeUndefined();
});
