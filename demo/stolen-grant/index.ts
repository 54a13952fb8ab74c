export { type Attempt, type AttemptVerdict, attemptMisuses, type Theft } from './attempts.ts';
export { type Misuse, misusesFor, type StackFacts } from './misuses.ts';
export type { Names } from './names.ts';
export { prepareTargets, type TargetsOrder } from './targets.ts';
