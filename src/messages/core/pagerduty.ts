import type { JsonObject } from '#core-values';
import { incidentOf } from './incident.ts';
import type { Message, NewsFacts } from './message.ts';

/** Limits of the Events API v2, https://developer.pagerduty.com/docs/events-api-v2/trigger-events/, read on 2026-11-23. */
export const PAGERDUTY_LIMITS = { summaryCharacters: 1024, dedupKeyCharacters: 255 } as const;

const ACTIONS: ReadonlyMap<string, 'acknowledge' | 'resolve'> = new Map([
  ['incident.acknowledged', 'acknowledge'],
  // Whoever wants nobody told until then looks after it.
  ['incident.silenced', 'acknowledge'],
  ['incident.resolved', 'resolve'],
]);

/** An event for PagerDuty, or whoever speaks its Events API v2; an incident is one alert there, by its thread. */
export function pagerDutyEvent(
  message: Message,
  { entry, news }: NewsFacts,
  {
    thread,
    routingKey,
    source,
  }: { readonly thread: string; readonly routingKey: string; readonly source: string },
): JsonObject {
  const incident = incidentOf(entry);
  const link = incident?.link;
  return {
    routing_key: routingKey,
    event_action: ACTIONS.get(entry.kind) ?? 'trigger',
    dedup_key: thread.slice(0, PAGERDUTY_LIMITS.dedupKeyCharacters),
    payload: {
      summary: cut(message.title, PAGERDUTY_LIMITS.summaryCharacters),
      source,
      severity:
        entry.kind === 'message.tested' ? 'info' : incident?.severity === 'ticket' ? 'warning' : 'critical',
      timestamp: entry.at,
      ...(incident === undefined ? {} : { component: incident.slo, group: incident.service }),
      class: entry.kind,
      custom_details: { lines: message.lines, auditEntry: String(news.position) },
    },
    client: 'Sekisho',
    ...(link === undefined
      ? {}
      : { client_url: link, links: [{ href: link, text: incident?.slo ?? 'Sekisho' }] }),
  };
}

const cut = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
