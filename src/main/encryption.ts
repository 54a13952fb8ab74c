import { administratorIn, type RequirePerson } from '#accounts';
import type { Organization, Person } from '#accounts/core';
import { appendAudit } from '#audit';
import { SEALED_PLAN_COLUMNS } from '#changes';
import { type Clock, type Problem, problem, text } from '#core-values';
import { SEALED_APP_COLUMN } from '#github';
import {
  type AddRoutes,
  createRoute,
  type Db,
  inTransaction,
  PEOPLE,
  problemResponses,
  type RotationStep,
  rotateEncryption,
  SERVER_SECRETS,
  z,
} from '#platform';
import type { BuiltKeyring } from './build-keyring.ts';

export interface EncryptionRoom {
  readonly db: Db;
  readonly keyring: BuiltKeyring;
  readonly clock: Clock;
  readonly organization: () => Organization;
  readonly person: RequirePerson;
}

const SEALED_COLUMNS = [SERVER_SECRETS, SEALED_APP_COLUMN, ...SEALED_PLAN_COLUMNS];

/** A request is answered well before any proxy gives up on it; the client asks again until nothing is left. */
const STEP_MS = 3_000;

const key = z.object({ id: z.string(), place: z.string().describe('As sekisho.yaml has it') });

const rotate = createRoute({
  method: 'post',
  path: '/v1/encryption/rotate',
  summary:
    'Bring plan files and secrets under the newest key, for some seconds; ask again until nothing is left',
  security: PEOPLE,
  responses: {
    200: {
      description: 'What was done, and what is left',
      content: {
        'application/json': {
          schema: z.object({
            newest: key,
            reencrypted: z.number(),
            left: z.number(),
            unopened: z.array(z.string()),
            removable: z.array(key).describe('Earlier keys that nothing is under any more'),
          }),
        },
      },
    },
    ...problemResponses,
  },
});

/** `POST /v1/encryption/rotate`, for administrators. */
export const encryptionRoutes =
  (room: EncryptionRoom): AddRoutes =>
  (app) => {
    app.openapi(rotate, async (c) => {
      const refused = {
        kind: 'encryption.rotate-refused',
        about: subject.other,
        why: NOT_ADMINISTRATOR,
      } as const;
      const person = await administratorIn({ ...room, requirePerson: room.person }, c, refused);
      if (!person.ok) return person.error;
      const end = room.clock.now() + STEP_MS;
      const isEnough = (): boolean => room.clock.now() >= end;
      const step = await rotateEncryption(room.db, room.keyring, SEALED_COLUMNS, isEnough);
      await recordStep(room, person.value, step);
      const named = (id: string) => ({ id, place: room.keyring.placeOf(id) });
      const { reencrypted, left, unopened, retired } = step;
      const newest = named(room.keyring.keys[0]?.keyId ?? '');
      const removable = retired.map(named);
      return c.json({ newest, reencrypted, left, unopened: [...unopened], removable }, 200);
    });
  };

const subject = { other: 'encryption' };

async function recordStep(room: EncryptionRoom, person: Person, step: RotationStep): Promise<void> {
  if (step.reencrypted === 0 && step.unopened.length === 0) return;
  await inTransaction(room.db, (tx) =>
    appendAudit(tx, {
      at: room.clock.now(),
      kind: 'encryption.rotated',
      actor: { kind: 'person', name: person.name },
      subject,
      outcome: step.unopened.length === 0 ? 'done' : 'failed',
      evidence: { ...step, unopened: [...step.unopened], retired: [...step.retired] },
    }),
  );
}

const NOT_ADMINISTRATOR: Problem = problem('denied', {
  rule: 'encryption.not-administrator',
  message: text('Only administrators rotate the encryption key.', '暗号鍵を更新できるのは管理者だけです。'),
  remedy: text(
    'Ask somebody whom `administrators` in sekisho.yaml names.',
    'sekisho.yaml の `administrators` に記載された人に依頼してください。',
  ),
});
