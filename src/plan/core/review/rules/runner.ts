import { text } from '#core-values';
import { destroys, withoutKeys } from '../reading.ts';
import type { Plan, PlannedChange, Provisioner, Rule, Scene } from '../rule.ts';

const isAllowed = (scene: Scene, ...names: readonly string[]): boolean =>
  names.some((name) => scene.context.allowed?.provisioners?.includes(name) === true);

/** `a.b`, `module.a.module.b` and `` all become the prefix of an address without instance keys. */
function addressIn(module: string, resource: string): string {
  if (module === '' || module === 'root') return resource;
  const prefix = module.startsWith('module.')
    ? module
    : module
        .split('.')
        .map((key) => `module.${key}`)
        .join('.');
  return `${withoutKeys(prefix)}.${resource}`;
}

/** Would this plan run it? Creation-time ones run on create and replace, the others on delete and replace. */
function runsIn(plan: Plan, provisioner: Provisioner, address: string): boolean {
  const runs = (change: PlannedChange): boolean =>
    provisioner.when === 'destroy'
      ? destroys(change)
      : change.action === 'create' || change.action === 'replace' || change.action === 'create-then-forget';
  return plan.changes.some((change) => runs(change) && withoutKeys(change.address) === address);
}

export const runsProvisioner: Rule = {
  id: 'runs-provisioner',
  family: 'runner',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A provisioner runs code', 'プロビジョナーがコードを実行します'),
  sees: text(
    'Provisioners in the configuration that will be applied, unless allowed by name. Ones whose resource this plan does not touch are low.',
    '適用される構成に含まれる、名前で許可されていないプロビジョナー。このプランで対象リソースに変更がなければ low です。',
  ),
  why: text(
    'local-exec runs on the runner while it holds the apply credentials, and nothing of it shows among the changes.',
    'local-exec は apply 用の認証情報を持つランナー上で実行され、その内容は変更点の一覧には現れません。',
  ),
  remedy: text(
    'Move it out of Terraform (image build, user data, a pipeline step of its own), or allow it by name after reading it.',
    'Terraform の外（イメージビルド、ユーザーデータ、独立したパイプラインのステップ）に移すか、内容を確認したうえで名前で許可してください。',
  ),
  check: (plan, scene) =>
    plan.configuration.provisioners.flatMap((provisioner) => {
      const address = addressIn(provisioner.module, provisioner.resource);
      if (isAllowed(scene, address, `${address}:${provisioner.type}`)) return [];
      const runs = runsIn(plan, provisioner, address);
      const { file } = provisioner.place;
      return [
        {
          address,
          ...(runs ? {} : { severity: 'low' as const }),
          message: runs
            ? text(
                `${provisioner.type} runs during this apply (${file})`,
                `この apply 中に ${provisioner.type} が実行されます（${file}）`,
              )
            : text(
                `${provisioner.type} is in the configuration (${file}), but its resource is not ${provisioner.when === 'destroy' ? 'destroyed' : 'created'} by this plan`,
                `構成に ${provisioner.type} があります（${file}）。このプランでは対象リソースの${provisioner.when === 'destroy' ? '破棄' : '作成'}がないため実行されません`,
              ),
        },
      ];
    }),
};

export const runsExternalData: Rule = {
  id: 'runs-external-data',
  family: 'runner',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A data source runs a program', 'データソースがプログラムを実行します'),
  sees: text(
    'external data sources and their like in the configuration, unless allowed by name.',
    '構成に含まれる、名前で許可されていない external データソースなど。',
  ),
  why: text(
    'The program runs on the runner, at plan as well as at apply, with the credentials that are there.',
    'プログラムは plan 時にも apply 時にもランナー上で、そこにある認証情報とともに実行されます。',
  ),
  remedy: text(
    'Replace it by a data source or an input variable, or allow it by name after reading it.',
    '通常のデータソースや入力変数に置き換えるか、内容を確認したうえで名前で許可してください。',
  ),
  check: (plan, scene) =>
    plan.configuration.externalData.flatMap((external) => {
      const address = addressIn(external.module, withoutPrefix(external.address, external.module));
      return isAllowed(scene, address, external.address)
        ? []
        : [
            {
              address,
              message: text(
                `runs a program on the runner (${external.place.file})`,
                `ランナー上でプログラムが実行されます（${external.place.file}）`,
              ),
            },
          ];
    }),
};

/** The snapshot may already write the module into the address. */
const withoutPrefix = (address: string, module: string): string =>
  module !== '' && address.startsWith('module.') ? address.slice(addressIn(module, '').length) : address;

export const runsAction: Rule = {
  id: 'runs-action',
  family: 'runner',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('An action is invoked', 'アクションが呼び出されます'),
  sees: text(
    'Terraform actions that this apply invokes, unless allowed by name. Ones that are only in the configuration are low.',
    'この apply で呼び出される、名前で許可されていない Terraform アクション。構成にあるだけのものは low です。',
  ),
  why: text(
    'Actions do things (invoke a function, stop an instance) that leave no trace in the planned values.',
    'アクション（関数の呼び出し、インスタンスの停止など）は、計画された値には何も残しません。',
  ),
  remedy: text(
    'Read what it does and allow it by name.',
    '何をするアクションか確認し、名前で許可してください。',
  ),
  check: (plan, scene) => {
    const invoked = new Set(plan.actions.map((action) => withoutKeys(action.address)));
    return [
      ...plan.actions
        .filter((action) => !isAllowed(scene, action.address, withoutKeys(action.address)))
        .map((action) => ({
          address: action.address,
          message: text(`is invoked (${action.provider})`, `呼び出されます（${action.provider}）`),
        })),
      ...(plan.configuration.actionBlocks ?? [])
        .map((block) => ({
          ...block,
          address: addressIn(block.module, withoutPrefix(block.address, block.module)),
        }))
        .filter((block) => !invoked.has(block.address) && !isAllowed(scene, block.address))
        .map((block) => ({
          address: block.address,
          severity: 'low' as const,
          message: text(
            `is in the configuration (${block.place.file}), but not invoked by this plan`,
            `構成にあります（${block.place.file}）が、このプランでは呼び出されません`,
          ),
        })),
    ];
  },
};
