import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { text } from '../../src/core-values/index.ts';
import { trailReportAnswer } from '../../src/trail/core/index.ts';
import { type AwsCredentials, assume, clientOptions } from '../stand-ins/aws-organization.ts';
import { lootOf, poison } from './poisoned-runner.ts';
import { type Outcome, planIdIn, type Stage, StoryBroken } from './stage.ts';
import type { Step } from './step.ts';

const STACK = 'shop-staging';
type Report = ReturnType<typeof trailReportAnswer.parse>;

/** What AWS recorded is compared with what was approved: the approved is explained, the thief and the administrator are found. */
export const reconcile: Step = {
  title: text(
    'CloudTrail delivers; what was not approved is found, by its grant',
    'CloudTrail のログとの照合: 承認されていない呼び出しを、グラントごとに検出',
  ),
  async play(stage) {
    await whatWasApproved(stage);
    const thief = await stolenDuringAnApply(stage);
    await withoutAnyGrant(stage);
    const { report, outcome } = await reconciled(stage);
    const ofThief = report.findings.filter(({ grant }) => grant === thief);
    stage.expect(
      outcome.exitCode === 1 && ofThief.some(({ message }) => message.includes('dynamodb:CreateTable')),
      text(
        'The thief’s call stands there by the grant whose credentials were stolen.',
        '盗んだ認証情報による呼び出しが、盗まれたグラントとともに検出されました。',
      ),
      outcome,
    );
    stage.expect(
      report.findings.some(
        ({ rule, severity }) => rule === 'trail.role-without-grant' && severity === 'critical',
      ),
      text(
        'So does the apply role that an administrator used without any grant.',
        '管理者がグラントなしで使った適用ロールも検出されました。',
      ),
      outcome,
    );
    for (const { message } of report.findings.slice(0, 4)) stage.say(text(`  ${message}`, `  ${message}`));
  },
};

/** Every grant so far: called what its plan explains. What AWS refused a thief before is found, and nothing else. */
async function whatWasApproved(stage: Stage): Promise<void> {
  const { report, outcome } = await reconciled(stage);
  const refused = new Set(
    stage.world.aws
      .decisions()
      .filter(({ kind, sessionName = '' }) => kind === 'refused' && sessionName.startsWith('grt_'))
      .map(({ sessionName }) => sessionName),
  );
  const calls = report.grants.map(({ actions }) => actions.reduce((sum, action) => sum + action.calls, 0));
  const isExplained = report.findings.every(({ grant = '' }) => refused.has(grant));
  const areAllFound = [...refused].every((name) => report.findings.some(({ grant }) => grant === name));
  stage.expect(
    isExplained && areAllFound && calls.length > 0,
    text(
      `${calls.length} grants made ${calls.reduce((sum, count) => sum + count, 0)} calls, and their approved plans explain each of them but for what AWS refused.`,
      `${calls.length} 件のグラントによる ${calls.reduce((sum, count) => sum + count, 0)} 回の呼び出しは、AWS が拒否したものを除き、すべて承認済みのプランで説明できます。`,
    ),
    outcome,
  );
}

async function reconciled(stage: Stage): Promise<{ readonly report: Report; readonly outcome: Outcome }> {
  await stage.world.aws.trail.deliver();
  const outcome = await stage.person('hanako', 'audit', 'reconcile', '--format', 'json');
  const from = outcome.output.search(/^\{$/m);
  if (from === -1) throw new StoryBroken(`audit reconcile gave no report:\n${outcome.output.slice(-3_000)}`);
  return { report: trailReportAnswer.parse(JSON.parse(outcome.output.slice(from))), outcome };
}

/** Another apply on a poisoned runner, and what the thief does with its credentials. */
async function stolenDuringAnApply(stage: Stage): Promise<string> {
  const { world } = stage;
  const commit = await world.repository.commitFiles(
    { 'stacks/shop-staging/alarms.tf': 'resource "aws_sns_topic" "alarms" {\n  name = "alarms"\n}\n' },
    'taro',
    'Add a topic for alarms',
  );
  const claims = { runId: '5000', runNumber: '5000', runAttempt: '1' };
  const job = await world.startJob({ stack: STACK, commit, actor: 'taro', environment: 'staging', claims });
  const planned = await stage.ci(job, 'ci', 'plan', '--stack', STACK);
  const plan = planIdIn(planned);
  const approved = await stage.person('hanako', 'approve', plan, '--yes');
  stage.expect(approved.exitCode === 0, text('An approved change.', '承認済みの変更です。'), approved);
  const poisoned = await poison(stage, job, STACK);
  const applied = await stage.ci(poisoned, 'ci', 'apply', '--stack', STACK, '--plan', plan);
  stage.expect(
    applied.exitCode === 0,
    text(
      'It is applied by a runner whose `terraform` copies the credentials.',
      '認証情報を盗み出す `terraform` が仕込まれたランナーで適用されました。',
    ),
    applied,
  );
  const made = await tryTable(stage, await lootOf(stage, STACK).credentials(), 'loot');
  stage.say(
    made
      ? text('The thief made a table of their own.', '泥棒は自分のテーブルを作りました。')
      : text(
          'The thief tries to make a table, and AWS refuses.',
          '泥棒はテーブルを作ろうとして、AWS に拒否されました。',
        ),
  );
  const name = world.aws
    .decisions()
    .findLast(
      ({ request, sessionName }) => request?.operation === 'CreateTable' && sessionName !== undefined,
    )?.sessionName;
  return name ?? '';
}

async function tryTable(stage: Stage, credentials: AwsCredentials, name: string): Promise<boolean> {
  const client = new DynamoDBClient(clientOptions(stage.world.aws.endpoint, credentials));
  const id = 'id';
  const asked = new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: id, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: id, KeyType: 'HASH' }],
  });
  try {
    await client.send(asked);
    return true;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

/** An administrator of the account lets themself into the apply role for a moment, and covers their tracks. */
async function withoutAnyGrant(stage: Stage): Promise<void> {
  const { endpoint, staging, administratorOf, serverRoleArn } = stage.world.aws;
  const administrator = await administratorOf(staging.id);
  const iam = new IAMClient(clientOptions(endpoint, administrator));
  const trust = (AWS: string) => ({
    Effect: 'Allow',
    Principal: { AWS },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  });
  const setTrust = (...principals: readonly string[]) =>
    iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: staging.applyRoleArn.split('/').at(-1),
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: principals.map(trust) }),
      }),
    );
  await setTrust(serverRoleArn, staging.id);
  const used = await tryTable(stage, await assume(endpoint, administrator, staging.applyRoleArn), 'by-hand');
  await setTrust(serverRoleArn);
  iam.destroy();
  stage.expect(
    used,
    text(
      'An administrator changes the trust of the apply role, uses it without a grant, and changes it back.',
      '管理者が適用ロールの信頼ポリシーを書き換え、グラントなしで使い、元に戻しました。',
    ),
  );
}
