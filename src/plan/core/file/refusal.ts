import {
  err,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  type SourcePlace,
  type Text,
  text,
} from '#core-values';

/**
 * Thrown inside the decoders only, where returning through every level of a recursive reader would bury
 * what it reads, and always caught at the door by `refusing`: outside it is a `Problem` like any other.
 */
class Refusal extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.rule);
    this.reason = reason;
  }
}

const MAKE_AGAIN = text(
  'Make the plan again with `terraform plan -out=FILE` and pass that file unchanged.',
  '`terraform plan -out=FILE` でプランを作り直し、そのファイルを変更せずに渡してください。',
);

/** Refuses what is being read. `rule` is the last part of `plan.…`; the message never holds a value of the plan. */
export function refuse(rule: string, message: Text, remedy: Text = MAKE_AGAIN, place?: SourcePlace): never {
  throw new Refusal({ rule: `plan.${rule}`, message, remedy, ...(place && { place }) });
}

/** Runs a decoder and turns its refusal into a `bad-plan` problem; any other exception is a bug and passes. */
export function refusing<T>(decode: () => T): Result<T, Problem> {
  try {
    return ok(decode());
  } catch (thrown) {
    return err(problemOf(thrown));
  }
}

/** The problem of a refusal; throws again what is not one. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Refusal) return problem('bad-plan', thrown.reason);
  throw thrown;
}
