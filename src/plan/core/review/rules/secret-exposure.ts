import { text } from '#core-values';
import patterns from '../data/secret-patterns.json' with { type: 'json' };
import {
  leavesOf,
  type Placed,
  resulting,
  sameValue,
  showPath,
  startsWith,
  walkStrings,
} from '../reading.ts';
import {
  milder,
  type OutputChange,
  type Plan,
  type PlannedChange,
  type PlanValue,
  type Rule,
  type Scene,
  UNKNOWN,
  type ValuePath,
} from '../rule.ts';

const remedy = text(
  'Keep it in Secrets Manager or a SecureString parameter, pass its name, mark it sensitive; and change it, if it was ever committed.',
  'Secrets Manager か SecureString パラメータに置いて名前だけを渡し、sensitive を付けてください。一度でもコミットされたものは変更してください。',
);

export const sensitivityLost: Rule = {
  id: 'sensitivity-lost',
  family: 'secrets',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('A secret becomes visible', '秘密の値が見えるようになります'),
  sees: text(
    'Values that were marked sensitive and no longer are (updates only: replacements lose the provider’s marks), and outputs that hold a value that is secret elsewhere in the plan.',
    'sensitive だった値からその印が外れるもの（更新のみ。置き換えではプロバイダーの印が失われるため対象外）、およびプラン内の別の場所で秘密とされている値を持つ出力。',
  ),
  why: text(
    'Plans, logs and states then show it in clear.',
    'プラン・ログ・ステートに平文で表示されるようになります。',
  ),
  remedy,
  check: (plan, scene) => [
    ...scene.acting.filter((change) => change.action === 'update').flatMap(unmarked),
    ...undeclaredOutputs(plan, scene).map((output) => ({
      address: `output.${output.name}`,
      message: text(
        'is not declared sensitive, and holds a value that is secret elsewhere',
        'sensitive と宣言されていませんが、別の場所で秘密とされている値を含みます',
      ),
    })),
  ],
};

/** The decoder hides outputs that hold a secret; only a plan file says which ones were declared so. */
const undeclaredOutputs = (plan: Plan, scene: Scene): readonly OutputChange[] =>
  plan.kind === 'plan-file'
    ? plan.outputs.filter(
        (output) =>
          output.action !== 'delete' &&
          !plan.configuration.sensitiveNames.includes(output.name) &&
          (output.sensitive || holdsSecret(output.after, scene)),
      )
    : [];

/** Short secrets ("admin", "5432") are equal to too much. */
const TELLING_LENGTH = 8;

const holdsSecret = (value: PlanValue, scene: Scene): boolean =>
  [...leavesOf(value)].some(
    (leaf) =>
      typeof leaf.value === 'string' &&
      leaf.value.length >= TELLING_LENGTH &&
      scene.secrets.isSecret(leaf.value),
  );

/** Compares Terraform's own marks: what we hide besides is hidden on both sides. */
function unmarked(change: PlannedChange): { address: string; message: { en: string; ja: string } }[] {
  const marks = change.marked ?? { before: change.beforeSensitive, after: change.afterSensitive };
  const lost = marks.before.filter(
    (path) =>
      path.length > 0 && !marks.after.some((mark) => startsWith(path, mark) || startsWith(mark, path)),
  );
  return lost
    .filter((path) => holdsSomething(change.after, path))
    .map((path) => ({
      address: change.address,
      message: text(
        `${showPath(path)} is no longer sensitive`,
        `${showPath(path)} が sensitive ではなくなります`,
      ),
    }));
}

function holdsSomething(value: PlanValue, path: ValuePath): boolean {
  for (const leaf of leavesOf(value)) {
    if (startsWith(leaf.path, path) && leaf.value !== null && leaf.value !== '') return true;
  }
  return false;
}

const PATTERNS = patterns.patterns.map((pattern) => ({
  ...pattern,
  expression: new RegExp(pattern.expression),
}));
const ANY_PATTERN = new RegExp(patterns.patterns.map((pattern) => `(?:${pattern.expression})`).join('|'));
const SECRET_NAME = new RegExp(patterns.secretNames.expression, 'i');
const REFERENCE = new RegExp(patterns.references.expression);
/** Maps whose entries people name: only there does a name like `DB_PASSWORD` say what the value is. */
const NAMED_BY_PEOPLE = new Set([
  'environment',
  'variables',
  'environment_variables',
  'runtime_environment_variables',
  'container_definitions',
  'default_arguments',
]);

export const plaintextSecret: Rule = {
  id: 'plaintext-secret',
  family: 'secrets',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('What looks like a secret, in clear', '秘密情報らしき値が平文で書かれています'),
  sees: text(
    'New or changed values, not marked sensitive, that look like keys, tokens, private keys or URLs with passwords, also within user data and container definitions; and environment variables that are named like secrets. Values themselves are never shown.',
    'sensitive ではない新規・変更の値のうち、キー、トークン、秘密鍵、パスワード入り URL らしきもの（ユーザーデータやコンテナ定義の中も含む）、および秘密情報らしい名前の環境変数。値そのものは決して表示しません。',
  ),
  why: text(
    'It is in the code, in the state, in the plan, and readable for everybody who may describe the resource.',
    'コード、ステート、プランに残り、リソースを参照できる人なら誰でも読めます。',
  ),
  remedy,
  check: (_plan, scene) =>
    scene.acting.flatMap((change) => {
      const object = resulting(change);
      if (object === undefined) return [];
      const found = new Map<string, { en: string; ja: string }>();
      walkStrings(object, (value, path) => {
        const leaf: Placed = { path, value };
        const looks = looksLikeSecret(leaf);
        if (looks === undefined || scene.secrets.isSensitive(change, path) || isUnchanged(change, leaf))
          return;
        found.set(showPath(path), looks);
      });
      return [...found].map(([path, looks]) => ({
        address: change.address,
        ...(looks === NAMED ? { severity: milder(scene, 'medium', 'low') } : {}),
        message: text(`${path} looks like ${looks.en}`, `${path} は${looks.ja}のようです`),
      }));
    }),
};

const NAMED = { en: 'a secret, by its name', ja: '（名前からすると）秘密情報' };

function looksLikeSecret(leaf: Placed): { en: string; ja: string } | undefined {
  const { value } = leaf;
  if (typeof value !== 'string' || value.length < TELLING_LENGTH) return undefined;
  const text = decoded(leaf.path, value);
  if (ANY_PATTERN.test(text)) return PATTERNS.find((pattern) => pattern.expression.test(text))?.what ?? NAMED;
  if (!leaf.path.some((step) => typeof step === 'string' && NAMED_BY_PEOPLE.has(step))) return undefined;
  if (leaf.path.includes('container_definitions')) return namedInDefinitions(value) ? NAMED : undefined;
  const name = String(leaf.path.at(-1));
  return SECRET_NAME.test(name) && !REFERENCE.test(value) ? NAMED : undefined;
}

/** Container definitions are JSON: `[{"environment": [{"name": "DB_PASSWORD", "value": "…"}]}]`. */
function namedInDefinitions(definitions: string): boolean {
  for (const [, name = '', value = ''] of definitions.matchAll(
    /"name":\s*"([^"]*)",\s*"value":\s*"([^"]*)"/g,
  )) {
    if (SECRET_NAME.test(name) && value.length >= TELLING_LENGTH && !REFERENCE.test(value)) return true;
  }
  for (const [, value = '', name = ''] of definitions.matchAll(
    /"value":\s*"([^"]*)",\s*"name":\s*"([^"]*)"/g,
  )) {
    if (SECRET_NAME.test(name) && value.length >= TELLING_LENGTH && !REFERENCE.test(value)) return true;
  }
  return false;
}

function decoded(path: ValuePath, value: string): string {
  if (!String(path.at(-1)).includes('user_data') || !/^[A-Za-z0-9+/=\s]+$/.test(value)) return value;
  try {
    return atob(value);
  } catch {
    return value;
  }
}

function isUnchanged(change: PlannedChange, leaf: Placed): boolean {
  let before: PlanValue | undefined = change.before;
  for (const step of leaf.path) {
    if (before instanceof Map) before = before.get(String(step));
    else if (Array.isArray(before) && typeof step === 'number') before = before[step];
    else return false;
  }
  return before !== undefined && before !== UNKNOWN && sameValue(before, leaf.value);
}
