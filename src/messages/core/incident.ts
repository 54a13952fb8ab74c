import { z } from 'zod';
import { type AuditRecord, recordedMessage } from '#audit/core';
import { type Language, type Text, text, verbatim } from '#core-values';

/** What entries about incidents of SLOs hold for those who are told; the room of SLOs writes them. */
const facts = z.object({
  slo: z.string(),
  service: z.string(),
  severity: z.enum(['page', 'ticket']),
  silenced: z.boolean().exactOptional(),
  targets: z.array(z.string()).exactOptional(),
  ends: z.array(z.string()).exactOptional(),
  burn: z
    .object({
      burn: z.object({ kind: z.string(), rate: z.number().exactOptional() }),
      factor: z.number(),
      longMinutes: z.number(),
      shortMinutes: z.number(),
      targetPpm: z.number(),
      good: z.number(),
      total: z.number(),
      remainingPpm: z.number().exactOptional(),
    })
    .exactOptional(),
  blame: z.object({ screen: z.string(), request: z.string(), ofLostPpm: z.number() }).exactOptional(),
  changes: z
    .array(z.object({ at: z.string(), stack: z.string(), plan: z.string(), outcome: z.string() }))
    .exactOptional(),
  eventsToProve: z.number().exactOptional(),
  mayAct: z.array(z.string()).exactOptional(),
  link: z.string().exactOptional(),
  until: z.string().exactOptional(),
  reason: z.string().exactOptional(),
});

type IncidentFacts = z.infer<typeof facts>;

/** `undefined` for an entry that is not about an incident, or that another version wrote. */
export function incidentOf(entry: AuditRecord): (IncidentFacts & { readonly id: string }) | undefined {
  const id = /^incident:(inc_[0-9a-f-]{36})$/.exec(entry.subject.other ?? '')?.[1];
  const parsed = facts.safeParse(entry.evidence);
  return id === undefined || !parsed.success ? undefined : { id, ...parsed.data };
}

/** Whom its alert policies name; `ends` must be told of the end, where something was opened for them. */
export interface IncidentTargets {
  readonly targets?: readonly string[];
  readonly ends?: readonly string[];
}

const TELLING: ReadonlySet<string> = new Set([
  'incident.opened',
  'incident.escalated',
  'incident.acknowledged',
  'incident.silenced',
  'incident.silence-ended',
  'incident.resolved',
]);

/** What people are told; an incident that was silenced gets worse without a word. */
export const isTold = (entry: AuditRecord): boolean => {
  const incident = TELLING.has(entry.kind) ? incidentOf(entry) : undefined;
  return incident !== undefined && !(entry.kind === 'incident.escalated' && incident.silenced === true);
};

export function incidentTitle(entry: AuditRecord): Text {
  const { slo = '', service = '', severity = 'page', burn, until = '' } = incidentOf(entry) ?? {};
  const about = `${slo} (${service})`;
  const who = entry.actor.name;
  const rate = burn?.burn.rate;
  const fast = {
    en:
      rate === undefined ? 'burns its error budget' : `burns its error budget ${shown(rate)} times too fast`,
    ja:
      rate === undefined
        ? 'エラーバジェットを消費しています'
        : `エラーバジェットを ${shown(rate)} 倍の速さで消費しています`,
  };
  const sign = severity === 'page' ? text('PAGE', 'ページ') : text('Ticket', 'チケット');
  switch (entry.kind) {
    case 'incident.opened':
      return text(`${sign.en}: ${about} ${fast.en}`, `${sign.ja}: ${about} が${fast.ja}`);
    case 'incident.escalated':
      return text(`Now a PAGE: ${about} ${fast.en}`, `ページに変わりました: ${about} が${fast.ja}`);
    case 'incident.silence-ended':
      return text(`Still: ${about} ${fast.en}`, `継続中: ${about} が${fast.ja}`);
    case 'incident.acknowledged':
      return text(`${who} looks after ${about}`, `${who} が ${about} に対応しています`);
    case 'incident.silenced':
      return text(
        `${who} silenced ${about} until ${until}`,
        `${who} が ${about} の通知を ${until} まで止めました`,
      );
    default:
      return entry.actor.kind === 'person'
        ? text(`${who} resolved ${about}`, `${who} が ${about} を解決としました`)
        : text(
            `Over: ${about} no longer burns its error budget`,
            `解消: ${about} のエラーバジェットの消費は収まりました`,
          );
  }
}

/** The most important first: a message shows a few lines only. */
export function incidentLines(entry: AuditRecord, language: Language): readonly string[] {
  const incident = incidentOf(entry);
  if (incident === undefined) return [];
  const { burn, blame, changes = [], mayAct, link, reason } = incident;
  const why = entry.reasons.map((one) => recordedMessage(one, language));
  const lines: (Text | undefined)[] = [
    reason === undefined ? undefined : text(`Reason: ${reason}`, `理由: ${reason}`),
    burn && burnLine(burn),
    blame && blameLine(blame),
    ...(burn === undefined ? [] : [changesLine(changes)]),
    burn && proofLine(burn, incident.eventsToProve),
    mayAct && whoLine(mayAct),
    link === undefined ? undefined : verbatim(link),
  ];
  return [...why, ...lines.flatMap((line) => (line === undefined ? [] : [line[language]]))];
}

type BurnFacts = NonNullable<IncidentFacts['burn']>;

function burnLine({ factor, longMinutes, shortMinutes, targetPpm, remainingPpm }: BurnFacts): Text {
  const left = remainingPpm === undefined ? undefined : percent(remainingPpm);
  const over = [span(longMinutes), span(shortMinutes)] as const;
  return text(
    `Objective ${percent(targetPpm)}; more than ${shown(factor)} times over ${over[0]} and ${over[1]}${left === undefined ? '' : `; budget left: ${left}`}`,
    `目標 ${percent(targetPpm)}。${over[0]} と ${over[1]} の両方で ${shown(factor)} 倍超${left === undefined ? '' : `。エラーバジェット残 ${left}`}`,
  );
}

const blameLine = ({ screen, request, ofLostPpm }: NonNullable<IncidentFacts['blame']>): Text =>
  text(
    `${request} alone would give back ${percent(ofLostPpm)} of what ${screen} lost`,
    `${screen} が失った分の ${percent(ofLostPpm)} は ${request} だけで取り戻せます`,
  );

const MOST_CHANGES = 3;

/** Also that there was none: that is the first question. */
function changesLine(changes: NonNullable<IncidentFacts['changes']>): Text {
  if (changes.length === 0)
    return text(
      'Nothing was applied in the three hours before.',
      '直前の 3 時間に適用された変更はありません。',
    );
  const words = changes
    .slice(0, MOST_CHANGES)
    .map(({ at, stack, plan, outcome }) => `${stack} ${at.slice(11, 16)}Z ${outcome} (${plan})`)
    .join(', ');
  return text(`Applied before: ${words}`, `直前の適用: ${words}`);
}

function proofLine({ good, total }: BurnFacts, toProve: number | undefined): Text | undefined {
  if (toProve === undefined || total >= toProve) return undefined;
  return text(
    `${total} events, ${total - good} of them bad; ${toProve} would be needed to prove the objective`,
    `${total} 件中 ${total - good} 件が不良。目標の達成を示すには ${toProve} 件必要です`,
  );
}

const whoLine = (teams: readonly string[]): Text =>
  text(
    `May act: ${[...teams.map((team) => `team ${team}`), 'administrators'].join(', ')}`,
    `操作できる人: ${[...teams.map((team) => `チーム ${team}`), '管理者'].join('、')}`,
  );

export const incidentNext = (entry: AuditRecord): Text | undefined => {
  const id = incidentOf(entry)?.id;
  const isOpen = ['incident.opened', 'incident.escalated', 'incident.silence-ended'].includes(entry.kind);
  return id !== undefined && isOpen ? verbatim(`sekisho slo incidents acknowledge ${id}`) : undefined;
};

const shown = (value: number): string => String(Number(value.toPrecision(3)));

const percent = (ppm: number): string => `${Number((ppm / 10_000).toFixed(4))}%`;

const span = (minutes: number): string =>
  minutes % 1440 === 0 ? `${minutes / 1440}d` : minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
