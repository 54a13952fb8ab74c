import { join } from 'node:path';
import { verification } from '#audit';
import type { RouteRoom } from '#changes';
import { type AddRoutes, systemClock } from '#platform';
import { DEFAULT_POLICY_FOLDER, policyRoutes } from '#policy';
import { grantCallsRoutes, type TrailRoom } from '#trail';
import packageJson from '../../package.json' with { type: 'json' };
import type { Foundations } from './build-rooms.ts';
import { settingsRoutes } from './settings.ts';
import { statusRoutes } from './status.ts';

/** What pages ask besides the routes of the rooms: how Sekisho is set up, how it does, what its policies say. */
export function pageRoutes(
  on: Foundations,
  changes: RouteRoom,
  trail: TrailRoom['trail'] | undefined,
): readonly AddRoutes[] {
  const { db, embedded } = on.database;
  const { configuration, policyFolder } = on.configured;
  const { requirePerson, organization, policySet } = changes;
  const clock = systemClock;
  const startedAt = clock.now();
  const log = verification(db, on.signer, clock);
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
      auditContinues: async () => (await log.state()).continues,
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
