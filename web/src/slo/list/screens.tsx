import { Link } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useFigures } from '../figures.ts';
import { type Screens as Answer, useScreens } from '../queries.ts';
import { shareOf } from '../share.ts';
import { messages } from './messages.ts';

type Screen = Answer['screens'][number];

/** What people see, each with how many views of it were good, and how sure that is. */
export function Screens() {
  const say = useText();
  const screens = useScreens();
  return (
    <Section title={say(messages.screens)}>
      <Answered query={screens}>
        {({ screens: all }) =>
          all.length === 0 ? <Nothing>{say(messages.noScreens)}</Nothing> : <ScreenTable screens={all} />
        }
      </Answered>
    </Section>
  );
}

function ScreenTable({ screens }: Pick<Answer, 'screens'>) {
  const say = useText();
  const { percent, count, budget } = useFigures();
  const columns: readonly Column<Screen>[] = [
    {
      id: 'screen',
      header: say(messages.screen),
      place: 'title',
      cell: ({ name, displayName }) => (
        <Link to="/screens/$screen" params={{ screen: name }}>
          {displayName ?? name}
        </Link>
      ),
    },
    { id: 'service', header: say(messages.service), cell: ({ service }) => service },
    {
      id: 'good',
      header: say(messages.goodViews),
      cell: ({ views: { ppm } }) => (ppm === undefined ? say(messages.noViews) : percent(ppm)),
    },
    { id: 'views', header: say(messages.views), cell: ({ views }) => count(views.total) },
    {
      id: 'sure',
      header: say(messages.sure),
      cell: ({ views, confidence }) => {
        const ppm = shareOf(confidence.sure, views.total);
        return ppm === undefined ? say(messages.noViews) : budget(ppm);
      },
    },
  ];
  return <Table label={say(messages.screens)} columns={columns} rows={screens} keyOf={({ name }) => name} />;
}
