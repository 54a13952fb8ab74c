import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../app/text.ts';
import { Choice } from '../parts/field.tsx';
import { MoreButton } from '../parts/list-end.tsx';
import { Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import styles from './findings.module.css';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import { type Finding, findingsQuery, type PlanSummary } from './queries.ts';
import { SEVERITIES, type Severity } from './search.ts';
import { SeverityMark } from './severity.tsx';

/** What the review found, the gravest first, each with what to do about it. */
export function Findings({ plan: { id, findings: counts } }: { readonly plan: PlanSummary }) {
  const say = useText();
  const [severity, setSeverity] = useState<Severity>();
  const findings = useInfiniteQuery(findingsQuery(id, severity));
  const kinds = SEVERITIES.filter((one) => counts[one] > 0);
  if (kinds.length === 0) {
    return (
      <Section id="findings" title={say(messages.findings)}>
        <p className={styles.none}>{say(messages.noFindings)}</p>
      </Section>
    );
  }
  const choices = [
    { value: 'all' as const, label: say(messages.all) },
    ...kinds.map((value) => ({ value, label: `${say(messages[value])} ${counts[value]}` })),
  ];
  const filter = kinds.length > 1 && (
    <Choice
      label={say(messages.bySeverity)}
      value={severity ?? 'all'}
      choices={choices}
      onChoose={(chosen) => setSeverity(chosen === 'all' ? undefined : chosen)}
    />
  );
  return (
    <Section id="findings" title={say(messages.findings)} aside={filter}>
      <Answered query={findings}>
        {({ pages }) => (
          <>
            <ul className={styles.findings}>
              {pages
                .flatMap((page) => page.findings)
                .map((finding) => (
                  <OneFinding key={`${finding.rule} ${finding.address} ${finding.message}`} {...finding} />
                ))}
            </ul>
            <MoreButton query={findings} label={say(messages.moreFindings)} />
          </>
        )}
      </Answered>
    </Section>
  );
}

function OneFinding({ rule, severity, address, n, message, remedy }: Finding) {
  return (
    <li className={styles[severity]}>
      <div className={styles.title}>
        <SeverityMark severity={severity} />
        <code>{rule}</code>
      </div>
      {address !== undefined &&
        (n === undefined ? (
          <code>
            <Plain words={address} />
          </code>
        ) : (
          <Link
            from="/changes/$plan"
            to="."
            search={({ of: _, ...kept }) => ({ ...kept, show: n })}
            resetScroll={false}
            className={styles.address}
          >
            <Plain words={address} />
          </Link>
        ))}
      <p>
        <Plain words={message} />
      </p>
      <p className={styles.remedy}>
        <Plain words={remedy} />
      </p>
    </li>
  );
}
