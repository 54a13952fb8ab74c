import {
  type EpochMs,
  epochMs,
  err,
  ok,
  type Problem,
  problem,
  type Result,
  type Text,
  text,
} from '#core-values';
import type { Severity } from '../alerts/burn-alert.ts';

/** What people are told of an SLO, from the first alert that fires until none does: one thread. */
export interface Incident {
  readonly id: string;
  readonly slo: string;
  readonly service: string;
  /** The worst it had: a page stays one. */
  readonly severity: Severity;
  readonly openedAt: EpochMs;
  /** Since when it is a page. */
  readonly pagedAt?: EpochMs;
  readonly acknowledged?: { readonly at: EpochMs; readonly byWhom: string };
  readonly silenced?: Silence;
  readonly resolved?: {
    readonly at: EpochMs;
    /** Absent: by itself. */
    readonly byWhom?: string;
    readonly reason?: string;
  };
  /** No alert fired any more: only then may another one open. */
  readonly quietAt?: EpochMs;
}

interface Silence {
  readonly at: EpochMs;
  readonly byWhom: string;
  readonly until: EpochMs;
  readonly reason: string;
}

export type IncidentState = 'open' | 'acknowledged' | 'silenced' | 'resolved';

export const stateAt = ({ resolved, silenced, acknowledged }: Incident, at: EpochMs): IncidentState => {
  if (resolved !== undefined) return 'resolved';
  if (silenced !== undefined && silenced.until > at) return 'silenced';
  return acknowledged === undefined ? 'open' : 'acknowledged';
};

/** What a look at an SLO's alerts finds; `firing`: the worst of those that fire. */
export interface Look {
  readonly slo: string;
  readonly service: string;
  readonly at: EpochMs;
  readonly firing?: Severity;
  /** For an incident that opens now. */
  readonly newId: () => string;
}

export type Step =
  | { readonly kind: 'nothing' }
  /** `quieted`: it was resolved by hand, and now nothing fires any more; nobody is told. */
  | {
      readonly kind: 'opened' | 'escalated' | 'silence-ended' | 'resolved' | 'quieted';
      readonly incident: Incident;
    };

const NOTHING: Step = { kind: 'nothing' };

/**
 * The next step of the SLO's incident, if any; `current` is the one that was not quiet yet. Looking again gives the step after it, and
 * in the end nothing. There is no damping of our own: that an alert stops at once and does not blink is what its short window is for.
 */
export function afterLook(current: Incident | undefined, look: Look): Step {
  const { at, firing } = look;
  if (current === undefined)
    return firing === undefined ? NOTHING : { kind: 'opened', incident: opened(look, firing) };
  if (firing === undefined) {
    const incident = { ...current, quietAt: at };
    return current.resolved === undefined
      ? { kind: 'resolved', incident: { ...incident, resolved: { at } } }
      : { kind: 'quieted', incident };
  }
  if (current.resolved !== undefined) return NOTHING;
  if (firing === 'page' && current.severity === 'ticket') {
    // What somebody acknowledged was a ticket.
    const { acknowledged: _, ...rest } = current;
    return { kind: 'escalated', incident: { ...rest, severity: 'page', pagedAt: at } };
  }
  const { silenced, ...rest } = current;
  return silenced !== undefined && silenced.until <= at ? { kind: 'silence-ended', incident: rest } : NOTHING;
}

const opened = ({ slo, service, at, newId }: Look, severity: Severity): Incident => ({
  ...{ id: newId(), slo, service, severity, openedAt: at },
  ...(severity === 'page' ? { pagedAt: at } : {}),
});

/** What a person does about it. */
export type Act =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'silence'; readonly until: EpochMs; readonly reason: string }
  | { readonly kind: 'resolve'; readonly reason: string };

export const LONGEST_SILENCE_MS = 7 * 24 * 3_600_000;

/** `conflict` where that makes no sense any more, `bad-input` for a silence that is too long. */
export function afterAct(
  incident: Incident,
  act: Act,
  { at, byWhom }: { readonly at: EpochMs; readonly byWhom: string },
): Result<Incident, Problem> {
  if (incident.resolved !== undefined) return err(overAlready);
  switch (act.kind) {
    case 'acknowledge':
      return incident.acknowledged === undefined
        ? ok({ ...incident, acknowledged: { at, byWhom } })
        : err(acknowledgedBy(incident.acknowledged.byWhom));
    case 'silence': {
      if (act.until > at + LONGEST_SILENCE_MS) return err(tooLong);
      const until = epochMs(Math.max(at, act.until));
      return ok({ ...incident, silenced: { at, byWhom, until, reason: act.reason } });
    }
    case 'resolve':
      return ok({ ...incident, resolved: { at, byWhom, reason: act.reason } });
  }
}

const refused = (kind: 'conflict' | 'bad-input', rule: string, message: Text, remedy: Text): Problem =>
  problem(kind, { rule, message, remedy });

const overAlready = refused(
  'conflict',
  'incident.over',
  text('This incident is resolved already.', 'このインシデントはすでに解決しています。'),
  text(
    'List those that are open: `sekisho slo incidents list`.',
    '未解決のものは `sekisho slo incidents list` で確認できます。',
  ),
);

const acknowledgedBy = (who: string): Problem =>
  refused(
    'conflict',
    'incident.acknowledged',
    text(`${who} has acknowledged this incident.`, `このインシデントは ${who} が確認済みです。`),
    text('Talk to them.', '本人に連絡してください。'),
  );

const tooLong = refused(
  'bad-input',
  'incident.silence-too-long',
  text('An incident is silenced for a week at most.', 'インシデントを消音できるのは最長 1 週間です。'),
  text('Give an earlier end.', '終わりの時刻を早めてください。'),
);
