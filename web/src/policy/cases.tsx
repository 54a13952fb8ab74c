import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import type { NoAnswer } from '../api/failure.ts';
import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/section.tsx';
import { FailureState } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Explanation } from './answer.tsx';
import styles from './cases.module.css';
import { messages } from './messages.ts';
import type { Cases } from './queries.ts';

/** Runs the cases beside the policies when somebody asks; what is not as expected stands first. */
export function CaseRun() {
  const say = useText();
  const run = useMutation<Cases, NoAnswer>({ mutationFn: () => answerOf(api.POST('/v1/policy/test')) });
  return (
    <Section
      title={say(messages.cases)}
      aside={
        <Button disabled={run.isPending} onClick={() => run.mutate()}>
          {say(run.isPending ? messages.running : messages.runCases)}
        </Button>
      }
    >
      <p className={styles.soft}>{say(messages.casesWhy)}</p>
      <div aria-live="polite" className={styles.outcome}>
        {run.isError && <FailureState failure={run.error.failure} again={() => run.mutate()} />}
        {run.isSuccess && <Outcome cases={run.data} />}
      </div>
    </Section>
  );
}

type Case = Cases['cases'][number];

function Outcome({ cases: { passed, cases } }: { readonly cases: Cases }) {
  const say = useText();
  const all = cases.length;
  if (all === 0) return <p>{say(messages.noCases)}</p>;
  const why: Column<Case> = {
    id: 'why',
    header: say(messages.why),
    place: 'line',
    cell: (one) => <Differences one={one} />,
  };
  const columns: readonly Column<Case>[] = [
    { id: 'case', header: say(messages.case), place: 'title', cell: ({ name }) => name },
    {
      id: 'result',
      header: say(messages.result),
      place: 'corner',
      cell: (one) => <Mark passed={one.passed} />,
    },
    ...(passed === all ? [] : [why]),
    { id: 'file', header: say(messages.file), place: 'small', cell: ({ file }) => <code>{file}</code> },
  ];
  return (
    <>
      <p className={passed === all ? styles.good : styles.bad}>
        <Icon name={passed === all ? 'check' : 'warning'} />{' '}
        {passed === all
          ? say(messages.allPassed, { count: all })
          : say(messages.somePassed, { failed: all - passed, all })}
      </p>
      <Table
        label={say(messages.cases)}
        columns={columns}
        rows={cases.toSorted((a, b) => Number(a.passed) - Number(b.passed))}
        keyOf={({ file, name }) => `${file} ${name}`}
      />
    </>
  );
}

function Mark({ passed }: Pick<Case, 'passed'>) {
  const say = useText();
  return (
    <span className={passed ? styles.good : styles.bad}>
      {say(passed ? messages.passed : messages.notPassed)}
    </span>
  );
}

function Differences({ one: { differences, decision } }: { readonly one: Case }) {
  const say = useText();
  return (
    <>
      {differences.map((difference) => (
        <div key={difference.what}>{say(messages.difference, difference)}</div>
      ))}
      {decision !== undefined && <Explanation decision={decision} />}
    </>
  );
}
