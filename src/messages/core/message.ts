import type { NewsKind } from '#accounts/core';
import { type AuditRecord, recordedMessage } from '#audit/core';
import type { PlanDetails } from '#changes/core';
import { type Environment, type Language, type Text, text, verbatim } from '#core-values';
import { countsText, SEVERITY_WORDS } from '#plan/core';
import { recordedFinding } from '#trail/core';
import { incidentLines, incidentNext, incidentTitle } from './incident.ts';
import type { News } from './news.ts';

/** What is known when a message is written. */
export interface NewsFacts {
  readonly news: News;
  readonly entry: AuditRecord;
  /** As it is now, in the destination's language. */
  readonly plan?: PlanDetails;
  /** Of the stack that it is about. */
  readonly environment?: Environment;
}

/** Plain text: each way of sending marks it up for itself. */
export interface Message {
  readonly kind: NewsKind;
  readonly title: string;
  readonly lines: readonly string[];
  /** The next step, mostly a command to copy. */
  readonly next?: string;
}

/** A plan that was approved or replaced since waits for nobody: such news is not sent any more. */
export const isStillTrue = ({ news, plan }: NewsFacts): boolean =>
  news.kind !== 'waiting' || plan?.state === 'awaiting-approval';

/** A few lines; the rest is where `next` leads. */
const MOST_LINES = 8;
const MOST_CHARACTERS = 300;

/** What a person reads. Sensitive values cannot be in it: neither the log nor a plan's figures hold any. */
export function messageOf(facts: NewsFacts, language: Language): Message {
  const { news } = facts;
  const lines = linesOf(facts, language).map(oneLine);
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  const next = nextOf(facts);
  return {
    kind: news.kind,
    title: oneLine(TITLES[news.kind](aboutOf(facts, language), facts)[language]),
    lines: more > 0 ? [...shown, MORE(more)[language]] : shown,
    ...(next === undefined ? {} : { next: next[language] }),
  };
}

/** Invisible and control characters would let what one person wrote pose as what another said. */
const oneLine = (words: string): string => {
  const visible = words.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return visible.length <= MOST_CHARACTERS ? visible : `${[...visible].slice(0, MOST_CHARACTERS).join('')}…`;
};

const aboutOf = ({ news, entry, environment }: NewsFacts, language: Language): string => {
  if (news.stack === undefined) return entry.subject.person ?? ABOUT_ALL[language];
  return environment === undefined ? news.stack : `${news.stack} (${environment})`;
};

const ABOUT_ALL = text('Sekisho itself', 'Sekisho 本体');

const TITLES: Readonly<Record<NewsKind, (about: string, facts: NewsFacts) => Text>> = {
  waiting: (about) => text(`${about} waits for approval`, `${about} が承認を待っています`),
  approved: (about, { entry }) =>
    text(
      `${about} is approved, lastly by ${entry.actor.name}`,
      `${about} が承認されました(最後の承認: ${entry.actor.name})`,
    ),
  rejected: (about, { entry }) =>
    text(`${about}: rejected by ${entry.actor.name}`, `${about}: ${entry.actor.name} が却下しました`),
  refused: (about, { entry }) =>
    text(`${about}: refused ${entry.actor.name}`, `${about}: ${entry.actor.name} を拒否しました`),
  applied: (about) => text(`${about} is applied`, `${about} を適用しました`),
  failed: (about) => text(`${about}: the apply failed`, `${about}: 適用に失敗しました`),
  'break-glass': (about, { entry }) =>
    entry.kind === 'break-glass.used'
      ? text(
          `BREAK-GLASS: ${about} is applied without approval`,
          `ブレークグラス: ${about} が承認なしで適用されます`,
        )
      : text(
          `BREAK-GLASS: ${entry.actor.name} passes ${about} without approval`,
          `ブレークグラス: ${entry.actor.name} が ${about} を承認なしで通しました`,
        ),
  revoked: (about, { entry }) =>
    text(
      `${about}: grant taken back by ${entry.actor.name}`,
      `${about}: ${entry.actor.name} がグラントを取り消しました`,
    ),
  incident: (_, { entry }) => incidentTitle(entry),
  alarm: (about, { entry }) => text(`ALARM: ${about}: ${entry.kind}`, `警報: ${about}: ${entry.kind}`),
};

function linesOf({ news, entry, plan }: NewsFacts, language: Language): readonly string[] {
  if (news.kind === 'incident') return incidentLines(entry, language);
  const why = entry.reasons.map((reason) => `${reasonText(entry, reason, language)} [${reason.rule}]`);
  if (plan === undefined) return why;
  const about = [whoseText(plan)[language], countsOf(plan)[language]];
  if (news.kind !== 'waiting') return [...why, ...about];
  return [...about, ...(plan.decision?.wouldChange ?? []).map((words) => NEEDED(words)[language])];
}

/** Of findings in the trail, entries keep what their words are made of, too: older ones hold them in English only. */
const reasonText = (
  { kind, evidence }: AuditRecord,
  reason: AuditRecord['reasons'][number],
  language: Language,
): string => {
  const found = kind === 'trail.finding' ? recordedFinding(reason.rule, evidence.facts) : undefined;
  return found?.[language] ?? recordedMessage(reason, language);
};

const NEEDED = (words: string): Text => text(`Needed: ${words}`, `必要: ${words}`);
const MORE = (count: number): Text => text(`… and ${count} more`, `… 他 ${count} 件`);

const whoseText = ({ author, repository, ref, commit }: PlanDetails): Text => {
  const request = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  const where =
    request === undefined ? `${repository.name} ${commit.slice(0, 7)}` : `${repository.name}#${request}`;
  return text(`By ${author.name}, ${where}`, `作成者 ${author.name}、${where}`);
};

/** Of findings only those that nobody should miss. */
function countsOf({ changes, findings }: PlanDetails): Text {
  const grave = (['critical', 'high'] as const).filter((severity) => findings[severity] > 0);
  const said = countsText(changes);
  if (grave.length === 0) return said;
  const en = grave.map((severity) => `${findings[severity]} ${SEVERITY_WORDS[severity].en}`);
  const ja = grave.map((severity) => `${SEVERITY_WORDS[severity].ja} ${findings[severity]}`);
  return text(`${said.en}; findings: ${en.join(', ')}`, `${said.ja}。指摘: ${ja.join('、')}`);
}

function nextOf({ news, entry }: NewsFacts): Text | undefined {
  const { plan } = news;
  switch (news.kind) {
    case 'waiting':
      return plan === undefined ? undefined : verbatim(`sekisho approve ${plan}`);
    case 'approved':
    case 'applied':
      return undefined;
    case 'incident':
      return incidentNext(entry);
    case 'failed':
    case 'rejected':
      return plan === undefined ? undefined : verbatim(`sekisho show ${plan}`);
    case 'alarm':
    case 'refused':
    case 'revoked':
    case 'break-glass':
      // There may be more of its kind: only the first was told.
      if (entry.kind === 'trail.finding') return verbatim('sekisho audit list --kind trail.finding');
      return verbatim(`sekisho audit show ${entry.position}`);
  }
}
