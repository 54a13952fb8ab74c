import type { AuditRecord } from '#audit';
import type { Evidence } from './evidence.ts';
import type { Killed } from './kills.ts';
import type { Ledger } from './ledger.ts';

/** Every promise that was broken, in words; empty for a server that can be trusted. */
export function brokenPromises({ ledger, evidence }: Pick<Killed, 'ledger' | 'evidence'>): readonly string[] {
  return [
    ...lostAnswers(ledger, evidence),
    ...lostRows(ledger, evidence),
    ...grantsTwice(ledger, evidence),
    ...appliesAtOnce(evidence),
    ...approvalsTwice(evidence),
    ...rowsWithoutEntries(evidence),
    ...statesGoneBack(ledger, evidence),
    ...(evidence.auditVerdict === 'intact' ? [] : [`the audit log is not intact: ${evidence.auditVerdict}`]),
  ];
}

type Told = {
  readonly auditEntry: string | undefined;
  readonly kind: RegExp;
  readonly words: readonly string[];
};

/** Every answer named its audit entry: it must be there, and say what the answer said. */
function lostAnswers(ledger: Ledger, { audit }: Evidence): readonly string[] {
  const told: readonly Told[] = [
    ...ledger.uploads.map(({ auditEntry, plan, digest }) => ({
      ...{ auditEntry, kind: /^plan\.uploaded$/, words: [plan, digest] },
    })),
    ...ledger.approvals.map(({ auditEntry, plan, person, statement, signature }) => ({
      auditEntry,
      kind: /^approval\.given$/,
      words: [plan, person, JSON.stringify(statement), JSON.stringify(signature)],
    })),
    ...ledger.grants.map(({ auditEntry, grant, stack, account, purpose }) => ({
      ...{ auditEntry, kind: /^grant\.issued$/, words: [grant, stack, account, purpose] },
    })),
    ...ledger.reports.map(({ auditEntry, grant, plan, state }) => ({
      ...{ auditEntry, kind: /^apply\.reported$/, words: [grant, plan, state.lineage, String(state.serial)] },
    })),
    ...ledger.revocations.map(({ auditEntry, grant }) => ({
      ...{ auditEntry, kind: /^grant\.revoked$/, words: [grant] },
    })),
    ...ledger.refusals.map(({ auditEntry, rules }) => ({ auditEntry, kind: /\.refused$/, words: rules })),
  ];
  return told.flatMap(({ auditEntry, kind, words }) => {
    // Empty where an answer repeats an earlier one, absent where nobody was recognised who could be named.
    if (auditEntry === undefined || auditEntry === '') return [];
    const entry = audit[Number(auditEntry)];
    if (entry === undefined) return [`audit entry ${auditEntry} (${kind.source} ${words[0]}) is lost`];
    const leaf = JSON.stringify(entry);
    const isSaid = kind.test(entry.kind) && words.every((word) => leaf.includes(word));
    return isSaid
      ? []
      : [`audit entry ${auditEntry} does not say ${kind.source} ${words.join(' ')}: ${leaf}`];
  });
}

/** What was acknowledged is in the tables too, with the content that was acknowledged. */
function lostRows(ledger: Ledger, { plans, approvals, grants }: Evidence): readonly string[] {
  const endOf = (report: Ledger['reports'][number]): boolean =>
    plans.some(({ id, state }) => id === report.plan && state === report.outcome) &&
    grants.some(({ id, status }) => id === report.grant && (status === 'finished' || status === 'revoked'));
  return [
    ...ledger.uploads
      .filter(({ plan, digest }) => !plans.some((row) => row.id === plan && row.digest === digest))
      .map(({ plan }) => `plan ${plan} is lost`),
    ...ledger.approvals
      .filter(({ statement, signature, person, fingerprint }) => {
        const row = approvals.find((one) => one.statement === statement);
        return row?.signature !== signature || row.approver !== person || row.fingerprint !== fingerprint;
      })
      .map(({ person, plan }) => `the approval of ${plan} by ${person} is lost`),
    ...ledger.grants
      .filter(({ grant, stack, account, plan, secretSha256 }) => {
        const row = grants.find(({ id }) => id === grant);
        const isWhole = row?.stack === stack && row.account_id === account && row.issued_at !== null;
        const isBound = plan === undefined || (row?.plan_id === plan && row.secret_sha256 === secretSha256);
        return !isWhole || !isBound;
      })
      .map(({ grant }) => `grant ${grant} is lost`),
    ...ledger.fetches
      .filter(({ digest, sha256 }) => digest !== sha256)
      .map(({ plan }) => `the file of ${plan} came back changed`),
    ...ledger.reports.filter((report) => !endOf(report)).map(({ plan }) => `the report of ${plan} is lost`),
  ];
}

function grantsTwice(ledger: Ledger, { grants, audit }: Evidence): readonly string[] {
  const issuedFor = grants
    .filter(({ purpose, issued_at }) => purpose === 'apply' && issued_at !== null)
    .map(({ plan_id }) => plan_id ?? '');
  const audited = audit
    .filter(({ kind, evidence }) => kind === 'grant.issued' && evidence.purpose === 'apply')
    .map(({ subject }) => subject.plan ?? '');
  const acknowledged = ledger.grants.flatMap(({ purpose, plan }) =>
    purpose === 'apply' ? [plan ?? ''] : [],
  );
  return [
    ...twice(issuedFor).map((plan) => `plan ${plan} has two issued grants`),
    ...twice(audited).map((plan) => `the audit log has two grants issued for plan ${plan}`),
    ...twice(acknowledged).map((plan) => `credentials for plan ${plan} were given twice`),
    ...twice(ledger.grants.map(({ accessKeyId }) => accessKeyId)).map((key) => `${key} was given twice`),
  ];
}

const APPLY_ENDS = ['apply.reported', 'grant.failed', 'grant.abandoned', 'grant.expired', 'grant.revoked'];

/** In the order of the log: no stack ever has two applies with credentials, or on their way to them. */
function appliesAtOnce({ audit, plans }: Evidence): readonly string[] {
  const live = new Map<string, string>();
  const broken: string[] = [];
  for (const { kind, subject, evidence, position } of audit) {
    const { stack = '', grant = '' } = subject;
    const running = live.get(stack);
    if (kind === 'grant.allowed' && evidence.purpose === 'apply') {
      if (running !== undefined)
        broken.push(`at audit entry ${position}, ${grant} begins while ${running} lives on ${stack}`);
      live.set(stack, grant);
    } else if (APPLY_ENDS.includes(kind) && running === grant) live.delete(stack);
  }
  const open = plans.filter(({ state }) => state === 'granted' || state === 'applying');
  return [...broken, ...open.map(({ id, state }) => `plan ${id} is still ${state}`)];
}

/** One approval carries one grant that was issued, and says so. */
function approvalsTwice({ audit, approvals, grants }: Evidence): readonly string[] {
  const issued = new Set(grants.flatMap(({ id, issued_at }) => (issued_at === null ? [] : [id])));
  const carried = audit.flatMap(({ kind, subject, evidence }) =>
    kind === 'grant.allowed' && issued.has(subject.grant ?? '')
      ? statementsIn(evidence).map((statement) => ({ statement, grant: subject.grant ?? '' }))
      : [],
  );
  return [
    ...twice(carried.map(({ statement }) => statement)).map((words) => `carried two grants: ${words}`),
    ...carried
      .filter(
        ({ statement, grant }) =>
          approvals.find((approval) => approval.statement === statement)?.consumed_by !== grant,
      )
      .map(({ grant }) => `an approval that carried ${grant} does not say so`),
    ...approvals
      .filter(({ consumed_by }) => consumed_by !== null && !issued.has(consumed_by))
      .map(({ id, consumed_by }) => `approval ${id} was used up by ${consumed_by}, which was never issued`),
  ];
}

const statementsIn = ({ approvals }: AuditRecord['evidence']): readonly string[] =>
  Array.isArray(approvals)
    ? approvals.flatMap((one) =>
        typeof one === 'object' &&
        one !== null &&
        !Array.isArray(one) &&
        one.counts === true &&
        typeof one.statement === 'string'
          ? [one.statement]
          : [],
      )
    : [];

/** A row and its entry were written in one transaction, or not at all: neither is ever without the other. */
function rowsWithoutEntries({ audit, plans, grants, approvals }: Evidence): readonly string[] {
  const entries = (kind: string, name: (entry: AuditRecord) => unknown): readonly string[] =>
    audit.filter((entry) => entry.kind === kind).map((entry) => String(name(entry)));
  const grantOf = ({ subject }: AuditRecord): string => subject.grant ?? '';
  const pairs = [
    ['plan.uploaded', plans.map(({ id }) => id), entries('plan.uploaded', ({ subject }) => subject.plan)],
    ['grant.allowed', grants.map(({ id }) => id), entries('grant.allowed', grantOf)],
    [
      'grant.issued',
      grants.flatMap(({ id, issued_at }) => (issued_at === null ? [] : [id])),
      entries('grant.issued', grantOf),
    ],
    [
      'grant.abandoned',
      grants.flatMap(({ id, status }) => (status === 'abandoned' ? [id] : [])),
      entries('grant.abandoned', grantOf),
    ],
    [
      'approval.given',
      approvals.map(({ statement }) => statement),
      entries('approval.given', ({ evidence }) => evidence.statement),
    ],
    [
      'apply.reported',
      plans.flatMap(({ id, events }) =>
        events.some((event) => event === 'apply-succeeded' || event === 'apply-failed') ? [id] : [],
      ),
      entries('apply.reported', ({ subject }) => subject.plan),
    ],
  ] as const;
  return pairs.flatMap(([kind, rows, names]) => [
    ...without(rows, names).map((name) => `${name} has no audit entry ${kind}`),
    ...without(names, rows).map((name) => `audit entry ${kind} speaks of ${name}, which is not there`),
    ...twice(names).map((name) => `two audit entries ${kind} for ${name}`),
  ]);
}

/** What is known of a stack's state only moves forward, and is never behind what was acknowledged. */
function statesGoneBack(ledger: Ledger, { audit, stackStates }: Evidence): readonly string[] {
  const serials = new Map<string, number>();
  const broken: string[] = [];
  for (const { kind, subject, evidence } of audit) {
    if (kind !== 'apply.reported') continue;
    const { stack = '' } = subject;
    const serial = Number(evidence.serial);
    if (serial <= (serials.get(stack) ?? -1)) broken.push(`${stack} went back to serial ${serial}`);
    serials.set(stack, serial);
  }
  for (const { stack, serial } of stackStates) {
    if (serials.get(stack) !== serial) broken.push(`${stack} is at serial ${serial}, the log says otherwise`);
  }
  for (const { stack, state } of ledger.reports) {
    const known = stackStates.find((one) => one.stack === stack);
    if (known === undefined || known.lineage !== state.lineage || known.serial < state.serial)
      broken.push(`${stack} does not know serial ${state.serial}, which was reported`);
  }
  return broken;
}

const twice = (names: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return names.filter((name) => seen.has(name) || !seen.add(name));
};

const without = (names: readonly string[], others: readonly string[]): readonly string[] => {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
};
