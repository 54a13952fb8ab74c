import type { Text } from '#core-values';

export interface Choice {
  readonly value: string;
  readonly label: Text;
}

/** Asks somebody at a keyboard. `undefined` is Ctrl-C: nothing was answered. */
export interface Prompter {
  text(question: {
    readonly message: string;
    readonly suggestion?: string;
    /** What is wrong with it; `undefined` where nothing is. */
    readonly fault: (answer: string) => string | undefined;
  }): Promise<string | undefined>;
  select(question: {
    readonly message: string;
    readonly choices: readonly Choice[];
    readonly suggestion?: string;
  }): Promise<string | undefined>;
  confirm(question: { readonly message: string; readonly suggestion: boolean }): Promise<boolean | undefined>;
}
