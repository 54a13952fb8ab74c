import { text } from '#core-values';
import { milder, type PlannedChange, type Rule } from '../rule.ts';

const DEFAULT_LARGE_COUNT = 50;

export const largeChange: Rule = {
  id: 'large-change',
  family: 'size',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('A large change', '大きな変更です'),
  sees: text(
    'More changes at once than the limit (50, if not set otherwise); ten times as many are high. Also plans that delete or replace more than half of what they know, from ten resources on: high.',
    '一度の変更数が上限（既定は 50）を超えるプラン。上限の 10 倍を超えると high。対象リソースが 10 個以上で、その半数を超えて削除・置き換えするプランも high です。',
  ),
  why: text(
    'Nobody reads hundreds of changes well, and an apply that fails half-way leaves more behind.',
    '何百もの変更を丁寧に読める人はいません。途中で失敗したときに残るものも多くなります。',
  ),
  remedy: text(
    'Split it into changes that can be read and undone one by one.',
    '一つずつ読めて、戻せる大きさに分割してください。',
  ),
  check: (plan, scene) => {
    const limit = scene.context.largeChangeCount ?? DEFAULT_LARGE_COUNT;
    const count = scene.acting.length;
    const gone = scene.acting.filter(isDestroying).length;
    const known = plan.changes.filter(
      (change) => change.mode === 'managed' && change.action !== 'create',
    ).length;
    return [
      ...(count > limit
        ? [
            {
              ...(count > 10 * limit ? { severity: milder(scene, 'high', 'medium') } : {}),
              message: text(`${count} changes at once`, `一度に ${count} 件の変更があります`),
            },
          ]
        : []),
      ...(known >= 10 && gone * 2 > known
        ? [
            {
              severity: milder(scene, 'high', 'medium'),
              message: text(
                `${gone} of ${known} known resources are deleted or replaced`,
                `既存のリソース ${known} 個のうち ${gone} 個が削除または置き換えられます`,
              ),
            },
          ]
        : []),
    ];
  },
};

const isDestroying = (change: PlannedChange): boolean =>
  change.action === 'delete' || change.action === 'replace';

export const imported: Rule = {
  id: 'imported',
  family: 'lifecycle',
  severity: { guarded: 'medium', elsewhere: 'info' },
  title: text('Something existing is imported', '既存のリソースがインポートされます'),
  sees: text('Imports; ones that change nothing are low.', 'インポート。何も変更しないものは low です。'),
  why: text(
    'From now on Terraform owns it, and may change or destroy it.',
    '以後は Terraform の管理下に入り、変更や破棄の対象になります。',
  ),
  remedy: text(
    'Check that the imported thing is the one that is meant, and that no other stack owns it.',
    '意図したリソースであること、ほかのスタックが管理していないことを確認してください。',
  ),
  check: (plan, scene) =>
    plan.changes
      .filter((change) => change.importing !== undefined)
      .map((change) => ({
        address: change.address,
        ...(change.action === 'no-op' ? { severity: milder(scene, 'low', 'info') } : {}),
        message:
          change.action === 'no-op'
            ? text('is imported as it is', 'そのままインポートされます')
            : text(
                `is imported, then ${change.action === 'update' ? 'updated' : change.action === 'replace' ? 'replaced' : 'changed'}`,
                `インポートされたうえで${change.action === 'replace' ? '置き換え' : '変更'}されます`,
              ),
      })),
};

export const forgotten: Rule = {
  id: 'forgotten',
  family: 'lifecycle',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('Something is let go', 'Terraform の管理から外れます'),
  sees: text(
    'Resources that leave the state but stay in AWS (removed blocks, create-then-forget).',
    'ステートから外れ、AWS 上には残るリソース（removed ブロック、create-then-forget）。',
  ),
  why: text(
    'It goes on costing and granting, and nobody’s plan shows it any more.',
    '課金や権限は残り続けますが、もう誰のプランにも現れません。',
  ),
  remedy: text('Say who owns it from now on, or delete it.', '今後の管理者を決めるか、削除してください。'),
  check: (_plan, scene) =>
    scene.acting
      .filter((change) => change.action === 'forget' || change.action === 'create-then-forget')
      .map((change) => ({
        address: change.address,
        message:
          change.action === 'forget'
            ? text(
                `${change.type} stays in AWS, unmanaged`,
                `${change.type} が管理対象外のまま AWS に残ります`,
              )
            : text(
                `${change.type} is made anew, and the old one stays where it is, unmanaged`,
                `${change.type} が新たに作られ、古いものは管理対象外のまま残ります`,
              ),
      })),
};

export const moved: Rule = {
  id: 'moved',
  family: 'lifecycle',
  severity: { guarded: 'info', elsewhere: 'info' },
  title: text('An address changes', 'アドレスが変わります'),
  sees: text('Moved resources.', 'moved によるアドレスの変更。'),
  why: text(
    'Nothing happens in AWS, but what refers to the old address must follow.',
    'AWS 上では何も起きませんが、古いアドレスを参照しているものは追従が必要です。',
  ),
  remedy: text('Nothing to do, if it is meant.', '意図した変更であれば、対応は不要です。'),
  check: (plan) =>
    plan.changes
      .filter((change) => change.previousAddress !== undefined && change.previousAddress !== change.address)
      .map((change) => ({
        address: change.address,
        message: text(`was ${change.previousAddress}`, `旧アドレス: ${change.previousAddress}`),
      })),
};

export const checkFailed: Rule = {
  id: 'check-failed',
  family: 'checks',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('A check fails', 'チェックが失敗しています'),
  sees: text(
    'Check blocks, preconditions and postconditions that fail or end in an error; ones still unknown are info.',
    '失敗またはエラーになった check ブロック・事前条件・事後条件。まだ結果が分からないものは info です。',
  ),
  why: text(
    'Somebody wrote down that this must not be.',
    '「こうであってはならない」と誰かが書いた条件です。',
  ),
  remedy: text(
    'Read the check’s message in the configuration and fix the cause.',
    '構成にあるチェックのメッセージを読み、原因を直してください。',
  ),
  check: (plan, scene) =>
    plan.checks
      .filter((check) => check.status !== 'pass')
      .map((check) => {
        // a check's message is a template over values, so it may hold a secret
        const said = check.messages.map((words) => scene.secrets.quoteWords(words)).join('; ');
        const tail = said === '' ? '' : `: ${said}`;
        return check.status === 'unknown'
          ? {
              address: check.address,
              severity: 'info' as const,
              message: text('is only decided after apply', '適用後にしか判定できません'),
            }
          : { address: check.address, message: text(`fails${tail}`, `失敗しています${tail}`) };
      }),
};
