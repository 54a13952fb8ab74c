import { getRouteApi, Link } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { Button } from '../../parts/button.tsx';
import { Input, Select } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Quoted } from '../../parts/quoted.tsx';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing, State } from '../../parts/states.tsx';
import { type Service, type Slos, useSlos } from '../queries.ts';
import { isSpent, matching, needsAttention, SHOWN, type SlosFilter, slosFilter } from './filter.ts';
import { messages } from './messages.ts';
import { Screens } from './screens.tsx';
import { SloTable } from './slo-table.tsx';
import styles from './slos-page.module.css';

const route = getRouteApi('/shell/slos');

/** Every service with its SLOs, what needs attention first, and the screens that are measured. */
export function SlosPage() {
  const say = useText();
  const slos = useSlos();
  return (
    <Page title={say(messages.title)}>
      <Answered query={slos}>
        {(answer) => (answer.state === 'ok' ? <Kept slos={answer} /> : <NoSlos slos={answer} />)}
      </Answered>
    </Page>
  );
}

/** Leads on to the first one. */
function NoSlos({ slos: { state, folder, problem } }: { readonly slos: Slos }) {
  const say = useText();
  return (
    <>
      {problem !== undefined && <Problem problem={problem} />}
      <State icon="gauge" title={say(messages.empty)}>
        <p>{say(messages.emptyWhy)}</p>
        {state === 'not-kept' && <p>{say(messages.notKept)}</p>}
        <ol className={styles.steps}>
          <li>
            {say(messages.suggest)} <code className={styles.command}>sekisho slo suggest access.log*</code>
          </li>
          <li>
            {say(messages.report)}{' '}
            <code className={styles.command}>sekisho slo report --definitions slo access.log*</code>
          </li>
          <li>
            <Quoted words={say(messages.put, { folder: folder ?? 'slo' })} />
          </li>
        </ol>
        <p>
          <Quoted words={say(messages.guide)} />
        </p>
      </State>
    </>
  );
}

function Problem({ problem }: { readonly problem: NonNullable<Slos['problem']> }) {
  const say = useText();
  return (
    <div className={styles.problem} role="alert">
      <strong>{say(messages.wrongDefinitions)}</strong>
      <p>
        <Quoted words={problem.message} /> <Quoted words={problem.remedy} />
      </p>
    </div>
  );
}

function Kept({ slos: { services, problem } }: { readonly slos: Slos }) {
  const say = useText();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const filterBy = (search: SlosFilter): void => void navigate({ search, replace: true });
  const shown = matching(services, filter);
  return (
    <>
      {problem !== undefined && <Problem problem={problem} />}
      <Summary services={services} />
      <Filters filter={filter} services={services} onChange={filterBy} />
      {shown.length === 0 && (
        <State
          icon="gauge"
          title={say(messages.noMatch)}
          next={<Button onClick={() => filterBy({})}>{say(messages.clear)}</Button>}
        />
      )}
      {shown.map((service) => (
        <OneService key={service.name} service={service} />
      ))}
      <Screens />
    </>
  );
}

/** How all of them stand, each part leading to those that it counts. */
function Summary({ services }: Pick<Slos, 'services'>) {
  const say = useText();
  const all = services.flatMap(({ slos }) => slos);
  const burning = all.filter((slo) => slo.burning).length;
  const spent = all.filter(isSpent).length;
  const attention = all.filter(needsAttention).length;
  return (
    <p className={styles.summary}>
      <span>{say(messages.count, { count: all.length })}</span>
      {burning > 0 && (
        <Link to="/slos" search={{ show: 'burning' }} className={styles.bad}>
          {say(messages.burningCount, { count: burning })}
        </Link>
      )}
      {spent > 0 && (
        <Link to="/slos" search={{ show: 'spent' }} className={styles.bad}>
          {say(messages.spentCount, { count: spent })}
        </Link>
      )}
      {attention === 0 ? (
        <span className={styles.good}>{say(messages.allWell)}</span>
      ) : (
        <Link to="/slos" search={{ show: 'attention' }}>
          {say(messages.attentionCount, { count: attention })}
        </Link>
      )}
    </p>
  );
}

interface FiltersProps {
  readonly filter: SlosFilter;
  readonly services: readonly Service[];
  readonly onChange: (filter: SlosFilter) => void;
}

function Filters({ filter, services, onChange }: FiltersProps) {
  const say = useText();
  const set = (name: keyof SlosFilter, value: string): void =>
    onChange(slosFilter({ ...filter, [name]: value }));
  const names = new Set([
    ...services.map(({ name }) => name),
    ...(filter.service === undefined ? [] : [filter.service]),
  ]);
  return (
    <search className={styles.filters} aria-label={say(messages.filters)}>
      <Input
        label={say(messages.text)}
        type="search"
        value={filter.text ?? ''}
        maxLength={100}
        onChange={(event) => set('text', event.target.value)}
      />
      <Select label={say(messages.show)} value={filter.show ?? ''} onChoose={(value) => set('show', value)}>
        <option value="">{say(messages.all)}</option>
        {SHOWN.map((one) => (
          <option key={one} value={one}>
            {say(messages[one])}
          </option>
        ))}
      </Select>
      <Select
        label={say(messages.service)}
        value={filter.service ?? ''}
        onChoose={(value) => set('service', value)}
      >
        <option value="">{say(messages.anyService)}</option>
        {[...names].toSorted().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
      {Object.keys(filter).length > 0 && (
        <Button look="quiet" onClick={() => onChange({})}>
          {say(messages.clear)}
        </Button>
      )}
    </search>
  );
}

function OneService({
  service: { name, displayName, description, stacks, slos },
}: {
  readonly service: Service;
}) {
  const say = useText();
  return (
    <Section
      title={displayName ?? name}
      aside={
        stacks.length > 0 && (
          <span className={styles.stacks}>
            {say(messages.stacks)}{' '}
            {stacks.map((stack) => (
              <Link key={stack} to="/stacks/$stack" params={{ stack }}>
                {stack}
              </Link>
            ))}
          </span>
        )
      }
    >
      {description !== undefined && <p className={styles.soft}>{description}</p>}
      {slos.length === 0 ? (
        <Nothing>{say(messages.noneOfService)}</Nothing>
      ) : (
        <SloTable label={say(messages.slosOf, { service: displayName ?? name })} slos={slos} />
      )}
    </Section>
  );
}
