import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { Plain } from '../../plan/plain.tsx';
import { type Correction, type SloDetail, useCorrections } from '../queries.ts';
import { MakeCorrection, UndoCorrection } from './correction-acts.tsx';
import { messages } from './messages.ts';
import styles from './slo-page.module.css';

/** Time that is left out of the budget, by whom and why; never changed, only undone. */
export function Corrections({ slo }: { readonly slo: SloDetail['slo'] }) {
  const say = useText();
  const corrections = useCorrections(slo.name);
  const mayCorrect = corrections.data?.mayCorrect === true;
  return (
    <Section
      title={say(messages.corrections)}
      aside={mayCorrect && <MakeCorrection slo={slo.name} service={slo.service} />}
    >
      <Answered query={corrections}>
        {({ corrections: all }) => (
          <>
            {all.length === 0 ? (
              <Nothing>{say(messages.noCorrections)}</Nothing>
            ) : (
              <CorrectionTable corrections={all} mayCorrect={mayCorrect} />
            )}
            {!mayCorrect && <p className={styles.soft}>{say(messages.mayNotCorrect)}</p>}
          </>
        )}
      </Answered>
    </Section>
  );
}

interface CorrectionTableProps {
  readonly corrections: readonly Correction[];
  readonly mayCorrect: boolean;
}

function CorrectionTable({ corrections, mayCorrect }: CorrectionTableProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Correction>[] = [
    {
      id: 'when',
      header: say(messages.when, { zone }),
      place: 'title',
      cell: ({ from, to }) => (
        <>
          <Time at={from} /> – <Time at={to} />
        </>
      ),
    },
    {
      id: 'of',
      header: say(messages.holdsFor),
      cell: ({ of: { kind, name } }) => say(kind === 'slo' ? messages.thisSlo : messages.allOf, { name }),
    },
    { id: 'why', header: say(messages.why), place: 'line', cell: ({ reason }) => <Plain words={reason} /> },
    {
      id: 'who',
      header: say(messages.madeBy),
      cell: ({ byWhom, at }) => (
        <>
          {byWhom} <Time at={at} />
        </>
      ),
    },
    {
      id: 'undone',
      header: say(messages.state),
      place: 'line',
      cell: ({ undone }) =>
        undone === undefined ? (
          say(messages.inForce)
        ) : (
          <span className={styles.soft}>
            {say(messages.undoneBy, { whom: undone.byWhom })} <Time at={undone.at} />{' '}
            <Plain words={undone.reason} />
          </span>
        ),
    },
    ...(mayCorrect
      ? [
          {
            id: 'acts',
            header: say(messages.acts),
            place: 'line',
            cell: (correction: Correction) =>
              correction.undone === undefined && <UndoCorrection correction={correction} />,
          } as const,
        ]
      : []),
  ];
  return (
    <Table label={say(messages.corrections)} columns={columns} rows={corrections} keyOf={({ id }) => id} />
  );
}
