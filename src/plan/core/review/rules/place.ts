import { text } from '#core-values';
import { stringAt } from '../reading.ts';
import { milder, type Plan, type Rule, type RuleFinding, type Scene } from '../rule.ts';

/** Where things live, as opposed to what they mention: `arn` and the like of the objects themselves. */
interface Home {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly at: string;
}

function homesOf(plan: Plan): Home[] {
  return plan.changes
    .filter((change) => change.mode === 'managed')
    .flatMap((change) => {
      const arn = stringAt(change.before, 'arn') ?? stringAt(change.after, 'arn');
      const [prefix, , service, region, account] = arn?.split(':') ?? [];
      if (prefix !== 'arn') return [];
      return [
        {
          account: /^\d{12}$/.test(account ?? '') ? account : undefined,
          // global services write no region, and CloudFront's certificates must be in us-east-1 (see the rule)
          region: service === 'iam' || region === '' ? undefined : region,
          at: change.address,
        },
      ];
    });
}

/** `a, b and 3 more`: a wrong account is one finding, however many resources are in it. */
function placesOf(places: readonly string[]): { en: string; ja: string } {
  const unique = [...new Set(places)];
  const shown = unique.slice(0, 3).join(', ');
  const more = unique.length - 3;
  return more > 0
    ? { en: `${shown} and ${more} more`, ja: `${shown} ほか ${more} 件` }
    : { en: shown, ja: shown };
}

export const otherAccount: Rule = {
  id: 'other-account',
  family: 'place',
  severity: { guarded: 'critical', elsewhere: 'critical' },
  title: text('Another account than the stack’s', 'スタックとは別のアカウントです'),
  sees: text(
    'Providers that act in, and resources that live in, an account other than the stack’s (critical); accounts that values or the backend merely mention are low. Accounts on the list pass. If nobody said which account: several accounts at once, medium.',
    'スタックとは別のアカウントで動くプロバイダーと、別のアカウントに存在するリソース（critical）。値やバックエンドに現れるだけのアカウントは low です。許可リストのアカウントは報告しません。アカウントの指定がない場合は、複数のアカウントが混在していれば medium です。',
  ),
  why: text(
    'Production taken for staging is the accident this checkpoint was built against.',
    '本番をステージングと取り違える事故こそ、この関所が防ぎたいものです。',
  ),
  remedy: text(
    'Check the provider’s role, profile and allowed_account_ids against the stack; list accounts that are meant.',
    'プロバイダーのロール・プロファイル・allowed_account_ids をスタックの定義と照合し、意図したアカウントは許可リストに追加してください。',
  ),
  check: (plan, scene) => {
    const { account } = scene.context;
    const listed = new Set<string>([
      ...(scene.context.allowed?.accounts ?? []),
      ...(account === undefined ? [] : [account]),
    ]);
    const living = new Map<string, string[]>();
    const mentioned = new Map<string, string[]>();
    const note = (to: Map<string, string[]>, id: string, at: string): void => {
      if (!listed.has(id)) to.set(id, [...(to.get(id) ?? []), at]);
    };
    for (const home of homesOf(plan)) if (home.account !== undefined) note(living, home.account, home.at);
    for (const sighting of plan.accounts) {
      note(sighting.seenIn === 'provider' ? living : mentioned, sighting.accountId, sighting.at);
    }
    return account === undefined ? severalAccounts(living, scene) : strangers(living, mentioned, scene);
  },
};

function strangers(
  living: ReadonlyMap<string, readonly string[]>,
  mentioned: ReadonlyMap<string, readonly string[]>,
  scene: Scene,
): RuleFinding[] {
  return [
    ...[...living].map(([id, places]) => ({
      message: text(
        `account ${id} is acted in, not the stack's ${scene.context.account}: ${placesOf(places).en}`,
        `スタックのアカウント ${scene.context.account} ではなく、${id} が操作されます: ${placesOf(places).ja}`,
      ),
    })),
    ...[...mentioned]
      .filter(([id]) => !living.has(id))
      .map(([id, places]) => ({
        severity: milder(scene, 'low', 'info'),
        message: text(
          `account ${id} is mentioned: ${placesOf(places).en}`,
          `アカウント ${id} への言及があります: ${placesOf(places).ja}`,
        ),
      })),
  ];
}

const severalAccounts = (living: ReadonlyMap<string, readonly string[]>, scene: Scene): RuleFinding[] =>
  living.size < 2
    ? []
    : [
        {
          severity: milder(scene, 'medium', 'low'),
          message: text(
            `several accounts are acted in: ${[...living.keys()].sort().join(', ')}`,
            `複数のアカウントが操作されます: ${[...living.keys()].sort().join(', ')}`,
          ),
          remedy: text(
            'Say which account is the stack’s (--account) to have the others told apart.',
            'スタックのアカウントを --account で指定すると、それ以外を区別して報告します。',
          ),
        },
      ];

export const otherRegion: Rule = {
  id: 'other-region',
  family: 'place',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('Another region than the stack’s', 'スタックとは別のリージョンです'),
  sees: text(
    'Default providers for, and resources in, a region other than the stack’s. Provider aliases are medium; us-east-1, where certificates of CloudFront must be, is low.',
    'スタックとは別のリージョンを使う既定のプロバイダーと、別のリージョンにあるリソース。エイリアス付きのプロバイダーは medium、CloudFront の証明書などで必要になる us-east-1 は low です。',
  ),
  why: text(
    'Things made in a forgotten region are neither watched nor paid attention to, only paid.',
    '意図しないリージョンに作られたものは、監視もされず、課金だけが続きます。',
  ),
  remedy: text('Check the provider’s region.', 'プロバイダーの region を確認してください。'),
  check: (plan, scene) => {
    const { region } = scene.context;
    if (region === undefined) return [];
    const providers = plan.configuration.providers
      .filter((provider) => provider.region !== undefined && provider.region !== region)
      .map((provider) => ({
        region: provider.region ?? '',
        isAlias: provider.alias !== undefined,
        at: `provider.${provider.name}${provider.alias === undefined ? '' : `.${provider.alias}`}`,
      }));
    const resources = homesOf(plan)
      .filter((home) => home.region !== undefined && home.region !== region)
      .map((home) => ({ region: home.region ?? '', isAlias: true, at: home.at }));
    return [...Map.groupBy([...providers, ...resources], (place) => place.region)].map(([other, places]) => ({
      ...(other === 'us-east-1'
        ? { severity: milder(scene, 'low', 'info') }
        : places.every((place) => place.isAlias)
          ? { severity: milder(scene, 'medium', 'low') }
          : {}),
      message: text(
        `region ${scene.secrets.quoteWords(other)}, not the stack's ${region}: ${placesOf(places.map((place) => place.at)).en}`,
        `スタックのリージョン ${region} ではなく ${scene.secrets.quoteWords(other)} です: ${placesOf(places.map((place) => place.at)).ja}`,
      ),
    }));
  },
};
