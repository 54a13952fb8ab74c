import { useQuery } from '@tanstack/react-query';
import { useText } from '../app/text.ts';
import { Facts, More, Section } from '../parts/section.tsx';
import { Plain } from '../plan/plain.tsx';
import styles from './entry-page.module.css';
import { leafHash } from './leaf-hash.ts';
import { messages } from './messages.ts';
import type { Entry } from './queries.ts';

/** What ties the entry to those before and after it: the one after holds the hash that this browser works out here. */
export function Chain({ entry, leaf }: { readonly entry: Entry; readonly leaf: string }) {
  const say = useText();
  const { data } = useQuery({ queryKey: ['leaf-hash', leaf], queryFn: () => leafHash(leaf) });
  return (
    <Section title={say(messages.chain)}>
      <Facts
        facts={[
          [
            say(messages.previousHash),
            <code key="before" className={styles.hash}>
              {entry.previousLeafHash}
            </code>,
          ],
          [
            say(messages.leafHash),
            data && (
              <code key="own" className={styles.hash}>
                {data}
              </code>
            ),
          ],
        ]}
      />
      <More title={say(messages.leaf)}>
        <code className={styles.leaf}>
          <Plain words={leaf} />
        </code>
      </More>
    </Section>
  );
}
