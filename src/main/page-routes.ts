import { join } from 'node:path';
import type { Verification } from '#audit';
import type { RouteRoom } from '#changes';
import { type AddRoutes, systemClock } from '#platform';
import { DEFAULT_POLICY_FOLDER, policyRoutes } from '#policy';
import { grantCallsRoutes, type TrailRoom } from '#trail';
import packageJson from '../../package.json' with { type: 'json' };
import type { Foundations } from './build-rooms.ts';
import { settingsRoutes } from './settings.ts';
import { statusRoutes } from './status.ts';

interface PageRooms {
  readonly changes: RouteRoom;
  readonly trail: TrailRoom['trail'] | undefined;
  readonly log: Verification;
}

/** What pages ask besides the routes of the rooms: how Sekisho is set up, how it does, what its policies say. */
export function pageRoutes(on: Foundations, { changes, trail, log }: PageRooms): readonly AddRoutes[] {
  const { db, embedded } = on.database;
  const { configuration, policyFolder } = on.configured;
  const { requirePerson, organization, policySet } = changes;
  const clock = systemClock;
  const startedAt = clock.now();
  return [
    settingsRoutes({
      ...{ db, requirePerson, organization, keyring: on.keyring, sessionKey: on.sessionKey },
      settings: () => configuration.current().server,
      about: {
        ...{ version: packageJson.version, startedAt, timeZone: on.environment.timeZone },
        embeddedDatabase: embedded,
      },
    }),
    statusRoutes({
      ...{ db, clock, startedAt, requirePerson, policySet },
      auditState: () => log.state(),
      destinations: on.destinations.map(({ destination }) => destination.name),
      isCompared: trail !== undefined,
    }),
    policyRoutes({
      ...{ requirePerson, organization, policySet, clock },
      casesFolder: join(policyFolder, 'cases'),
      shipped: policyFolder === DEFAULT_POLICY_FOLDER,
    }),
    grantCallsRoutes({
      ...{ db, clock, requirePerson, organization },
      ...(trail === undefined ? {} : { trail }),
    }),
  ];
}
