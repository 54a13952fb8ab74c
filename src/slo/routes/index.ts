import type { AddRoutes } from '#platform';
import type { SloRouteRoom } from './access.ts';
import { correctionRoutes } from './corrections.ts';
import { incidentRoutes } from './incidents.ts';
import { slosRoutes } from './slos.ts';

export type { SloRouteRoom } from './access.ts';

/** What people read and do about SLOs. */
export const sloRoutes = (room: SloRouteRoom): readonly AddRoutes[] => [
  slosRoutes(room),
  incidentRoutes(room),
  correctionRoutes(room),
];
