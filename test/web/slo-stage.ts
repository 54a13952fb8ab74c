import type { Page, Route } from 'playwright-core';
import type { CorrectionAnswer } from '../../src/slo/core/api/corrections-api.ts';
import { correctionRequest, undoRequest } from '../../src/slo/core/api/corrections-api.ts';
import type { IncidentAnswer } from '../../src/slo/core/api/incidents-api.ts';
import { resolutionRequest, silenceRequest } from '../../src/slo/core/api/incidents-api.ts';
import type { SlosAnswer } from '../../src/slo/core/api/slos-api.ts';
import {
  CORRECTIONS,
  correctionsOf,
  incidentsOf,
  openIncident,
  SCREEN_DETAIL,
  SCREENS,
  SLOS,
  sloDetail,
  UNCOUNTED,
} from './slo-answers.ts';
import type { View } from './stage.ts';

/** Both languages, both themes and all widths; their pages are long, and each picture takes its time. */
export const SLO_VIEWS: readonly View[] = [
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'en', theme: 'dark', width: 360 },
  { language: 'ja', theme: 'light', width: 360 },
  { language: 'ja', theme: 'dark', width: 768 },
];

/** What a server that keeps SLOs knows; acts of people change it. */
export interface SloServer {
  slos: SlosAnswer;
  incident: IncidentAnswer;
  corrections: readonly CorrectionAnswer[];
  may: boolean;
  readonly asked: string[];
}

const AT = '2026-11-23T12:00:00.000Z';

/** Answers what pages of SLOs ask, in the place of the server; acts are read by its own schemas. */
export async function answerSlos(page: Page, given: Partial<SloServer> = {}): Promise<SloServer> {
  const server: SloServer = {
    ...{ slos: SLOS, incident: openIncident(), corrections: CORRECTIONS, may: true, asked: [] },
    ...given,
  };
  await page.route(
    ({ pathname }) => pathname === '/v1/slos' || /^\/v1\/slos?\//.test(pathname),
    (route) => answer(server, route),
  );
  return server;
}

/**
 * Answers as `answerSlos`, and never lets the stream of events begin, which has everything read again: a request that is under way when a
 * test takes the network away is an error in the console.
 */
export async function answerSlosWithoutEvents(page: Page): Promise<void> {
  await answerSlos(page);
  await page.route('**/v1/events', () => undefined);
}

async function answer(server: SloServer, route: Route): Promise<void> {
  const asked = route.request();
  const { pathname, search } = new URL(asked.url());
  server.asked.push(`${asked.method()} ${pathname}${search}`);
  const body = answerOf(server, asked.method(), pathname, asked.postDataJSON());
  return body === undefined
    ? route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify(UNKNOWN) })
    : route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(body) });
}

const UNKNOWN = {
  ...{ type: 'urn:sekisho:problem:not-found', title: 'Not found', status: 404, code: 'not-found' },
  ...{ detail: 'No such SLO', requestId: 'request-of-a-test' },
  reasons: [{ rule: 'slo.unknown', message: 'No such SLO is defined.', remedy: 'Look at the list.' }],
};

function answerOf(server: SloServer, method: string, path: string, body: unknown): unknown {
  const { incident, corrections, may } = server;
  if (method === 'POST') return actOf(server, path, body);
  switch (path) {
    case '/v1/slos':
      return server.slos;
    case '/v1/slos/checkout':
      return sloDetail(incident, corrections);
    case '/v1/slos/payments':
      return UNCOUNTED;
    case '/v1/slo/screens':
      return SCREENS;
    case '/v1/slo/screens/checkout':
      return SCREEN_DETAIL;
    case '/v1/slo/incidents':
      return incidentsOf(incident, may);
    case '/v1/slo/corrections':
      return correctionsOf(corrections, may);
    default:
      return undefined;
  }
}

function actOf(server: SloServer, path: string, body: unknown): unknown {
  const byWhom = 'hanako';
  switch (path) {
    case '/v1/slo/incidents/inc_1/acknowledgement':
      server.incident = { ...server.incident, state: 'acknowledged', acknowledged: { at: AT, byWhom } };
      return { incident: server.incident };
    case '/v1/slo/incidents/inc_1/silence':
      server.incident = {
        ...{ ...server.incident, state: 'silenced' },
        silenced: { at: AT, byWhom, ...silenceRequest.parse(body) },
      };
      return { incident: server.incident };
    case '/v1/slo/incidents/inc_1/resolution':
      server.incident = {
        ...{ ...server.incident, state: 'resolved', firing: false },
        resolved: { at: AT, byWhom, ...resolutionRequest.parse(body) },
      };
      return { incident: server.incident };
    case '/v1/slo/corrections': {
      const made = { id: 'cor_3', at: AT, byWhom, ...correctionRequest.parse(body) };
      server.corrections = [made, ...server.corrections];
      return { correction: made };
    }
    case '/v1/slo/corrections/cor_2/undo': {
      const undone = { at: AT, byWhom, ...undoRequest.parse(body) };
      server.corrections = server.corrections.map((one) => (one.id === 'cor_2' ? { ...one, undone } : one));
      return { correction: server.corrections[0] };
    }
    default:
      return undefined;
  }
}
