/** Equal steps of time: the first begins at `fromMs`. */
export interface Steps {
  readonly fromMs: number;
  readonly stepMs: number;
}

export const timeOfStep = ({ fromMs, stepMs }: Steps, step: number) => ({
  begins: fromMs + step * stepMs,
  ends: fromMs + (step + 1) * stepMs,
});

const MINUTE_MS = 60_000;

/** Of lines as the server sends them. */
export const stepsOf = (line: { readonly from: string; readonly stepMinutes: number }): Steps => ({
  fromMs: Date.parse(line.from),
  stepMs: line.stepMinutes * MINUTE_MS,
});
