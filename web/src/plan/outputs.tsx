import { useText } from '../app/text.ts';
import { More, Section } from '../parts/section.tsx';
import { Sides } from './explorer/sides.tsx';
import { messages } from './messages.ts';
import styles from './outputs.module.css';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';

const OPEN_AT_ONCE = 8;

/** Outputs that change. */
export function Outputs({ outputs }: Pick<PlanSummary, 'outputs'>) {
  const say = useText();
  const changing = outputs.filter(({ action }) => action !== 'no-op');
  if (changing.length === 0) return null;
  const list = (
    <ul className={styles.outputs}>
      {changing.map(({ name, action, before, after }) => (
        <li key={name}>
          <code>
            <Plain words={name} />
          </code>
          <Sides
            {...(action === 'create' ? {} : { before: written(before) })}
            {...(action === 'delete' ? {} : { after: written(after) })}
          />
        </li>
      ))}
    </ul>
  );
  return (
    <Section title={say(messages.outputs)}>
      {changing.length > OPEN_AT_ONCE ? (
        <More title={say(messages.showOutputs, { count: changing.length })}>{list}</More>
      ) : (
        list
      )}
    </Section>
  );
}

const written = (value: unknown): string =>
  typeof value === 'string' && /^\((?:sensitive value|known after apply)\)$/.test(value)
    ? value
    : (JSON.stringify(value) ?? 'null');
