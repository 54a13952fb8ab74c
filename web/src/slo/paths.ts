import type { Client } from 'openapi-fetch';
import type { z } from 'zod';
import type * as corrections from '../../../src/slo/core/api/corrections-api.ts';
import type * as incidents from '../../../src/slo/core/api/incidents-api.ts';
import type { ScreenDetailAnswer, ScreensAnswer } from '../../../src/slo/core/api/screens-api.ts';
import type { SloDetailAnswer, SlosAnswer } from '../../../src/slo/core/api/slos-api.ts';
import { api as whole } from '../api/client.ts';

interface Operation<Answer, Query = never, Path = never, Body = never> {
  parameters: { query?: Query; path: Path; header?: never; cookie?: never };
  requestBody: { content: { 'application/json': Body } };
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Answer } } };
}
interface Read<Answer, Query = never, Path = never> {
  parameters: { query?: Query; path: Path; header?: never; cookie?: never };
  requestBody?: never;
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Answer } } };
}
interface Name {
  name: string;
}
interface Id {
  id: string;
}

interface SloPaths {
  '/v1/slos': { get: Omit<Read<SlosAnswer>, 'parameters'> & { parameters: { query?: never; path?: never } } };
  '/v1/slos/{name}': { get: Read<SloDetailAnswer, { from?: string; to?: string }, Name> };
  '/v1/slo/screens': {
    get: Omit<Read<ScreensAnswer>, 'parameters'> & { parameters: { query?: never; path?: never } };
  };
  '/v1/slo/screens/{name}': { get: Read<ScreenDetailAnswer, never, Name> };
  '/v1/slo/incidents': {
    get: Omit<Read<incidents.IncidentsAnswer>, 'parameters'> & {
      parameters: { query?: { slo?: string; state?: 'open' | 'resolved' }; path?: never };
    };
  };
  '/v1/slo/incidents/{id}/acknowledgement': {
    post: Read<z.infer<typeof incidents.incidentChanged>, never, Id>;
  };
  '/v1/slo/incidents/{id}/silence': {
    post: Operation<
      z.infer<typeof incidents.incidentChanged>,
      never,
      Id,
      z.infer<typeof incidents.silenceRequest>
    >;
  };
  '/v1/slo/incidents/{id}/resolution': {
    post: Operation<
      z.infer<typeof incidents.incidentChanged>,
      never,
      Id,
      z.infer<typeof incidents.resolutionRequest>
    >;
  };
  '/v1/slo/corrections': {
    get: Omit<Read<z.infer<typeof corrections.correctionsAnswer>>, 'parameters'> & {
      parameters: { query?: { slo?: string }; path?: never };
    };
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': z.infer<typeof corrections.correctionRequest> } };
      responses: Read<z.infer<typeof corrections.correctionChanged>>['responses'];
    };
  };
  '/v1/slo/corrections/{id}/undo': {
    post: Operation<
      z.infer<typeof corrections.correctionChanged>,
      never,
      Id,
      z.infer<typeof corrections.undoRequest>
    >;
  };
}

export type SloRead<P extends keyof SloPaths> = SloPaths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } };
}
  ? Answer
  : never;

// Until the server's document has these routes.
export const api = whole as unknown as Client<SloPaths>;
