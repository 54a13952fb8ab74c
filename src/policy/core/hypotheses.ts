import { parsePersonName, parseTeamName, type TeamName, type Text, text } from '#core-values';
import type { ApplyRequest, FindingFacts, PersonPrincipal, PolicyRequest } from './request.ts';

/** A change of facts to try: what else could be the case. */
export interface Hypothesis {
  readonly id: string;
  /** Of one family at most one is tried at a time; the mildest comes first. */
  readonly family: string;
  /** The facts it changes: worth trying only where one of them stands in the way. */
  readonly touches: readonly string[];
  readonly description: (request: PolicyRequest) => Text;
  /** `undefined` where it does not apply, or is already so. */
  readonly apply: (request: PolicyRequest) => PolicyRequest | undefined;
}

/** Breaking glass is tried apart: it must never hide the ordinary way. */
export const BREAK_GLASS_FAMILY = 'break-glass';

const SAMPLE_REASON_LENGTH = 200;

/** A person to imagine. Should somebody really have the name, the hypothesis adds nobody, and is not listed. */
const sample = (name: string, teams: readonly TeamName[]): readonly PersonPrincipal[] => {
  const parsed = parsePersonName(name);
  return parsed === undefined
    ? []
    : [{ kind: 'person', name: parsed, teams, administrator: false, mayBreakGlass: false }];
};

const approvals = (
  id: string,
  ofOwningTeam: number,
  ofOthers: number,
  words: (team: string) => Text,
): Hypothesis => ({
  id,
  family: 'approvals',
  touches: ['context.approvals'],
  description: (request) => words(owningTeamOf(request)),
  apply: onApply((request) => {
    const team = request.resource.owningTeam;
    const outsiders = [parseTeamName('another-team')].filter((name) => name !== undefined);
    const added = [
      ...Array.from({ length: ofOwningTeam }, (_, n) =>
        sample(`hypothetical-member-${n + 1}`, [team]),
      ).flat(),
      ...Array.from({ length: ofOthers }, (_, n) => sample(`hypothetical-person-${n + 1}`, outsiders)).flat(),
    ];
    return { ...request.facts, approvedBy: [...request.facts.approvedBy, ...added] };
  }),
});

/** Whoever reviewed may sign too. */
const signature: Hypothesis = {
  id: 'signature',
  family: 'approvals',
  touches: ['context.approvals.signed'],
  description: () =>
    text(
      'a signature (`sekisho approve`) of somebody who has approved by a review',
      'レビューで承認した人が署名でも承認する(`sekisho approve`)',
    ),
  apply: onApply((request) => {
    const { approvedBy, reviewedBy } = request.facts;
    const reviewer = reviewedBy.find(({ name }) => !approvedBy.some((signer) => signer.name === name));
    return reviewer && { ...request.facts, approvedBy: [...approvedBy, reviewer] };
  }),
};

/** Marked as a repair, and agreed to; of what is marked already, only that. */
const repair: Hypothesis = {
  id: 'repair',
  family: 'repair',
  touches: ['context.repair'],
  description: (request) =>
    request.action === 'apply' && request.facts.repair.active
      ? text(
          'once a second person, no author, agrees that it is a repair (`sekisho repair --agree`)',
          '作成者以外の 2 人目が修復であることに同意する(`sekisho repair --agree`)',
        )
      : text(
          'as a repair: marked with a reason (`sekisho repair`), and agreed to by a second person who is no author (`--agree`)',
          '理由を添えて修復として登録し(`sekisho repair`)、作成者以外の 2 人目が同意する(`--agree`)',
        ),
  apply: onApply(({ facts }) => {
    const [by] = sample('hypothetical-marker', []);
    const [agreedBy] = sample('hypothetical-second', []);
    if (by === undefined || agreedBy === undefined) return undefined;
    const marked = facts.repair.active
      ? facts.repair
      : { active: true as const, by, reasonLength: SAMPLE_REASON_LENGTH };
    return { ...facts, repair: { ...marked, agreedBy } };
  }),
};

const withoutFinding = (fact: FindingClass, words: Text): Hypothesis => ({
  id: `without-${fact}`,
  family: fact,
  touches: [`context.findings.${fact}`],
  description: () => words,
  apply: (request) => {
    if (request.action !== 'apply' && request.action !== 'approve' && request.action !== 'breakGlass') {
      return undefined;
    }
    const { findings } = request.facts;
    if (!findings[fact]) return undefined;
    const without = { ...findings, [fact]: false };
    // One branch an action, so that each request keeps its own facts.
    switch (request.action) {
      case 'apply':
        return { ...request, facts: { ...request.facts, findings: without } };
      case 'approve':
        return { ...request, facts: { ...request.facts, findings: without } };
      case 'breakGlass':
        return { ...request, facts: { ...request.facts, findings: without } };
    }
  },
});

type FindingClass = {
  [Key in keyof FindingFacts]: FindingFacts[Key] extends boolean ? Key : never;
}[keyof FindingFacts];

/** The declared list: short on purpose. Time is not here; `counterfactual.ts` looks for the next hour that helps. */
export const HYPOTHESES: readonly Hypothesis[] = [
  signature,
  approvals('approval', 0, 1, () =>
    text('one more approval by somebody who is not an author', '作成者以外の 1 人がさらに承認する'),
  ),
  approvals('approval-of-owning-team', 1, 0, (team) =>
    text(
      `one more approval by somebody of team ${team} who is not an author`,
      `作成者以外の ${team} チームの 1 人がさらに承認する`,
    ),
  ),
  approvals('two-approvals', 0, 2, () =>
    text('two more approvals by people who are not authors', '作成者以外の 2 人がさらに承認する'),
  ),
  approvals('two-approvals-one-of-owning-team', 1, 1, (team) =>
    text(
      `two more approvals by people who are not authors, at least one of them of team ${team}`,
      `作成者以外の 2 人 (うち 1 人以上は ${team} チーム) がさらに承認する`,
    ),
  ),
  approvals('two-approvals-of-owning-team', 2, 0, (team) =>
    text(
      `two more approvals by people of team ${team} who are not authors`,
      `作成者以外の ${team} チームの 2 人がさらに承認する`,
    ),
  ),
  {
    id: 'freeze-ended',
    family: 'freeze',
    touches: ['context.freeze'],
    description: (request) =>
      'freeze' in request.facts
        ? text(
            `after the freeze “${request.facts.freeze.name}” has ended`,
            `凍結期間「${request.facts.freeze.name}」の終了を待つ`,
          )
        : text('after the freeze has ended', '凍結期間の終了を待つ'),
    apply: endFreeze,
  },
  // Before the budgets: where more than this is missing, waiting for them is what is said.
  repair,
  {
    id: 'error-budget-left',
    family: 'error-budget',
    touches: ['context.errorBudget.known', 'context.errorBudget.remainingPpm'],
    description: () => text('once error budget is left again', 'エラーバジェットの回復を待つ'),
    apply: onApply(({ facts }) =>
      facts.errorBudget.known
        ? { ...facts, errorBudget: { ...facts.errorBudget, remainingPpm: 1_000_000 } }
        : undefined,
    ),
  },
  {
    id: 'error-budget-calm',
    family: 'error-budget-burn',
    touches: ['context.errorBudget.burning'],
    description: () =>
      text('once no alert that pages fires any more', '呼び出しのアラートが解消するのを待つ'),
    apply: onApply(({ facts }) =>
      facts.errorBudget.burning
        ? { ...facts, errorBudget: { ...facts.errorBudget, burning: false } }
        : undefined,
    ),
  },
  {
    id: 'error-budget-measured',
    family: 'error-budget-figures',
    touches: ['context.errorBudget.stale'],
    description: () =>
      text('once the error budget is measured again', 'エラーバジェットの計測が再開されるのを待つ'),
    apply: onApply(({ facts }) =>
      facts.errorBudget.stale ? { ...facts, errorBudget: { ...facts.errorBudget, stale: false } } : undefined,
    ),
  },
  {
    id: 'author-known',
    family: 'author',
    touches: ['context.author.known'],
    description: () =>
      text(
        'every author of the change is a person in sekisho.yaml',
        '変更の作成者全員を sekisho.yaml の people に登録する',
      ),
    apply: onApply((request) =>
      request.facts.author.known
        ? undefined
        : { ...request.facts, author: { ...request.facts.author, known: true } },
    ),
  },
  {
    id: 'protected-workflow',
    family: 'workflow',
    touches: ['context.protectedWorkflow'],
    description: () =>
      text(
        'from the workflow and ref that the stack’s configuration names',
        'スタックの設定にあるワークフローと ref から実行する',
      ),
    apply: fromProtectedWorkflow,
  },
  withoutFinding('losesData', text('with a plan that loses no data', 'データを失わないプランに変更する')),
  withoutFinding(
    'widensIam',
    text('with a plan that does not widen IAM permissions', 'IAM の権限を広げないプランに変更する'),
  ),
  withoutFinding(
    'runsCode',
    text(
      'with a plan that runs no code on the runner, or with that code allowed by name for the stack',
      'ランナーでコードを実行しないプランにするか、そのコードをスタックの設定で名前を挙げて許可する',
    ),
  ),
  withoutFinding(
    'opensToWorld',
    text('with a plan that opens nothing to the world', '外部に公開しないプランに変更する'),
  ),
  withoutFinding(
    'wrongAccount',
    text(
      'with a plan that speaks of the stack’s own account only',
      'スタックのアカウントだけを対象にしたプランに変更する',
    ),
  ),
  withoutFinding(
    'partialPlan',
    text('with a plan that is complete and without errors', 'エラーのない完全なプランに変更する'),
  ),
  {
    id: 'not-author',
    family: 'principal',
    touches: ['context.isAuthor'],
    description: () => text('by somebody who is not an author of the change', '変更の作成者以外の人が行う'),
    apply: (request) => {
      if (request.action !== 'approve') return undefined;
      const people = request.facts.author.people.filter((one) => one.name !== request.principal.name);
      return people.length === request.facts.author.people.length
        ? undefined
        : { ...request, facts: { ...request.facts, author: { ...request.facts.author, people } } };
    },
  },
  {
    id: 'passkey',
    family: 'key',
    touches: ['context.keyKind'],
    description: () => text('signed with a passkey', 'パスキーで署名する'),
    apply: (request) =>
      request.action === 'approve' && request.facts.keyKind !== 'passkey'
        ? { ...request, facts: { ...request.facts, keyKind: 'passkey' } }
        : undefined,
  },
  {
    id: 'administrator',
    family: 'principal',
    touches: ['principal.administrator'],
    description: () =>
      text('by somebody whom sekisho.yaml names as administrator', 'sekisho.yaml の管理者が行う'),
    apply: (request) =>
      request.principal.kind === 'person' && !request.principal.administrator
        ? withPrincipal(request, { ...request.principal, administrator: true })
        : undefined,
  },
  {
    id: 'may-break-glass',
    family: 'principal',
    touches: ['principal.mayBreakGlass'],
    description: () =>
      text(
        'by somebody whom sekisho.yaml names for break-glass',
        'sekisho.yaml でブレークグラスを認められた人が行う',
      ),
    apply: (request) =>
      request.principal.kind === 'person' && !request.principal.mayBreakGlass
        ? withPrincipal(request, { ...request.principal, mayBreakGlass: true })
        : undefined,
  },
  {
    id: 'longer-reason',
    family: 'reason',
    touches: ['context.reasonLength'],
    description: () => text('with a longer reason', '理由をより詳しく書く'),
    apply: (request) => {
      if (request.action !== 'breakGlass' && request.action !== 'operate') return undefined;
      if (request.facts.reasonLength >= SAMPLE_REASON_LENGTH) return undefined;
      return request.action === 'operate'
        ? { ...request, facts: { ...request.facts, reasonLength: SAMPLE_REASON_LENGTH } }
        : { ...request, facts: { ...request.facts, reasonLength: SAMPLE_REASON_LENGTH } };
    },
  },
  {
    id: 'without-break-glass',
    family: 'break-glass-withdrawn',
    touches: ['context.breakGlass'],
    description: () => text('with the break-glass withdrawn', 'ブレークグラスの宣言を取り消す'),
    apply: onApply((request) =>
      request.facts.breakGlass.active ? { ...request.facts, breakGlass: { active: false } } : undefined,
    ),
  },
  {
    id: 'break-glass',
    family: BREAK_GLASS_FAMILY,
    touches: ['context.breakGlass'],
    description: () =>
      text(
        'by break-glass: a person whom sekisho.yaml names for it, with a reason',
        'sekisho.yaml で認められた人が、理由を添えてブレークグラスを行う',
      ),
    apply: onApply((request) => {
      const [person] = sample('hypothetical-breaker', []);
      return person === undefined
        ? undefined
        : {
            ...request.facts,
            breakGlass: {
              active: true,
              by: { ...person, mayBreakGlass: true },
              reasonLength: SAMPLE_REASON_LENGTH,
            },
          };
    }),
  },
];

function onApply(change: (request: ApplyRequest) => ApplyRequest['facts'] | undefined): Hypothesis['apply'] {
  return (request) => {
    const facts = request.action === 'apply' ? change(request) : undefined;
    return request.action === 'apply' && facts !== undefined ? { ...request, facts } : undefined;
  };
}

const owningTeamOf = (request: PolicyRequest): string =>
  request.resource.kind === 'stack' ? request.resource.owningTeam : '';

const withPrincipal = (request: PolicyRequest, principal: PersonPrincipal): PolicyRequest => ({
  ...request,
  principal,
});

function endFreeze(request: PolicyRequest): PolicyRequest | undefined {
  if (!('freeze' in request.facts) || !request.facts.freeze.active) return undefined;
  const freeze = { active: false, name: '' };
  switch (request.action) {
    case 'plan':
      return { ...request, facts: { ...request.facts, freeze } };
    case 'apply':
      return { ...request, facts: { ...request.facts, freeze } };
    case 'breakGlass':
      return { ...request, facts: { ...request.facts, freeze } };
    default:
      return undefined;
  }
}

function fromProtectedWorkflow(request: PolicyRequest): PolicyRequest | undefined {
  const protectedWorkflow = true;
  if (request.action === 'plan' && !request.facts.protectedWorkflow) {
    return { ...request, facts: { ...request.facts, protectedWorkflow } };
  }
  if (request.action === 'apply' && !request.facts.protectedWorkflow) {
    return { ...request, facts: { ...request.facts, protectedWorkflow } };
  }
  return undefined;
}
