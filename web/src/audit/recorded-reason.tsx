import { usePreferences } from '../app/preferences.ts';
import { Plain } from '../plan/plain.tsx';
import type { Entry } from './queries.ts';

/** As it was recorded, in the reader's language where it was recorded in that. */
export function RecordedReason({
  reason: { message, messageJa },
}: {
  readonly reason: Entry['reasons'][number];
}) {
  const { language } = usePreferences();
  if (language === 'ja' && messageJa !== undefined) return <Plain words={messageJa} />;
  return (
    <span lang="en">
      <Plain words={message} />
    </span>
  );
}
