import { useState } from 'react';
import { useText } from '../../app/text.ts';
import { Select } from '../../parts/field.tsx';
import { type Fact, Facts, Section } from '../../parts/section.tsx';
import { Nothing } from '../../parts/states.tsx';
import { Histogram } from '../charts/histogram.tsx';
import { useFigures } from '../figures.ts';
import type { ScreenRequest } from '../queries.ts';
import { messages } from './messages.ts';
import styles from './screen-page.module.css';

/** How long a request of the screen takes, and how often. */
export function Distribution({ requests }: { readonly requests: readonly ScreenRequest[] }) {
  const say = useText();
  const { ms, count } = useFigures();
  const [place, setPlace] = useState(0);
  const request = requests[place] ?? requests[0];
  if (request === undefined) return null;
  const { times, thresholdMs, routes } = request;
  const facts: readonly Fact[] =
    times === undefined
      ? []
      : [
          [say(messages.measured), count(times.measured)],
          [say(messages.p50), ms(times.p50Ms)],
          [say(messages.p75), ms(times.p75Ms)],
          [say(messages.p95), ms(times.p95Ms)],
          [say(messages.p99), ms(times.p99Ms)],
          [say(messages.threshold), ms(thresholdMs)],
        ];
  return (
    <Section title={say(messages.distribution)}>
      <div className={styles.choice}>
        <Select
          label={say(messages.request)}
          value={String(place)}
          onChoose={(value) => setPlace(Number(value))}
        >
          {requests.map((one, index) => (
            <option key={one.routes.join(' ')} value={index}>
              {one.routes.join(', ')}
            </option>
          ))}
        </Select>
      </div>
      {times === undefined ? (
        <Nothing>{say(messages.noTimes)}</Nothing>
      ) : (
        <>
          <Histogram
            // What was read of another request says nothing of this one.
            key={place}
            title={say(messages.timesOf, { request: routes[0] ?? '' })}
            buckets={times.distribution}
            thresholdMs={thresholdMs}
          />
          <Facts facts={facts} />
        </>
      )}
    </Section>
  );
}
