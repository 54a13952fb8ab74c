import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ChangesRoom } from './room.ts';
import { showPlan } from './show-plan.ts';
import type { ChangeInFile } from './testing/plan-file.ts';
import { openShop, type Shop } from './testing/shop.ts';
import { uploadPlan } from './upload-plan.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const UPDATES = [
  'mq:UpdateBroker',
  'mq:UpdateBrokerAccessConfiguration',
  'mq:UpdateConfiguration',
  'mq:UpdateUser',
];
const MOST = 10;
/** `mq:*`, and nothing else of it. */
const OPENED = /^mq: .*\(1 action\)/m;

type Known = Awaited<ReturnType<NonNullable<ChangesRoom['experience']>>>;
type Asked = Parameters<NonNullable<ChangesRoom['experience']>>[0];

const broker: ChangeInFile = {
  ...{ type: 'aws_mq_broker', name: 'orders', action: 'create', after: { broker_name: 'orders' } },
};
const topic: ChangeInFile = { type: 'aws_sns_topic', name: 'it', action: 'create', after: { name: 'it' } };
const seen = (actions: readonly string[]): Known => ({
  observed: [{ type: 'aws_mq_broker', step: 'create', actions, applies: 3, since: '2026-11-02' }],
  leftOut: [],
});

/** What is said of a grant for these changes, where the organization's applies taught this. */
async function saidOf(changes: readonly ChangeInFile[], known: Known) {
  const asked: Asked[] = [];
  const room: ChangesRoom = {
    ...shop.room,
    experience: async (about) => {
      asked.push(about);
      return known;
    },
  };
  // Another file than the one before.
  shop.clock.advance(1_000);
  const uploaded = await uploadPlan(room, {
    ...{ token: await shop.token(), stack: 'shop-staging', file: shop.file({ changes }) },
  });
  if (!uploaded.ok) throw new Error(uploaded.error.problem.reasons[0].message.en);
  const shown = await showPlan(room, uploaded.value.plan.id, 'en');
  if (!shown.ok) throw new Error(shown.error.reasons[0].message.en);
  const { can = [], widened = [] } = shown.value.permissions ?? {};
  return { asked, can: can.join('\n'), widened: widened.join('\n') };
}

test('A type that nobody recorded gets what applies of the same provider version were seen to call, and the approvers read that', async () => {
  const { asked, can, widened } = await saidOf([broker], seen(['mq:CreateBroker', 'mq:DescribeBroker']));
  expect(asked).toEqual([
    { stack: 'shop-staging', providers: ['registry.terraform.io/hashicorp/aws 5.100.0'] },
  ]);
  expect(widened).toContain('from your organization’s own trail, 3 applies since 2026-11-02');
  expect(can).not.toMatch(OPENED);
  const without = await saidOf([broker], { observed: [], leftOut: [] });
  expect(without.can).toMatch(OPENED);
});

/** As many buckets as still fit beside an opened service, and not beside a list. */
const buckets = (count: number): readonly ChangeInFile[] =>
  Array.from({ length: count }, (_, at) => {
    const bucket = `${'abcdefghij'[at]}-orders-${'x'.repeat(40)}`;
    const arn = `arn:aws:s3:::${bucket}`;
    return { type: 'aws_s3_bucket', name: `b${at}`, action: 'delete', before: { bucket, arn, id: bucket } };
  });

test('What was observed but does not fit into a session policy is left aside: the plan gets what it would get without', async () => {
  const long = ['CreateReplicaBroker', 'CreateUser', 'CreateConfiguration', 'RebootBroker', 'Promote'].map(
    (name) => `mq:${name}`,
  );
  const many = seen(['mq:CreateBroker', ...long, ...UPDATES]);
  const fits = await saidOf([broker], many);
  expect(fits.widened).toContain('own trail');
  const { can, widened } = await saidOf([broker, ...buckets(MOST)], many);
  expect(can).toMatch(OPENED);
  expect(widened).not.toContain('own trail');
});

test('What people left out of a type is not granted to it', async () => {
  const action = 'sns:ListTagsForResource';
  const leftOut = [{ type: 'aws_sns_topic', action }];
  const { can } = await saidOf([topic], { observed: [], leftOut });
  const { can: whole } = await saidOf([topic], { observed: [], leftOut: [] });
  const actions = (words: string) => Number(/^sns: .*\((\d+) actions\)/m.exec(words)?.[1]);
  expect(actions(can)).toBe(actions(whole) - 1);
});
