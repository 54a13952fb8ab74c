import { useQuery } from '@tanstack/react-query';
import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { Page } from '../parts/page.tsx';
import { Quoted } from '../parts/quoted.tsx';
import { Answered } from '../parts/states.tsx';
import { CaseRun } from './cases.tsx';
import { messages } from './messages.ts';
import { Playground } from './playground.tsx';
import { PolicyList } from './policy-list.tsx';
import styles from './policy-page.module.css';
import { type Policies, policiesQuery } from './queries.ts';

/** What may be done here, by whom, and why not. */
export function PolicyPage() {
  const say = useText();
  const policies = useQuery(policiesQuery);
  return (
    <Page title={say(messages.title)}>
      <Answered query={policies}>
        {(known) => (
          <>
            <Standing policies={known} />
            <Playground />
            <PolicyList policies={known.policies} />
            <CaseRun />
          </>
        )}
      </Answered>
    </Page>
  );
}

/** Whose policies they are, and what is wrong with them. */
function Standing({ policies: { kind, shipped, warnings, reasons } }: { readonly policies: Policies }) {
  const say = useText();
  return (
    <div className={styles.standing}>
      <p className={styles.soft}>{say(shipped ? messages.shipped : messages.own)}</p>
      {kind === 'denies-everything' && (
        <div role="alert" className={styles.bad}>
          <strong>
            <Icon name="refused" /> {say(messages.deniesEverything)}
          </strong>
          <Reasons reasons={reasons} />
        </div>
      )}
      {warnings.length > 0 && (
        <div className={styles.warned}>
          <strong>
            <Icon name="warning" /> {say(messages.warnings)}
          </strong>
          <Reasons reasons={warnings} />
        </div>
      )}
    </div>
  );
}

function Reasons({ reasons }: Pick<Policies, 'reasons'>) {
  return (
    <ul className={styles.reasons}>
      {reasons.map(({ rule, message, remedy }) => (
        <li key={`${rule} ${message}`}>
          <Quoted words={message} /> <Quoted words={remedy} />
        </li>
      ))}
    </ul>
  );
}
