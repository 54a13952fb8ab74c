import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/section.tsx';
import { Time } from '../parts/time.tsx';
import styles from './budgets.module.css';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';

type Budget = NonNullable<PlanSummary['budgets']>['slos'][number];
type Repair = NonNullable<PlanSummary['repair']>;

/** The error budgets that the change could hurt, worst first, and whether it is a repair. */
export function Budgets({ plan: { budgets, repair } }: { readonly plan: PlanSummary }) {
  const say = useText();
  if (budgets === undefined && repair === undefined) return null;
  const { slos = [], unread } = budgets ?? {};
  return (
    <Section title={say(messages.budgets)}>
      <div className={styles.box}>
        {unread !== undefined && (
          <p className={styles.line}>
            <Icon name="refused" /> <Plain words={unread} />
          </p>
        )}
        {slos.length > 0 && (
          <ul className={styles.list}>
            {slos.map((budget) => (
              <OneBudget key={budget.slo} budget={budget} />
            ))}
          </ul>
        )}
        {budgets !== undefined && slos.length === 0 && unread === undefined && (
          <p className={styles.soft}>{say(messages.noSlo, { services: budgets.services.join(', ') })}</p>
        )}
        {repair !== undefined && <RepairMark repair={repair} />}
      </div>
    </Section>
  );
}

const ICONS = { spent: 'refused', stale: 'warning', left: 'check', 'not-measured': 'empty' } as const;

function OneBudget({ budget }: { readonly budget: Budget }) {
  const say = useText();
  const { slo, service, stand, burning, upTo, remainingPpm = 0 } = budget;
  return (
    <li className={styles.line}>
      <Icon name={ICONS[stand]} />
      <div>
        <a href={`/slos/${encodeURIComponent(slo)}`}>{slo}</a> <span className={styles.soft}>{service}</span>
        <p>
          <strong>{say(messages[STANDS[stand]], { left: percent(remainingPpm) })}</strong>
          {burning && <span className={styles.burning}> {say(messages.burning)}</span>}
          {upTo !== undefined && (
            <span className={styles.soft}>
              {' '}
              {say(messages.figuresUpTo)} <Time at={upTo} />
            </span>
          )}
        </p>
      </div>
    </li>
  );
}

const STANDS = {
  left: 'budgetLeft',
  spent: 'budgetSpent',
  stale: 'budgetStale',
  'not-measured': 'budgetNotMeasured',
} as const;

/** Rounded down: what is left is never shown as more than it is. */
const percent = (ppm: number): string => `${(Math.floor(ppm / 1_000) / 10).toFixed(1)} %`.replace('-', '−');

function RepairMark({ repair }: { readonly repair: Repair }) {
  const say = useText();
  const { by, at, agreedBy, agreedAt, reason, counts, why } = repair;
  return (
    <div className={styles.repair}>
      <p className={styles.line}>
        <Icon name={counts ? 'check' : 'person'} />
        <span>
          <strong>{say(messages.isRepair)}</strong> · {by} · <Time at={at} />
        </span>
      </p>
      <blockquote>
        <Plain words={reason} />
      </blockquote>
      <p className={styles.soft}>
        {agreedBy === undefined || agreedAt === undefined ? (
          say(messages.nobodyAgreed)
        ) : (
          <>
            {say(messages.hasAgreed, { whom: agreedBy })} · <Time at={agreedAt} />
          </>
        )}
      </p>
      {why !== undefined && (
        <p>
          {say(messages.countsNot)} <Plain words={why} />
        </p>
      )}
    </div>
  );
}
