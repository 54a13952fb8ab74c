import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { environmentOf, useStacks } from '../api/stacks.ts';
import { useText } from '../app/text.ts';
import { buttonClass } from '../parts/button.tsx';
import { EnvironmentMark, useTouches } from '../parts/environment.tsx';
import { Page } from '../parts/page.tsx';
import { Facts, Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import { Plain } from '../plan/plain.tsx';
import { Chain } from './chain.tsx';
import styles from './entry-page.module.css';
import { Evidence } from './evidence.tsx';
import { kindWords } from './kinds/kind-words.ts';
import { OutcomeMark } from './marks.tsx';
import { messages } from './messages.ts';
import { type Entry, entryQuery, stateQuery } from './queries.ts';
import { RecordedReason } from './recorded-reason.tsx';
import { Subject } from './subject.tsx';
import { WholeTime } from './whole-time.tsx';

const route = getRouteApi('/shell/audit/$entry');

/** One entry of the log, with everything it stands on. */
export function EntryPage() {
  const { entry: id } = route.useParams();
  const entry = useQuery(entryQuery(id));
  return (
    <Answered query={entry} heading="h1">
      {({ record, leaf }) => <OneEntry key={record.position} entry={record} leaf={leaf} />}
    </Answered>
  );
}

function OneEntry({ entry, leaf }: { readonly entry: Entry; readonly leaf: string }) {
  const say = useText();
  const { position, kind, at, actor, subject, outcome } = entry;
  const environment = environmentOf(useStacks(), subject.stack);
  useTouches(environment);
  return (
    <Page
      title={`#${position} ${kindWords(say, kind)}`}
      aside={
        <span className={styles.marks}>
          {environment !== undefined && <EnvironmentMark environment={environment} />}
          <OutcomeMark outcome={outcome} />
        </span>
      }
    >
      <Ways position={position} />
      <Facts
        facts={[
          [say(messages.kind), <code key="kind">{kind}</code>],
          [say(messages.at), <WholeTime key="at" at={at} />],
          [say(messages.actor), <Actor key="actor" actor={actor} />],
        ]}
      />
      <Subject subject={subject} />
      <Reasons reasons={entry.reasons} />
      <Section title={say(messages.evidence)}>
        <p className={styles.soft}>{say(messages.evidenceWhy)}</p>
        <Evidence evidence={entry.evidence} />
      </Section>
      <Chain entry={entry} leaf={leaf} />
    </Page>
  );
}

/** To the log, and to the entries beside this one. */
function Ways({ position }: { readonly position: number }) {
  const say = useText();
  const { data } = useQuery(stateQuery);
  const isLast = data !== undefined && position + 1 >= data.size;
  return (
    <nav className={styles.ways} aria-label={say(messages.title)}>
      <Link to="/audit" className={buttonClass()}>
        {say(messages.toLog)}
      </Link>
      {position > 0 && (
        <Link to="/audit/$entry" params={{ entry: String(position - 1) }} className={buttonClass('quiet')}>
          {say(messages.before)}
        </Link>
      )}
      {!isLast && (
        <Link to="/audit/$entry" params={{ entry: String(position + 1) }} className={buttonClass('quiet')}>
          {say(messages.after)}
        </Link>
      )}
    </nav>
  );
}

function Actor({ actor: { kind, name, claims = {}, tokenSha256 } }: Pick<Entry, 'actor'>) {
  const say = useText();
  return (
    <div className={styles.lines}>
      <span>
        <Plain words={name} /> <span className={styles.soft}>{say(messages[kind])}</span>
      </span>
      <Link to="/audit" search={{ actor: name }}>
        {say(messages.sameActor)}
      </Link>
      {Object.entries(claims).map(([claim, value]) => (
        <span key={claim} className={styles.soft}>
          <Plain words={claim} />: <Plain words={value} />
        </span>
      ))}
      {tokenSha256 !== undefined && (
        <span className={styles.soft}>
          {say(messages.token)}: <code className={styles.hash}>{tokenSha256}</code>
        </span>
      )}
    </div>
  );
}

function Reasons({ reasons }: Pick<Entry, 'reasons'>) {
  const say = useText();
  if (reasons.length === 0) return null;
  return (
    <Section title={say(messages.reasons)}>
      <ul className={styles.reasons}>
        {reasons.map((reason, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry never changes.
          <li key={at}>
            <RecordedReason reason={reason} />
            <code className={styles.soft}>{reason.rule}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}
