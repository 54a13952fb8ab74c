import { useText } from '../app/text.ts';
import { useAccounts } from '../grants/queries.ts';
import { EnvironmentMark } from '../parts/environment.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Answered, State } from '../parts/states.tsx';
import styles from './accounts-page.module.css';
import { Freezes } from './freezes.tsx';
import { messages } from './messages.ts';
import { StackTable } from './stack-table.tsx';
import type { Account } from './standing.tsx';

/** Every account of sekisho.yaml by environment, production first, with how each of its stacks stands. */
export function AccountsPage() {
  const say = useText();
  const accounts = useAccounts();
  return (
    <Page title={say(messages.title)}>
      <Answered query={accounts}>
        {({ accounts: all }) =>
          all.length === 0 ? (
            <State icon="empty" title={say(messages.none)}>
              <p>{say(messages.noneWhy)}</p>
            </State>
          ) : (
            all.map((account) => <OneAccount key={account.id} account={account} />)
          )
        }
      </Answered>
    </Page>
  );
}

function OneAccount({ account }: { readonly account: Account }) {
  const say = useText();
  const { id, name, environment, revocable, freezes, stacks } = account;
  return (
    <Section
      title={name}
      aside={
        <span className={styles.of}>
          <EnvironmentMark environment={environment} />
          <code>{id}</code>
        </span>
      }
    >
      <Freezes freezes={freezes} />
      {!revocable && <p className={styles.soft}>{say(messages.notRevocable)}</p>}
      {stacks.length === 0 ? (
        <p className={styles.soft}>{say(messages.noStacks)}</p>
      ) : (
        <StackTable label={say(messages.stacksOf, { account: name })} account={account} />
      )}
    </Section>
  );
}
