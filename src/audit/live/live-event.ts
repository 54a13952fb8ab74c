import { z } from 'zod';
import { AUDIT_OUTCOMES, type AuditRecord } from '../core/index.ts';

/** That something happened, and about what: never what it was. Whoever shows it reads it anew. */
export const liveEventSchema = z.object({
  position: z.number().describe('In the audit log'),
  kind: z.string().describe('As in the audit log: `plan.uploaded`'),
  outcome: z.enum(AUDIT_OUTCOMES),
  stack: z.string().optional(),
  plan: z.string().optional(),
  grant: z.string().optional(),
});

export type LiveEvent = z.infer<typeof liveEventSchema>;

/** An event, and whose sessions it may have ended. */
export interface HeardEvent {
  readonly event: LiveEvent;
  readonly person?: string;
}

export const heardOf = ({ position, kind, outcome, subject, actor }: AuditRecord): HeardEvent => {
  const { stack, plan, grant } = subject;
  const person = subject.person ?? (actor.kind === 'person' ? actor.name : undefined);
  return {
    event: {
      ...{ position, kind, outcome },
      ...(stack === undefined ? {} : { stack }),
      ...(plan === undefined ? {} : { plan }),
      ...(grant === undefined ? {} : { grant }),
    },
    ...(person === undefined ? {} : { person }),
  };
};

/** What a person's sessions may end by: sign-out, revocation, a theft that was noticed. A changed sekisho.yaml may name somebody no more. */
export const mayEndSession = ({ event: { kind }, person }: HeardEvent, of: string): boolean =>
  kind === 'config.reloaded' ||
  (person === of && kind.startsWith('session.') && kind !== 'session.opened' && kind !== 'session.refused');
