import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { messages } from './messages.ts';
import { PeoplePicker } from './people-picker.tsx';
import type { Known } from './queries.ts';
import { ACTIONS, type Asked, DANGERS, listed } from './question.ts';
import styles from './question-form.module.css';

interface QuestionFormProps {
  readonly asked: Asked;
  readonly known: Known;
  readonly onSet: (name: keyof Asked, value: string) => void;
  readonly onClear: () => void;
}

export function QuestionForm(props: QuestionFormProps) {
  const say = useText();
  const { asked, known, onClear } = props;
  return (
    <form className={styles.form} aria-label={say(messages.question)}>
      {known.isMissing && <p role="alert">{say(messages.namesMissing)}</p>}
      <WhoDoesWhat {...props} />
      <Assumptions {...props} />
      {Object.keys(asked).length > 0 && (
        <Button look="quiet" onClick={onClear}>
          {say(messages.startOver)}
        </Button>
      )}
    </form>
  );
}

function WhoDoesWhat({ asked, known: { people, stacks, accounts }, onSet }: QuestionFormProps) {
  const say = useText();
  const choose = <option value="">{say(messages.choose)}</option>;
  return (
    <>
      <Select label={say(messages.who)} value={asked.by ?? ''} onChoose={(value) => onSet('by', value)}>
        {choose}
        <option value="job">{say(messages.job)}</option>
        <Names names={people} prefix="person:" asked={asked.by} />
      </Select>
      <Select
        label={say(messages.what)}
        value={asked.action ?? ''}
        onChoose={(value) => onSet('action', value)}
      >
        {choose}
        {ACTIONS.map((action) => (
          <option key={action} value={action}>
            {say(messages[action])}
          </option>
        ))}
      </Select>
      <Select label={say(messages.onWhat)} value={asked.on ?? ''} onChoose={(value) => onSet('on', value)}>
        {choose}
        <optgroup label={say(messages.stacks)}>
          <Names names={stacks.map(({ name }) => name)} prefix="stack:" asked={asked.on} />
        </optgroup>
        <optgroup label={say(messages.accounts)}>
          <Names names={accounts.map(({ name }) => name)} prefix="account:" asked={asked.on} />
        </optgroup>
        <option value="organization">{say(messages.organization)}</option>
      </Select>
    </>
  );
}

function Assumptions({ asked, known: { people, freezes }, onSet }: QuestionFormProps) {
  const say = useText();
  const assumed = listed(asked.assume);
  const toggle = (danger: string, on: boolean): void =>
    onSet('assume', (on ? [...assumed, danger] : assumed.filter((one) => one !== danger)).join(','));
  return (
    <fieldset className={styles.assumed}>
      <legend>{say(messages.assumed)}</legend>
      <p className={styles.soft}>{say(messages.assumedWhy)}</p>
      <div className={styles.dangers}>
        {DANGERS.map((danger) => (
          <label key={danger}>
            <input
              type="checkbox"
              checked={assumed.includes(danger)}
              onChange={(event) => toggle(danger, event.target.checked)}
            />
            {say(messages[danger])}
          </label>
        ))}
      </div>
      <PeoplePicker
        label={say(messages.authors)}
        people={people}
        chosen={listed(asked.authors)}
        onChange={(names) => onSet('authors', names.join(','))}
      />
      <PeoplePicker
        label={say(messages.approvedBy)}
        people={people}
        chosen={listed(asked.approvedBy)}
        onChange={(names) => onSet('approvedBy', names.join(','))}
      />
      {(freezes.length > 0 || asked.freeze !== undefined) && (
        <Select
          label={say(messages.freeze)}
          value={asked.freeze ?? ''}
          onChoose={(value) => onSet('freeze', value)}
        >
          <option value="">{say(messages.noFreeze)}</option>
          <Names names={freezes} asked={asked.freeze} />
        </Select>
      )}
      <Select
        label={say(messages.brokenBy)}
        value={asked.brokenBy ?? ''}
        onChoose={(value) => onSet('brokenBy', value)}
      >
        <option value="">{say(messages.nobody)}</option>
        <Names names={people} asked={asked.brokenBy} />
      </Select>
    </fieldset>
  );
}

interface NamesProps {
  readonly names: readonly string[];
  readonly prefix?: string;
  /** Offered too where the address asks for it, though nobody has that name. */
  readonly asked: string | undefined;
}

function Names({ names, prefix = '', asked }: NamesProps) {
  const unknown = asked?.startsWith(prefix) ? [asked.slice(prefix.length)] : [];
  return [...new Set([...names, ...unknown])].map((name) => (
    <option key={name} value={`${prefix}${name}`}>
      {name}
    </option>
  ));
}
