import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Environment } from '../api/answers.ts';
import { useText } from '../app/text.ts';
import styles from './environment.module.css';
import { messages } from './messages.ts';

/** A shape for each, so that who sees no colour sees which it is: octagon with a bar, triangle, circle, dashed square, diamond. */
const SHAPES: Readonly<Record<Environment, ReactNode>> = {
  production: (
    <path
      fillRule="evenodd"
      d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2zM7 3.6v5.2h2V3.6zm0 6.6v2.1h2v-2.1z"
    />
  ),
  staging: <path d="m8 1.6 6.9 12.3H1.1z" />,
  development: <circle cx="8" cy="8" r="6.3" />,
  sandbox: (
    <path d="M2 2h12v12H2z" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="2.6 1.6" />
  ),
  shared: <path d="m8 1.2 6.8 6.8L8 14.8 1.2 8z" />,
};

/** Colour, shape and word of an environment, each enough by itself. */
export function EnvironmentMark({ environment }: { readonly environment: Environment }) {
  const say = useText();
  return (
    <span className={`${styles.mark} ${styles[environment]}`}>
      <svg aria-hidden="true" width="11" height="11" viewBox="0 0 16 16" fill="currentColor">
        {SHAPES[environment]}
      </svg>
      {say(messages[environment])}
    </span>
  );
}

const TouchesProduction = createContext<(touches: boolean) => void>(() => undefined);

/** Hatched, on top of everything, while a page below says that it touches production. */
export function ProductionFrame({ children }: { readonly children: ReactNode }) {
  const say = useText();
  const [touches, setTouches] = useState(false);
  return (
    <TouchesProduction value={setTouches}>
      {touches && (
        <section className={styles.band} aria-label={say(messages.production)}>
          <span className={styles.plate}>
            <svg aria-hidden="true" width="13" height="13" viewBox="0 0 16 16" fill="currentColor">
              {SHAPES.production}
            </svg>
            {say(messages.production)}
          </span>
        </section>
      )}
      {children}
    </TouchesProduction>
  );
}

/** Says that this page touches an environment; production puts its band on top of the page as long as it is shown. */
export function useTouches(environment: Environment | undefined): void {
  const setTouches = useContext(TouchesProduction);
  const production = environment === 'production';
  useEffect(() => {
    setTouches(production);
    return () => setTouches(false);
  }, [setTouches, production]);
}
