import { z } from 'zod';
import * as part from './parts.ts';

/** One incident of an SLO: open as long as one of its alerts fires. */
export const incidentAnswer = z.object({
  id: z.string(),
  slo: z.string(),
  service: z.string(),
  state: z
    .enum(['open', 'acknowledged', 'silenced', 'resolved'])
    .describe('silenced: nobody is told until then; the incident goes on'),
  severity: part.severity.describe('The worst it had: a ticket can become a page'),
  firing: z.boolean().describe('An alert fires right now'),
  openedAt: part.time,
  pagedAt: part.time.optional().describe('Since when it is a page'),
  acknowledged: z.object({ at: part.time, byWhom: z.string() }).optional(),
  silenced: z.object({ at: part.time, byWhom: z.string(), until: part.time, reason: z.string() }).optional(),
  resolved: z
    .object({
      at: part.time,
      byWhom: z.string().optional().describe('Missing: by itself, for no alert fires any more'),
      reason: z.string().optional(),
    })
    .optional(),
  burn: part.burn.describe('When it was opened or last got worse'),
  remainingPpm: z.number().optional().describe('Of the budget, then'),
});

/** `GET /v1/slo/incidents?state&slo`: open ones first, then newest first. */
export const incidentsQuery = z.object({
  state: z.enum(['open', 'resolved']).optional().describe('open: all that are not resolved'),
  slo: part.sloName.optional(),
});

export const incidentsAnswer = z.object({
  incidents: z.array(incidentAnswer).describe('100 at most'),
  mayAct: z.boolean().describe('The policy lets you acknowledge, silence and resolve'),
});

/** `POST /v1/slo/incidents/{id}/acknowledgement`; no body. Answers the incident, as the two below. */
export const incidentChanged = z.object({ incident: incidentAnswer });

/** `POST /v1/slo/incidents/{id}/silence`. A time that is over ends the silence. */
export const silenceRequest = z.strictObject({
  until: part.time.describe('Within a week'),
  reason: part.reasonGiven,
});

/** `POST /v1/slo/incidents/{id}/resolution`. While alerts go on firing, no new incident is opened until they were quiet. */
export const resolutionRequest = z.strictObject({ reason: part.reasonGiven });

export type IncidentAnswer = z.infer<typeof incidentAnswer>;
export type IncidentsAnswer = z.infer<typeof incidentsAnswer>;
