import { stringify } from 'yaml';
import {
  browserSessionRoutes,
  linkRoutes,
  loadConfiguration,
  type Provider,
  passkeyRoutes,
  passkeySignInRoutes,
  providerRoutes,
  requirePerson,
  type SessionRoom,
} from '#accounts';
import { messagesRoutes } from '#messages';
import type { AddRoutes } from '#platform';
import { shopConfiguration } from '../../src/changes/testing/shop-configuration.ts';
import { must } from '../../src/changes/testing/shop-room.ts';
import { destination, recordingSender } from '../../src/messages/testing/room.ts';
import { systemRoutes } from './system-routes.ts';

/** Signing in, passkeys, sessions, links and settings of the shop's server, whose messages go to `ops`. */
export function peopleRoutes(sessions: SessionRoom, providers: readonly Provider[]): readonly AddRoutes[] {
  const { db, clock, publicUrl } = sessions;
  const person = requirePerson(sessions);
  const passkeys = { ...sessions, alarm: () => undefined };
  const destinations = [{ destination: destination('ops'), sender: recordingSender() }];
  const yaml = shopConfiguration();
  const bytes = Buffer.from(stringify({ ...yaml, server: { ...Object(yaml.server), publicUrl } }));
  const { server } = must(loadConfiguration({ file: 'sekisho.yaml', bytes }));
  return [
    browserSessionRoutes(sessions, person),
    linkRoutes(passkeys),
    passkeySignInRoutes(passkeys),
    passkeyRoutes(passkeys, person),
    providerRoutes({ ...sessions, providers }),
    messagesRoutes({ db, clock, destinations, requirePerson: person }),
    ...systemRoutes(sessions, { ...server, messages: destinations.map((one) => one.destination) }),
  ];
}
