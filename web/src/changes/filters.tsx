import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { Choice, Input, Select } from '../parts/field.tsx';
import { messages as ofParts } from '../parts/messages.ts';
import { type ChangesFilter, changesFilter, ENVIRONMENTS, STATES } from './filter.ts';
import styles from './filters.module.css';
import { messages } from './messages.ts';

interface FiltersProps {
  readonly filter: ChangesFilter;
  /** Names; what the address names is offered even where it is not among them. */
  readonly stacks: readonly string[];
  readonly onChange: (filter: ChangesFilter) => void;
}

export function Filters({ filter, stacks, onChange }: FiltersProps) {
  const say = useText();
  const set = (name: keyof ChangesFilter, value: string): void =>
    onChange(changesFilter({ ...filter, [name]: value }));
  const names = new Set([...stacks, ...(filter.stack === undefined ? [] : [filter.stack])]);
  return (
    <search className={styles.filters} aria-label={say(messages.filters)}>
      <Select
        label={say(messages.state)}
        value={filter.state ?? ''}
        onChoose={(value) => set('state', value)}
      >
        <option value="">{say(messages.anyState)}</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {say(messages[state])}
          </option>
        ))}
      </Select>
      <Select
        label={say(messages.environment)}
        value={filter.environment ?? ''}
        onChoose={(value) => set('environment', value)}
      >
        <option value="">{say(messages.anyEnvironment)}</option>
        {ENVIRONMENTS.map((environment) => (
          <option key={environment} value={environment}>
            {say(ofParts[environment])}
          </option>
        ))}
      </Select>
      <Select
        label={say(messages.stack)}
        value={filter.stack ?? ''}
        onChoose={(value) => set('stack', value)}
      >
        <option value="">{say(messages.anyStack)}</option>
        {[...names].toSorted().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
      <Input
        label={say(messages.pullRequest)}
        placeholder={say(messages.pullRequestExample)}
        inputMode="numeric"
        value={filter.pullRequest ?? ''}
        onChange={(event) => set('pullRequest', event.target.value.replaceAll(/\D/g, ''))}
      />
      {Object.keys(filter).length > 0 && (
        <Button look="quiet" onClick={() => onChange({})}>
          {say(messages.clear)}
        </Button>
      )}
    </search>
  );
}

/** Everybody's, or only what this person can decide about now. */
export function WhoseChoice({ filter, onChange }: Pick<FiltersProps, 'filter' | 'onChange'>) {
  const say = useText();
  const { waitingFor, ...others } = filter;
  return (
    <Choice
      label={say(messages.whose)}
      value={waitingFor ?? 'all'}
      choices={[
        { value: 'all', label: say(messages.all) },
        { value: 'me', label: say(messages.waitsForMe) },
      ]}
      onChoose={(value) => onChange(value === 'me' ? { ...others, waitingFor: value } : others)}
    />
  );
}
