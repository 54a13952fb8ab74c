import { join } from 'node:path';
import type { RequirePerson } from '#accounts';
import { auditRoutes, auditSigner, generateAuditKey } from '#audit';
import { type AddRoutes, problemResponse } from '#platform';
import { DEFAULT_POLICY_FOLDER, policyRoutes } from '#policy';
import type { Shop } from '../../src/changes/testing/shop.ts';

/** The log of the shop and the policies in force there, for its people. */
export function logAndPolicyRoutes(
  { room, clock }: Shop,
  requirePerson: RequirePerson,
): readonly AddRoutes[] {
  const { db, organization, policySet } = room;
  return [
    auditRoutes({
      ...{ db, clock, signer: auditSigner('sekisho.shop.example/audit', generateAuditKey()) },
      authorize: async (c, next) => {
        const person = await requirePerson(c);
        return person.ok ? next() : problemResponse(c, person.error);
      },
    }),
    policyRoutes({
      ...{ requirePerson, organization, policySet, clock },
      casesFolder: join(DEFAULT_POLICY_FOLDER, 'cases'),
      shipped: true,
    }),
  ];
}
