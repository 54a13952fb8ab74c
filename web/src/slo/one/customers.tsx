import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Plain } from '../../plan/plain.tsx';
import { IntervalBar } from '../charts/interval-bar.tsx';
import { useFigures } from '../figures.ts';
import { BudgetMeter } from '../marks.tsx';
import type { SloDetail } from '../queries.ts';
import { messages } from './messages.ts';
import { PROOFS } from './proofs.ts';
import styles from './slo-page.module.css';

type Customer = SloDetail['customers'][number];

interface CustomersProps {
  readonly customers: readonly Customer[];
  readonly more: number;
}

/** The budget as if it was promised to each customer alone, with how sure a figure of so few events is. */
export function Customers({ customers, more }: CustomersProps) {
  const say = useText();
  const { percent, count } = useFigures();
  const least = customers.reduce((low, { interval }) => Math.min(low, interval.lowPpm), 1_000_000);
  const columns: readonly Column<Customer>[] = [
    {
      id: 'customer',
      header: say(messages.customer),
      place: 'title',
      cell: ({ customer }) => <Plain words={customer} />,
    },
    {
      id: 'reached',
      header: say(messages.reached),
      place: 'corner',
      cell: ({ ppm }) => (ppm === undefined ? say(messages.nothingYet) : percent(ppm)),
    },
    {
      id: 'sure',
      header: say(messages.sure),
      place: 'line',
      cell: ({ interval, proof }) => (
        <div className={styles.sure}>
          <IntervalBar interval={interval} from={least} />
          <span>
            {percent(interval.lowPpm)} – {percent(interval.highPpm)}{' '}
            <span className={styles.soft}>{say(PROOFS[proof])}</span>
          </span>
        </div>
      ),
    },
    {
      id: 'events',
      header: say(messages.badOf),
      cell: ({ good, total }) => `${count(total - good)} / ${count(total)}`,
    },
    { id: 'budget', header: say(messages.left), cell: ({ budget }) => <BudgetMeter budget={budget} /> },
  ];
  return (
    <Section title={say(messages.customers)}>
      {customers.length === 0 ? (
        <Nothing>{say(messages.noCustomers)}</Nothing>
      ) : (
        <Table
          label={say(messages.customers)}
          columns={columns}
          rows={customers}
          keyOf={({ customer }) => customer}
        />
      )}
      {more > 0 && <p className={styles.soft}>{say(messages.moreCustomers, { count: more })}</p>}
    </Section>
  );
}
