import type { NewsKind } from '#accounts/core';
import type { AuditRecord } from '#audit/core';
import { type IncidentTargets, incidentOf, isTold } from './incident.ts';

/** An entry of the audit log that people are told of. */
export interface News {
  readonly kind: NewsKind;
  /** Of the audit entry. */
  readonly position: number;
  readonly stack?: string;
  readonly plan?: string;
  readonly fingerprint?: string;
  /**
   * The same key within `REPEATED_MS` is the same news: it is told once. Absent: each time is news of its own.
   */
  readonly key?: string;
  /** Of an incident of an SLO: its thread, and whom its alert policies name. */
  readonly incident?: IncidentTargets & { readonly id: string };
}

/** As long as an approval holds: a plan of the same meaning that waits again within it needs no second call. */
export const REPEATED_MS = 7 * 24 * 3_600_000;

/** Kinds of the log that mean the same to people whatever else the entry says. */
const PLAIN: ReadonlyMap<string, NewsKind> = new Map([
  ['approval.rejected', 'rejected'],
  ['plan.refused', 'refused'],
  ['plan-file.refused', 'refused'],
  ['apply.report-refused', 'refused'],
  ['grant.failed', 'failed'],
  ['grant.abandoned', 'failed'],
  ['grant.revoked', 'revoked'],
  ['break-glass.given', 'break-glass'],
  ['break-glass.used', 'break-glass'],
  ['grant.deny-failed', 'alarm'],
  ['grant.policies-remove-failed', 'alarm'],
  ['trail.reconcile-failed', 'alarm'],
  ['config.refused', 'alarm'],
  ['audit.checkpoint-failed', 'alarm'],
  ['session.stolen', 'alarm'],
  ['passkey.suspended', 'alarm'],
]);

/** What an entry means to people; `undefined` where it is nobody's concern as it happens. */
export function newsOf(entry: AuditRecord): News | undefined {
  const kind = kindOf(entry);
  if (kind === undefined) return undefined;
  const { stack, plan, fingerprint } = entry.subject;
  const key = keyOf(kind, entry);
  const incident = kind === 'incident' ? incidentOf(entry) : undefined;
  return {
    kind,
    position: entry.position,
    ...(stack === undefined ? {} : { stack }),
    ...(plan === undefined ? {} : { plan }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(key === undefined ? {} : { key }),
    ...(incident === undefined ? {} : { incident: targetsOf(incident) }),
  };
}

const targetsOf = ({ id, targets, ends }: Named): Named => ({
  id,
  ...(targets === undefined ? {} : { targets }),
  ...(ends === undefined ? {} : { ends }),
});

type Named = NonNullable<News['incident']>;

function kindOf(entry: AuditRecord): NewsKind | undefined {
  switch (entry.kind) {
    case 'plan.uploaded':
      if (entry.evidence.state === 'awaiting-approval') return 'waiting';
      return entry.evidence.state === 'refused' ? 'refused' : undefined;
    case 'approval.given':
      return entry.evidence.planIsNow === 'approved' ? 'approved' : undefined;
    case 'apply.reported':
      return entry.outcome === 'done' ? 'applied' : 'failed';
    case 'grant.expired':
      // A plan grant runs out by itself; an apply grant should have been reported.
      return entry.subject.plan === undefined ? undefined : 'failed';
    case 'grant.refused':
      return isOnlyEarly(entry) ? undefined : 'refused';
    case 'sign-in-link.made':
      // Whoever opens it becomes that person: they, and everybody, are to know.
      return entry.evidence.purpose === 'recovery' ? 'alarm' : undefined;
    case 'trail.finding':
      return entry.evidence.severity === 'critical' || entry.evidence.severity === 'high'
        ? 'alarm'
        : undefined;
    default:
      if (isTold(entry)) return 'incident';
      return PLAIN.get(entry.kind);
  }
}

/** The policy was asked and said "not yet": whoever must approve was told when the plan came in. */
const isOnlyEarly = ({ evidence }: AuditRecord): boolean => evidence.verdict !== undefined;

function keyOf(kind: NewsKind, entry: AuditRecord): string | undefined {
  const { stack = '', fingerprint = '', grant, other } = entry.subject;
  if (kind === 'waiting') return `waiting ${stack} ${fingerprint}`;
  const rules = entry.reasons.map(({ rule }) => rule).join(' ');
  // Somebody who knocks again and again is told of once an hour, and so is a thief with one grant.
  if (kind === 'refused') return `refused ${stack} ${entry.actor.name} ${rules} ${entry.at.slice(0, HOUR)}`;
  if (entry.kind === 'trail.finding') return `found ${grant ?? stack} ${rules} ${entry.at.slice(0, HOUR)}`;
  // What cannot be done is tried again and again, and told of once a day.
  if (kind === 'alarm') return `alarm ${entry.kind} ${grant ?? other ?? ''} ${entry.at.slice(0, DAY)}`;
  return undefined;
}

/** How many characters of an ISO 8601 time name its day, and its hour. */
const DAY = '2026-11-23'.length;
const HOUR = '2026-11-23T06'.length;
