import { join } from 'node:path';
import type { RequirePerson } from '#accounts';
import {
  type AuditSigner,
  auditRoutes,
  auditSigner,
  generateAuditKey,
  type Verification,
  verification,
} from '#audit';
import { type AddRoutes, problemResponse } from '#platform';
import { DEFAULT_POLICY_FOLDER, policyRoutes } from '#policy';
import type { Shop } from '../../src/changes/testing/shop.ts';

/** What the server of the shop knows of its log. */
export interface ShopLog {
  readonly signer: AuditSigner;
  readonly verification: Verification;
}

export function shopLog({ room, clock }: Shop): ShopLog {
  const signer = auditSigner('sekisho.shop.example/audit', generateAuditKey());
  return { signer, verification: verification(room.db, signer, clock) };
}

/** The log of the shop and the policies in force there, for its people. */
export function logAndPolicyRoutes(
  { room, clock }: Shop,
  log: ShopLog,
  requirePerson: RequirePerson,
): readonly AddRoutes[] {
  const { db, organization, policySet } = room;
  return [
    auditRoutes({
      ...{ db, clock, ...log },
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
