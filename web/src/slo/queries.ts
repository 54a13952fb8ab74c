import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import type { Span } from './span.ts';

export type Slos = Read<'/v1/slos'>;
export type Service = Slos['services'][number];
export type Slo = Service['slos'][number];
export type SloDetail = Read<'/v1/slos/{name}'>;
/** As a list has it, and as the page of an SLO has it. */
export type Objective = Slo['objectives'][number];
export type ObjectiveDetail = SloDetail['objectives'][number];
export type Budget = Objective['budget'];
export type DataState = Slo['data'];
export type Incident = SloDetail['incidents'][number];
export type Correction = SloDetail['corrections'][number];
export type Screens = Read<'/v1/slo/screens'>;
export type ScreenDetail = Read<'/v1/slo/screens/{name}'>;
export type ScreenRequest = ScreenDetail['requests'][number];

/** Status is computed each minute; no event tells of it. */
const EVERY_MS = 60_000;

export const useSlos = () =>
  useQuery({
    queryKey: ['slos'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/slos', { signal })),
    refetchInterval: EVERY_MS,
  });

export const useSlo = (name: string, span: Span | undefined) =>
  useQuery({
    queryKey: ['slo', name, span],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/slos/{name}', { params: { path: { name }, query: reachOf(span) }, signal })),
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });

export const useScreens = () =>
  useQuery({
    queryKey: ['slo-screens'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/slo/screens', { signal })),
    refetchInterval: EVERY_MS,
  });

export const useScreen = (name: string) =>
  useQuery({
    queryKey: ['slo-screen', name],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/slo/screens/{name}', { params: { path: { name } }, signal })),
    refetchInterval: EVERY_MS,
  });

export const useIncidents = (slo: string) =>
  useQuery({
    queryKey: ['slo-incidents', slo],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/slo/incidents', { params: { query: { slo } }, signal })),
    refetchInterval: EVERY_MS,
  });

export const useCorrections = (slo: string) =>
  useQuery({
    queryKey: ['slo-corrections', slo],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/slo/corrections', { params: { query: { slo } }, signal })),
  });

const DAYS: Readonly<Record<Span, number>> = { day: 1, week: 7 };
const DAY_MS = 86_400_000;

/** Until now; the window of the SLO where none is asked for. */
const reachOf = (span: Span | undefined) =>
  span === undefined ? {} : { from: new Date(Date.now() - DAYS[span] * DAY_MS).toISOString() };
