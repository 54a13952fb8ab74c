import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { messages } from './messages.ts';
import styles from './people-picker.module.css';

interface PeoplePickerProps {
  readonly label: string;
  readonly people: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}

/** Some people out of many: each who is chosen can be taken out again. */
export function PeoplePicker({ label, people, chosen, onChange }: PeoplePickerProps) {
  const say = useText();
  return (
    <div className={styles.picker}>
      <Select label={label} value="" onChoose={(name) => onChange([...chosen, name])}>
        <option value="">{say(chosen.length === 0 ? messages.nobody : messages.addPerson)}</option>
        {people
          .filter((name) => !chosen.includes(name))
          .map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </Select>
      {chosen.length > 0 && (
        <ul className={styles.chosen}>
          {chosen.map((name) => (
            <li key={name}>
              <Button
                aria-label={say(messages.removePerson, { label, name })}
                onClick={() => onChange(chosen.filter((one) => one !== name))}
              >
                {name} <Icon name="close" size={12} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
