import { driftSync } from './drift/sync-drift.ts';
import { blobTexts } from './pull-request/blob-texts.ts';
import type { PullRequestRoom } from './pull-request/room.ts';
import { pullRequestSync } from './pull-request/sync.ts';
import type { Syncs } from './subjects/subject.ts';

/** What keeps pull requests and drift issues up to date; texts of files are kept between them. */
export function githubSyncs(room: Omit<PullRequestRoom, 'blobs'>): Syncs {
  const all: PullRequestRoom = { ...room, blobs: blobTexts() };
  return { 'pull-request': pullRequestSync(all), drift: driftSync(all) };
}
