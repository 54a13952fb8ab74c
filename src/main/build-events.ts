import { isFromBrowser, type RequirePerson, type SessionRoom, stillSignedIn } from '#accounts';
import { eventRoutes, hearing } from '#audit';
import type { AddRoutes, Db, Logger } from '#platform';

export interface BuiltEvents {
  readonly routes: AddRoutes;
  /** Ends every stream; before the server stops, which waits for what is being answered. */
  stop(): Promise<void>;
}

/** Soon enough for somebody who looks on, and one cheap question to the database for all of them. */
const LOOK_EVERY_MS = 500;

/** What happens, told to the pages that show it. */
export function buildEvents(
  { database, logger }: { readonly database: { readonly db: Db }; readonly logger: Logger },
  sessions: SessionRoom,
  requirePerson: RequirePerson,
): BuiltEvents {
  const ear = hearing({
    db: database.db,
    everyMs: LOOK_EVERY_MS,
    onError: (error) => logger.error('The audit log could not be followed', { error }),
  });
  return {
    routes: eventRoutes({
      hearing: ear,
      requirePerson,
      stillSignedIn: async (c) =>
        isFromBrowser(sessions, c) ? stillSignedIn(sessions, c) : (await requirePerson(c)).ok,
    }),
    stop: () => ear.stop(),
  };
}
