import { useEffect, useRef, useState } from 'react';
import { type Message, useText } from '../../app/text.ts';
import { Button } from '../../parts/button.tsx';
import { Input, Select } from '../../parts/field.tsx';
import { messages } from '../messages.ts';
import type { ChangesPart } from '../queries.ts';
import { isFiltered, type PlanSearch, planSearch, ROOT_MODULE, SEVERITIES } from '../search.ts';
import styles from './explorer.module.css';
import { ACTION_WORDS } from './marks.tsx';

interface FiltersProps {
  readonly search: PlanSearch;
  readonly groups: ChangesPart['groups'];
  readonly onChange: (search: PlanSearch) => void;
  readonly onClear: () => void;
}

type Group = NonNullable<ChangesPart['groups']>['module'];

/** How many there are of each kind stands beside it; what the address names is offered even where there is none. */
export function ExplorerFilters({ search, groups, onChange, onClear }: FiltersProps) {
  const say = useText();
  const set = (name: keyof PlanSearch, value: string): void => {
    const { show: _, ...kept } = search;
    onChange(planSearch({ ...kept, [name]: value }));
  };
  const chooser = (
    name: 'module' | 'type' | 'action' | 'severity',
    label: Message,
    group: Group = [],
    wordOf: (value: string) => string = (value) => value,
  ) => {
    const chosen = search[name];
    const isOffered = chosen === undefined || group.some(({ value }) => value === chosen);
    const values = isOffered ? group : [...group, { value: chosen, count: 0 }];
    return (
      <Select label={say(label)} value={chosen ?? ''} onChoose={(value) => set(name, value)}>
        <option value="">{say(messages.all)}</option>
        {values.map(({ value, count }) => (
          <option key={value} value={value}>
            {`${wordOf(value)} (${count})`}
          </option>
        ))}
      </Select>
    );
  };
  const modules = groups?.module.map(({ value, count }) => ({ value: value || ROOT_MODULE, count }));
  return (
    <search className={styles.filters} aria-label={say(messages.filters)}>
      <Search words={search.q ?? ''} onSearch={(words) => set('q', words)} />
      {chooser('module', messages.module, modules, (value) =>
        value === ROOT_MODULE ? say(messages.rootModule) : value,
      )}
      {chooser('type', messages.type, groups?.type)}
      {chooser('action', messages.action, groups?.action, (value) => {
        const words = Object.entries(ACTION_WORDS).find(([action]) => action === value)?.[1];
        return words === undefined ? value : say(words);
      })}
      {chooser('severity', messages.severity, groups?.severity, (value) => {
        const severity = SEVERITIES.find((one) => one === value);
        return severity === undefined ? value : say(messages[severity]);
      })}
      <Select
        label={say(messages.order)}
        value={search.order ?? ''}
        onChoose={(value) => set('order', value)}
      >
        <option value="">{say(messages.byDanger)}</option>
        <option value="plan">{say(messages.byPlan)}</option>
      </Select>
      {isFiltered(search) && (
        <Button look="quiet" onClick={onClear}>
          {say(messages.clear)}
        </Button>
      )}
    </search>
  );
}

const PAUSE_MS = 250;

/** What is typed goes to the address after a pause; “/” leads here from anywhere on the page. */
function Search({ words, onSearch }: { readonly words: string; readonly onSearch: (words: string) => void }) {
  const say = useText();
  const [typed, setTyped] = useState(words);
  const [known, setKnown] = useState(words);
  if (known !== words) {
    setKnown(words);
    setTyped(words);
  }
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const lead = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=dialog]');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', lead);
    return () => {
      document.removeEventListener('keydown', lead);
      clearTimeout(later.current);
    };
  }, []);
  return (
    <Input
      ref={field}
      type="search"
      label={say(messages.search)}
      placeholder={say(messages.searchWhere)}
      value={typed}
      maxLength={200}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(later.current);
        later.current = setTimeout(() => onSearch(target.value), PAUSE_MS);
      }}
    />
  );
}
