import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../app/text.ts';
import { type Fact, Facts, Section } from '../parts/section.tsx';
import { Plain } from '../plan/plain.tsx';
import styles from './entry-page.module.css';
import type { AuditFilter } from './filter.ts';
import { messages } from './messages.ts';
import type { Entry } from './queries.ts';

/** What it was about, and the way to everything else about it. */
export function Subject({ subject }: Pick<Entry, 'subject'>) {
  const say = useText();
  const { stack, account, plan, planDigest, fingerprint, grant, person, other } = subject;
  const facts: readonly Fact[] = [
    [say(messages.stack), stack && <Name words={stack} label={messages.sameStack} same={{ stack }} />],
    [say(messages.account), account],
    [say(messages.person), person && <Plain words={person} />],
    [
      say(messages.plan),
      plan && (
        <Name
          words={plan}
          label={messages.samePlan}
          same={{ plan }}
          page={
            <Link to="/changes/$plan" params={{ plan }}>
              {plan}
            </Link>
          }
        />
      ),
    ],
    [
      say(messages.grant),
      grant && (
        <Name
          words={grant}
          label={messages.sameGrant}
          same={{ grant }}
          page={
            <Link to="/grants/$grant" params={{ grant }}>
              {grant}
            </Link>
          }
        />
      ),
    ],
    [say(messages.fingerprint), fingerprint && <code className={styles.hash}>{fingerprint}</code>],
    [say(messages.planDigest), planDigest && <code className={styles.hash}>{planDigest}</code>],
    [say(messages.other), other && <Plain words={other} />],
  ];
  if (facts.every(([, value]) => value === undefined)) return null;
  return (
    <Section title={say(messages.about)}>
      <Facts facts={facts} />
    </Section>
  );
}

interface NameProps {
  readonly words: string;
  readonly label: typeof messages.sameStack | typeof messages.samePlan | typeof messages.sameGrant;
  readonly same: AuditFilter;
  /** The way to its own page, where it has one. */
  readonly page?: ReactNode;
}

function Name({ words, label, same, page }: NameProps) {
  const say = useText();
  return (
    <span className={styles.name}>
      {page ?? <Plain words={words} />}
      <Link to="/audit" search={same}>
        {say(label)}
      </Link>
    </span>
  );
}
