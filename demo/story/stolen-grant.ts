import type { AccountId } from '../../src/core-values/index.ts';
import { type Text, text } from '../../src/core-values/index.ts';
import { type Need, needsOfPlan } from '../../src/credentials/core/index.ts';
import { readPlan } from '../../src/plan/index.ts';
import { SHOP_REGION } from '../stand-ins/aws-organization.ts';
import {
  type Attempt,
  attemptMisuses,
  misusesFor,
  type Names,
  prepareTargets,
} from '../stolen-grant/index.ts';
import { tablesOf } from './aws-view.ts';
import { type Loot, lootOf } from './poisoned-runner.ts';
import { type Stage, StoryBroken } from './stage.ts';
import type { Step } from './step.ts';

const STACK = 'shop-production';

/** The credentials with which production was just applied are stolen while they live, and open nothing. */
export const stolenGrant: Step = {
  title: text(
    'The stolen grant: what a thief can do with the credentials of that apply',
    '盗まれたグラント: この適用の認証情報で、泥棒に何ができるか',
  ),
  async play(stage) {
    const loot = lootOf(stage, STACK);
    stage.say(
      text(
        'The runner of that apply was poisoned: its `terraform` copied the credentials from the job’s own loopback endpoint, as any program in a job can, and then did its work. They are still alive.',
        'この適用を実行したランナーには細工がされていました。`terraform` がジョブ自身のループバックのエンドポイントから認証情報をコピーし(ジョブ内のどのプログラムにもできます)、そのあとで本来の処理を実行したのです。認証情報はまだ有効です。',
      ),
    );
    const needs = await needsOf(loot, stage.world.aws.production.id as AccountId);
    const targets = await whatThereIsToWant(stage);
    const misuses = misusesFor({ targets, needs, roleArn: stage.world.aws.production.applyRoleArn });
    const { endpoint, decisions } = stage.world.aws;
    const credentials = await loot.credentials();
    const attempts = await attemptMisuses({ endpoint, region: SHOP_REGION, credentials, decisions, misuses });
    tell(stage, attempts);
    const tables = await tablesOf(stage.world, stage.world.aws.production.id);
    stage.expect(
      tables.includes('orders') && tables.includes('payments'),
      text(
        'The tables `orders` and `payments` are still there. (Without the session policy the same role is allowed all of it: a test of the repository plays that, too.)',
        'テーブル `orders` と `payments` は無事です。(セッションポリシーがなければ、同じロールですべて許可されます。それもリポジトリのテストで確かめています)',
      ),
    );
  },
};

/** What the plan needs, so that nothing is called a misuse that it does. */
async function needsOf(loot: Loot, account: AccountId): Promise<readonly Need[]> {
  const plan = await readPlan(await loot.planFile());
  if (!plan.ok) throw new StoryBroken(plan.error.reasons[0].message.en);
  const needs = needsOfPlan(plan.value, { account, region: SHOP_REGION });
  if (!needs.ok) throw new StoryBroken(needs.error.reasons[0].message.en);
  return needs.value;
}

async function whatThereIsToWant({ world }: Stage): Promise<Names> {
  const { aws } = world;
  return prepareTargets({
    ...{ endpoint: aws.endpoint, account: aws.production.id, region: SHOP_REGION },
    administrator: await aws.administratorOf(aws.production.id),
    otherAccount: aws.toolsAccountId,
    otherAdministrator: await aws.administratorOf(aws.toolsAccountId),
  });
}

function tell(stage: Stage, attempts: readonly Attempt[]): void {
  const tried = attempts.filter(({ verdict }) => verdict !== 'not-applicable');
  const kinds = [...Map.groupBy(tried, ({ kind }) => kind).values()];
  const rows = kinds.map((ofKind) => rowOf(ofKind));
  const width = (language: 'en' | 'ja'): number =>
    Math.max(...rows.map(({ title }) => widthOf(title[language])));
  const [en, ja] = [width('en'), width('ja')];
  for (const { title, outcome } of rows) {
    stage.say(text(`  ${padded(title.en, en)}  ${outcome.en}`, `  ${padded(title.ja, ja)}  ${outcome.ja}`));
  }
  const succeeded = tried.filter(({ verdict }) => verdict !== 'denied');
  for (const { name, verdict, message = '' } of succeeded) {
    stage.say(text(`  ${verdict}: ${name} ${message}`, `  ${verdict}: ${name} ${message}`));
  }
  const untried = attempts.length - tried.length;
  if (untried > 0) {
    stage.say(
      text(
        `(${untried} more were not tried: the plan itself needs them, or the stack has no such thing.)`,
        `(ほかの ${untried} 件は、プラン自体が必要とする操作か、このスタックにないものなので、試していません)`,
      ),
    );
  }
  stage.expect(
    succeeded.length === 0 && kinds.length >= LEAST_KINDS,
    text(
      `${tried.length} attempts of ${kinds.length} kinds: AWS denied every one.`,
      `${kinds.length} 種類、${tried.length} 回の試みは、AWS によってすべて拒否されました。`,
    ),
  );
}

const LEAST_KINDS = 24;

function rowOf(ofKind: readonly Attempt[]): { readonly title: Text; readonly outcome: Text } {
  const title = ofKind[0]?.title ?? text('', '');
  const actions = [...Map.groupBy(ofKind, ({ action }) => action.split(':')[0])]
    .map(([service, all]) => `${service}:${[...new Set(all.map(nameOf))].join(', ')}`)
    .join('; ');
  const denied = [...new Set(ofKind.map(({ verdict, message }) => deniedBy(verdict, message)))];
  const said = (language: 'en' | 'ja'): string =>
    `${actions}  (${denied.map((words) => words[language]).join('; ')})`;
  return { title, outcome: text(said('en'), said('ja')) };
}

const nameOf = ({ action }: Attempt): string => action.slice(action.indexOf(':') + 1);

const NOT_ALLOWED = text('not in the session policy', 'セッションポリシーに許可がない');
const EXPLICITLY = text('denied by the session policy', 'セッションポリシーで明示的に拒否');
const UNTOLD = text('not authorized (STS names no policy)', '権限がない(STS はどのポリシーかを示さない)');
const NOT_DENIED = text('NOT DENIED', '拒否されなかった');

/** As AWS's own words have it. */
function deniedBy(verdict: Attempt['verdict'], message = ''): Text {
  if (verdict !== 'denied') return NOT_DENIED;
  if (message.includes('because no session policy allows')) return NOT_ALLOWED;
  return message.includes('explicit deny') ? EXPLICITLY : UNTOLD;
}

/** Columns on a terminal: kana, Chinese characters and full-width marks take two. */
const widthOf = (words: string): number =>
  words.length + (words.match(/[\u3000-\u9fff\uff00-\uff60]/g)?.length ?? 0);

const padded = (words: string, width: number): string => words + ' '.repeat(width - widthOf(words));
