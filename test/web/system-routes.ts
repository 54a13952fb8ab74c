import { randomBytes } from 'node:crypto';
import { type RequirePerson, requirePerson, type SessionRoom } from '#accounts';
import type { ServerSettings } from '#accounts/core';
import { githubRoutes } from '#github';
import { type AddRoutes, createKeyring, environmentKeys, uuidV7 } from '#platform';
import { must } from '../../src/changes/testing/shop-room.ts';
import { githubConnections } from '../../src/github/api/connections.ts';
import { fakeNetwork } from '../../src/github/testing/fake-network.ts';
import { encryptionRoutes } from '../../src/main/encryption.ts';
import { settingsRoutes } from '../../src/main/settings.ts';

const oneKey = () => {
  const [key] = must(environmentKeys('SEKISHO_KEY', randomBytes(32).toString('base64')));
  if (key === undefined) throw new Error('no key');
  return key;
};

/** How the shop's server is set up, with an earlier key beside the newest, and a GitHub that nothing reaches. */
export function systemRoutes(sessions: SessionRoom, server: ServerSettings): readonly AddRoutes[] {
  const { db, clock, organization, publicUrl, sessionKey } = sessions;
  const person: RequirePerson = requirePerson(sessions);
  const keyring = { ...createKeyring([oneKey(), oneKey()]), placeOf: () => 'env: SEKISHO_KEY' };
  return [
    encryptionRoutes({ db, keyring, clock, organization, person }),
    githubRoutes({
      ...{ db, clock, keyring, organization, publicUrl, requirePerson: person },
      newSecret: () => randomBytes(32).toString('base64url'),
      newAppId: () => `gha_${uuidV7(clock.now())}`,
      connections: githubConnections({ db, keyring, network: fakeNetwork(() => 'unreachable') }),
      poke: () => undefined,
      received: () => undefined,
    }),
    settingsRoutes({
      ...{ db, requirePerson: person, organization, keyring, sessionKey, settings: () => server },
      about: { version: '0.0.0', startedAt: clock.now(), timeZone: 'Asia/Tokyo', embeddedDatabase: true },
    }),
  ];
}
