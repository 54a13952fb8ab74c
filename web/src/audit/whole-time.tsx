import { usePreferences } from '../app/preferences.ts';

/** To the millisecond, in the reader's zone and as it was written. */
export function WholeTime({ at }: { readonly at: string }) {
  const { language } = usePreferences();
  const here = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  return (
    <>
      {here.format(new Date(at))} <time dateTime={at}>({at})</time>
    </>
  );
}
