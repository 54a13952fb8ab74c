import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { startStandInSts } from './sts.ts';

it('the stand-in STS answers the SDK with credentials for the role that was asked for', async () => {
  const sts = await startStandInSts();
  try {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new STSClient({ endpoint: sts.url, region: 'ap-northeast-1', credentials });
    const answer = await client.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::111111111111:role/team/sekisho-apply',
        RoleSessionName: 'grant-1',
        DurationSeconds: 900,
        SourceIdentity: 'hanako',
      }),
    );
    expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::111111111111:assumed-role/sekisho-apply/grant-1');
    expect(answer.SourceIdentity).toBe('hanako');
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA/);
    expect((answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(900_000);
    expect(sts.sessionCount()).toBe(1);
  } finally {
    await sts.stop();
  }
});
