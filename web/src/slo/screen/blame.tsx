import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useFigures } from '../figures.ts';
import type { ScreenDetail, ScreenRequest } from '../queries.ts';
import { messages } from './messages.ts';
import styles from './screen-page.module.css';

const WHOLE = 1_000_000;

/** Which request spent the budget, and what fixing it would give back; the worst first. */
export function Blame({ detail: { requests, shared, objective } }: { readonly detail: ScreenDetail }) {
  const say = useText();
  const { count, budget } = useFigures();
  const guilty = requests
    .filter(({ blame }) => blame.givesBack > 0 || blame.alone > 0)
    .toSorted((a, b) => b.blame.givesBack - a.blame.givesBack);
  if (guilty.length === 0) {
    return (
      <Section title={say(messages.blame)}>
        <Nothing>{say(messages.nobody)}</Nothing>
        <Shared requests={requests} shared={shared} />
      </Section>
    );
  }
  const columns: readonly Column<ScreenRequest>[] = [
    {
      id: 'request',
      header: say(messages.request),
      place: 'title',
      cell: ({ routes }) => <code className={styles.route}>{routes[0]}</code>,
    },
    {
      id: 'share',
      header: say(messages.ofLost),
      place: 'line',
      cell: ({ blame: { ofLostPpm } }) =>
        ofLostPpm !== undefined && (
          <span className={styles.share}>
            <span className={styles.bar} aria-hidden="true">
              <i style={{ inlineSize: `${(Math.min(WHOLE, ofLostPpm) / WHOLE) * 100}%` }} />
            </span>
            {budget(ofLostPpm)}
          </span>
        ),
    },
    { id: 'alone', header: say(messages.dueToIt), cell: ({ blame }) => count(blame.alone) },
    { id: 'back', header: say(messages.givesBack), cell: ({ blame }) => count(blame.givesBack) },
    ...(objective === undefined
      ? []
      : [
          {
            id: 'allowed',
            header: say(messages.ofBudget),
            cell: ({ blame: { ofAllowedPpm } }: ScreenRequest) =>
              ofAllowedPpm === undefined ? say(messages.none) : budget(ofAllowedPpm),
          },
          {
            id: 'fixed',
            header: say(messages.fixed),
            cell: ({ blame: { fixedRemainingPpm } }: ScreenRequest) =>
              fixedRemainingPpm === undefined ? (
                say(messages.none)
              ) : (
                <strong>{budget(fixedRemainingPpm)}</strong>
              ),
          },
        ]),
  ];
  return (
    <Section title={say(messages.blame)}>
      <Table
        label={say(messages.blame)}
        columns={columns}
        rows={guilty}
        keyOf={({ routes }) => routes.join(' ')}
      />
      <Shared requests={requests} shared={shared} />
    </Section>
  );
}

/** Bad views that no one request is guilty of. */
function Shared({ requests, shared }: Pick<ScreenDetail, 'requests' | 'shared'>) {
  const say = useText();
  if (shared.length === 0) return null;
  return (
    <ul className={styles.shared}>
      {shared.map(({ kind, requests: places, views }) => (
        <li key={`${kind} ${places.join(' ')}`}>
          {say(kind === 'either' ? messages.either : messages.together, { count: views })}{' '}
          {places.length === 0
            ? say(messages.manyGroups)
            : places.map((place) => requests[place]?.routes[0] ?? '').join(', ')}
        </li>
      ))}
    </ul>
  );
}
