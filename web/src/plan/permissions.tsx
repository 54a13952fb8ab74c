import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { More, Section } from '../parts/section.tsx';
import { messages } from './messages.ts';
import styles from './permissions.module.css';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';

const AT_ONCE = 6;

/** What the grant will be able to do, in words: nothing beyond it, whatever the job runs. */
export function Permissions({ plan: { permissions, extraNeeds = [] } }: { readonly plan: PlanSummary }) {
  const say = useText();
  if (permissions === undefined) return null;
  const { can, widened, escalations } = permissions;
  return (
    <Section title={say(messages.permissions)}>
      <p className={styles.soft}>{say(messages.permissionsWhy)}</p>
      {escalations.map((words) => (
        <p key={words} className={styles.warning}>
          <Icon name="warning" />
          <Plain words={words} />
        </p>
      ))}
      {extraNeeds.map(({ id, action, resource, reason, addedBy }) => (
        <p key={id} className={styles.warning}>
          <Icon name="person" />
          <span>
            <code>
              <Plain words={`${action} ${resource}`} />
            </code>{' '}
            {say(messages.addedBy, { whom: addedBy })} <Plain words={reason} />
          </span>
        </p>
      ))}
      <ul className={styles.can}>
        {can.slice(0, AT_ONCE).map((words) => (
          <li key={words}>
            <Plain words={words} />
          </li>
        ))}
      </ul>
      {can.length > AT_ONCE && (
        <More title={say(messages.allPermissions, { count: can.length - AT_ONCE })}>
          <ul className={styles.can}>
            {can.slice(AT_ONCE).map((words) => (
              <li key={words}>
                <Plain words={words} />
              </li>
            ))}
          </ul>
        </More>
      )}
      {widened.length > 0 && (
        <More title={say(messages.widened, { count: widened.length })}>
          <ul className={styles.can}>
            {widened.map((words) => (
              <li key={words}>
                <Plain words={words} />
              </li>
            ))}
          </ul>
        </More>
      )}
    </Section>
  );
}
