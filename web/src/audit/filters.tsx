import { useEffect, useRef, useState } from 'react';
import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { Input, Select } from '../parts/field.tsx';
import { useTimeZoneName } from '../parts/time.tsx';
import { type AuditFilter, OUTCOMES } from './filter.ts';
import styles from './filters.module.css';
import { kindWords, topicWords } from './kinds/kind-words.ts';
import { KINDS, kindsOf, TOPICS } from './kinds/kinds.ts';
import { messages } from './messages.ts';

interface FiltersProps {
  readonly filter: AuditFilter;
  /** Names; what the address names is offered even where it is not among them. */
  readonly stacks: readonly string[];
  readonly onSet: (name: keyof AuditFilter, value: string) => void;
  readonly onClear: () => void;
}

export function Filters({ filter, stacks, onSet: set, onClear }: FiltersProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const names = new Set([...stacks, ...(filter.stack === undefined ? [] : [filter.stack])]);
  return (
    <search className={styles.filters} aria-label={say(messages.filters)}>
      <div className={styles.wide}>
        <Typed
          label={say(messages.text)}
          type="search"
          placeholder={say(messages.textExample)}
          maxLength={100}
          value={filter.text ?? ''}
          onType={(value) => set('text', value)}
        />
      </div>
      <KindSelect kind={filter.kind ?? ''} onChoose={(value) => set('kind', value)} />
      <Select
        label={say(messages.outcome)}
        value={filter.outcome ?? ''}
        onChoose={(value) => set('outcome', value)}
      >
        <option value="">{say(messages.anyOutcome)}</option>
        {OUTCOMES.map((outcome) => (
          <option key={outcome} value={outcome}>
            {say(messages[outcome])}
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
      <Typed
        label={say(messages.actor)}
        placeholder={say(messages.actorExample)}
        value={filter.actor ?? ''}
        onType={(value) => set('actor', value)}
      />
      <Input
        label={say(messages.from, { zone })}
        type="date"
        value={filter.from ?? ''}
        onChange={(event) => set('from', event.target.value)}
      />
      <Input
        label={say(messages.to, { zone })}
        type="date"
        value={filter.to ?? ''}
        onChange={(event) => set('to', event.target.value)}
      />
      <div className={styles.ends}>
        {filter.plan !== undefined && (
          <Button look="quiet" onClick={() => set('plan', '')}>
            {say(messages.withoutPlan, { id: filter.plan })}
          </Button>
        )}
        {filter.grant !== undefined && (
          <Button look="quiet" onClick={() => set('grant', '')}>
            {say(messages.withoutGrant, { id: filter.grant })}
          </Button>
        )}
        {Object.keys(filter).length > 0 && (
          <Button look="quiet" onClick={onClear}>
            {say(messages.clear)}
          </Button>
        )}
      </div>
    </search>
  );
}

interface KindSelectProps {
  readonly kind: string;
  readonly onChoose: (kind: string) => void;
}

function KindSelect({ kind, onChoose }: KindSelectProps) {
  const say = useText();
  const isKnown = kind === '' || [...TOPICS, ...KINDS].some((known) => known === kind);
  return (
    <Select label={say(messages.happened)} value={kind} onChoose={onChoose}>
      <option value="">{say(messages.anything)}</option>
      {!isKnown && <option value={kind}>{kind}</option>}
      {TOPICS.map((topic) => (
        <optgroup key={topic} label={topicWords(say, topic)}>
          <option value={topic}>{kindWords(say, topic)}</option>
          {kindsOf(topic).map((one) => (
            <option key={one} value={one}>
              {kindWords(say, one)}
            </option>
          ))}
        </optgroup>
      ))}
    </Select>
  );
}

const PAUSE_MS = 350;

type TypedProps = Omit<Parameters<typeof Input>[0], 'value' | 'onChange'> & {
  readonly value: string;
  readonly onType: (value: string) => void;
};

/** Words that count as soon as somebody stops typing for a moment. */
function Typed({ value, onType, ...others }: TypedProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (value !== known) {
    setKnown(value);
    // What was cleared elsewhere is cleared here; what was left out, because it is too short, stays.
    if (typed.trim() !== value) setTyped(value);
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Nothing that was typed before counts after the page was left, or the filter changed otherwise.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value is what it waits for.
  useEffect(() => () => clearTimeout(timer.current), [value]);
  const type = (words: string): void => {
    setTyped(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onType(words), PAUSE_MS);
  };
  return <Input {...others} value={typed} onChange={(event) => type(event.target.value)} />;
}
