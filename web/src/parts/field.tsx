import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import styles from './field.module.css';

function Field({
  label,
  id,
  children,
}: {
  readonly label: string;
  readonly id: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  );
}

type SelectProps = Omit<ComponentProps<'select'>, 'id' | 'onChange'> & {
  readonly label: string;
  readonly onChoose: (value: string) => void;
};

/** The browser's own list of choices: it is the one that every phone and screen reader knows. */
export function Select({ label, onChoose, ...others }: SelectProps) {
  const id = useId();
  return (
    <Field label={label} id={id}>
      <select
        id={id}
        className={styles.control}
        onChange={(event) => onChoose(event.target.value)}
        {...others}
      />
    </Field>
  );
}

type InputProps = Omit<ComponentProps<'input'>, 'id'> & { readonly label: string };

export function Input({ label, ...others }: InputProps) {
  const id = useId();
  return (
    <Field label={label} id={id}>
      <input id={id} className={styles.control} {...others} />
    </Field>
  );
}

interface ChoiceProps<Value extends string> {
  /** Of the whole group, for screen readers. */
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly lang?: string }[];
  readonly onChoose: (value: Value) => void;
}

/** A few choices side by side, of which one holds. */
export function Choice<Value extends string>({ label, value, choices, onChoose }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choice}>
      <legend className="for-readers-only">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} lang={choice.lang}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChoose(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
