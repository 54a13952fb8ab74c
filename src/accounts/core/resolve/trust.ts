import { text } from '#core-values';
import { didYouMean, type NodePath } from '#platform/core';
import { EVENTS } from '../events.ts';
import type { ApplyTrust, Issuer, WorkloadTrust } from '../model.ts';
import { MERGE_QUEUE, mergeQueueOf, parseRefGlob, type RefGlob } from '../ref-glob.ts';
import type { StackInput } from '../schema.ts';
import { parseGitlabConfigRef, parseWorkflowRef, type WorkflowRef } from '../workflow-ref.ts';
import type { Faults } from './faults.ts';

type Path = NodePath;

/** The stack's workflow by the grammar of its issuer; never one that a pull request could write. */
export function resolveWorkflow(
  stack: StackInput,
  issuer: Issuer,
  path: Path,
  faults: Faults,
): WorkflowRef | undefined {
  const gitlab = issuer.kind === 'gitlab';
  const workflow = (gitlab ? parseGitlabConfigRef : parseWorkflowRef)(stack.workflow);
  const example = gitlab
    ? 'gitlab.com/shop/infra//.gitlab-ci.yml@refs/heads/main'
    : 'shop/infra/.github/workflows/terraform.yml@refs/heads/main';
  if (workflow === undefined) {
    faults.report([...path, 'workflow'], {
      rule: 'stack.workflow-grammar',
      message: text(
        'This is not one workflow file at one ref, or could be read in two ways.',
        '一つのワークフローファイルと ref の指定ではないか、二通りに読めてしまいます。',
      ),
      remedy: text(
        `Write it with exactly one \`@\` and one \`.yml\` or \`.yaml\`, and the full ref: ${example}`,
        `\`@\` と \`.yml\`(または \`.yaml\`)を一つずつだけ含め、ref は完全な形で書いてください(例: ${example})。`,
      ),
    });
    return;
  }
  if (/^refs\/(?:pull|merge-requests)\//.test(workflow.ref) || workflow.ref.startsWith(MERGE_QUEUE)) {
    faults.report([...path, 'workflow'], {
      rule: 'stack.workflow-unprotected',
      message: text(
        'This workflow is read from a pull request, which could rewrite it.',
        'プルリクエストの ref にあるワークフローは、そのプルリクエストで書き換えられます。',
      ),
      remedy: text(
        `Name the workflow on a protected branch, and call it from there as a reusable workflow: ${example}`,
        `保護ブランチ上のワークフローを指定し、再利用可能なワークフローとして呼び出してください(例: ${example})。`,
      ),
    });
    return;
  }
  return workflow;
}

const MAIN = ['refs/heads/main'];

export function resolveTrusts(
  stack: StackInput,
  issuer: Issuer,
  path: Path,
  faults: Faults,
): { readonly plan: WorkloadTrust; readonly apply: ApplyTrust } {
  const table = EVENTS[issuer.kind];
  checkEvents(stack.plan.events ?? [], 'plan', issuer, path, faults);
  checkEvents(stack.apply.events ?? [], 'apply', issuer, path, faults);
  checkApplyRefs(stack.apply.refs ?? [], path, faults);
  const isBefore = stack.apply.when === 'before-merge';
  if (isBefore) checkBeforeMerge(stack.apply.events ?? [], issuer, path, faults);
  const applyRefs = stack.apply.refs ?? globs(MAIN);
  return {
    plan: {
      events: stack.plan.events ?? table.planDefault,
      refs: stack.plan.refs ?? [
        ...globs(table.planRefsDefault),
        ...applyRefs,
        ...queuesOf(issuer, applyRefs),
      ],
      ...environmentOf(stack.plan.environment),
    },
    apply: {
      when: stack.apply.when,
      events: stack.apply.events ?? (isBefore ? BEFORE_MERGE : table.applyDefault),
      refs: applyRefs,
      ...environmentOf(stack.apply.environment),
    },
  };
}

/** What waits in a queue for a branch that is applied from. */
const queuesOf = ({ kind }: Issuer, refs: readonly RefGlob[]): readonly RefGlob[] =>
  kind === 'github-actions' ? refs.flatMap((ref) => mergeQueueOf(ref) ?? []) : [];

const environmentOf = (environment: string | undefined) => (environment === undefined ? {} : { environment });

const globs = (refs: readonly string[]): readonly RefGlob[] => refs.flatMap((ref) => parseRefGlob(ref) ?? []);

const mayApply = ({ kind }: Issuer): readonly string[] =>
  EVENTS[kind].known.filter((event) => !EVENTS[kind].planOnly.includes(event));

function checkEvents(
  events: readonly string[],
  purpose: 'plan' | 'apply',
  issuer: Issuer,
  path: Path,
  faults: Faults,
): void {
  const { known, planOnly, refused } = EVENTS[issuer.kind];
  const usable = purpose === 'plan' ? known : mayApply(issuer);
  for (const [index, event] of events.entries()) {
    if (usable.includes(event)) continue;
    const why = Object.hasOwn(refused, event) ? refused[event] : undefined;
    const unmerged = purpose === 'apply' && planOnly.includes(event);
    faults.report([...path, purpose, 'events', index], {
      rule: why !== undefined || unmerged ? 'stack.event-refused' : 'stack.event-unknown',
      message:
        why !== undefined
          ? text(
              `Jobs of \`${event}\` are not trusted: ${why.en}.`,
              `\`${event}\` のジョブは信頼できません(${why.ja})。`,
            )
          : unmerged
            ? text(
                `Jobs of \`${event}\` run on what is not merged yet: they may plan, not apply.`,
                `\`${event}\` のジョブはマージ前のコードで動くため、プランはできますが適用はできません。`,
              )
            : text(
                `${issuer.kind} has no event \`${event}\`.`,
                `${issuer.kind} に \`${event}\` というイベントはありません。`,
              ),
      remedy: didYouMean(event, usable),
    });
  }
}

/** What is not merged is applied by the protected workflow alone, which a person or the App dispatches: nothing that a push starts. */
const BEFORE_MERGE: readonly string[] = ['workflow_dispatch'];

function checkBeforeMerge(events: readonly string[], issuer: Issuer, path: Path, faults: Faults): void {
  if (issuer.kind !== 'github-actions') {
    faults.report([...path, 'apply', 'when'], {
      rule: 'stack.before-merge-not-offered',
      message: text(
        'Changes are applied before the merge only in repositories on GitHub.',
        'マージ前の適用に対応しているのは GitHub のリポジトリだけです。',
      ),
      remedy: text('Write `when: after-merge`.', '`when: after-merge` にしてください。'),
    });
    return;
  }
  for (const [index, event] of events.entries()) {
    // Those that may never apply are told of already.
    if (BEFORE_MERGE.includes(event) || !mayApply(issuer).includes(event)) continue;
    faults.report([...path, 'apply', 'events', index], {
      rule: 'stack.before-merge-event',
      message: text(
        `Before the merge, only \`workflow_dispatch\` of the protected workflow may apply, not \`${event}\`.`,
        `マージ前に適用できるのは、保護されたワークフローの \`workflow_dispatch\` だけです(\`${event}\` は使えません)。`,
      ),
      remedy: text(
        'Leave `events` out, or write `when: after-merge`.',
        '`events` を省略するか、`when: after-merge` にしてください。',
      ),
    });
  }
}

/** An apply on any branch, or on a pull request, would trust everybody who can push. */
function checkApplyRefs(refs: readonly RefGlob[], path: Path, faults: Faults): void {
  for (const [index, ref] of refs.entries()) {
    const [, space, ...segments] = ref.split('/');
    if ((space === 'heads' || space === 'tags') && segments[0] !== '*') continue;
    faults.report([...path, 'apply', 'refs', index], {
      rule: 'stack.apply-refs-too-wide',
      message: text(
        'Whoever can push anything could run an apply job from such a ref.',
        'プッシュできる人なら誰でも、この ref から適用ジョブを実行できてしまいます。',
      ),
      remedy: text(
        'Name protected branches or tags: refs/heads/main, refs/heads/release-*, refs/tags/v*.',
        '保護されたブランチやタグを指定してください(例: refs/heads/main、refs/heads/release-*、refs/tags/v*)。',
      ),
    });
  }
}
