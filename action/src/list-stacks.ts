import { affectedReport } from '../../src/cli/affected-stacks.ts';
import { affectedMarkdown, affectedText } from '../../src/cli/affected-text.ts';
import { appendSummary, setOutputs } from '../../src/cli/ci-files.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { failWith } from '../../src/cli/problem-text.ts';
import type { StepOrder } from './inputs.ts';
import { waveOutputs } from './waves.ts';

/** Runs that nobody's change started: every stack is asked for, or those that are named. */
const WITHOUT_CHANGE: readonly string[] = ['schedule', 'workflow_dispatch'];

/** Which stacks the run is for, in waves; a failure sets the exit code. */
export async function listStacks(context: CliContext, order: StepOrder): Promise<void> {
  const all = WITHOUT_CHANGE.includes(context.env.GITHUB_EVENT_NAME ?? '');
  const report = await affectedReport(context, { head: 'HEAD', all });
  if (!report.ok) return failWith(context, report.error);
  const { affected, stacks } = report.value;
  const placed = affected.stacks
    .filter(({ fate }) => fate === 'plan')
    .map(({ stack, wave }) => ({ stack, wave, environment: stacks.get(stack)?.applyEnvironment ?? '' }));
  const outputs = waveOutputs(placed, { only: order.stacks, purpose: order.purpose });
  context.stdout.write(affectedText(report.value, context));
  if (!outputs.ok) return failWith(context, outputs.error);
  await setOutputs(context, outputs.value);
  await appendSummary(context, affectedMarkdown(report.value, context));
}
