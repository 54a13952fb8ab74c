import type { Clock, Language, Problem } from '#core-values';

/** Everything a command may touch of the outside world; `main/` fills it in, tests fill it with their own. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly language: Language;
  /** Asks the person at the keyboard and answers the line typed; absent where there is nobody to ask. */
  readonly ask?: (question: string) => Promise<string>;
  /** Whether a terminal sends Ctrl-C to our children as well as to us; absent where not. */
  readonly onTerminal?: boolean;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  readonly clock: Clock;
  readonly host?: JobHost;
  /**
   * Ends the command with this exit code once its action returns; the last call wins. An `ExitCode`, except where a child
   * process's own is passed on (`exec`).
   */
  exitWith(code: number): void;
}

/** What a CI that shows more than a log wants to know besides what is printed; absent where there is only a log. */
export interface JobHost {
  /** Told of every secret before anything could print it; resolves once the CI masks it. */
  secret(value: string): Promise<void>;
  /** Told of the problem that ends the command. */
  problem(problem: Problem): void;
  /** Terraform begins (`init`, `apply`) in this folder, and has ended. What it prints in between is its own. */
  terraformBegins(verb: string, directory: string): void;
  terraformEnded(): void;
}

export interface CliOutput {
  write(words: string): void;
  /** A terminal that shows colours: false with NO_COLOR, true with FORCE_COLOR, whatever it is. */
  readonly isTerminal: boolean;
  /** Width in columns; 80 where unknown. */
  readonly columns: number;
}

/** 0 fine; 1 findings at or above `--fail-on`; 2 bad input or usage; 3 denied; 4 an outside system failed. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;
