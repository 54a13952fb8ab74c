import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { SHOP_REGION } from '../stand-ins/aws-organization.ts';
import type { World } from '../world.ts';

/** Looks into an account from outside, as its administrator: what Sekisho says is not taken for proof. */
async function inAccount<T>(
  world: World,
  accountId: string,
  look: (client: DynamoDBClient) => Promise<T>,
): Promise<T> {
  const credentials = await world.aws.administratorOf(accountId);
  const client = new DynamoDBClient({ endpoint: world.aws.endpoint, region: SHOP_REGION, credentials });
  try {
    return await look(client);
  } finally {
    client.destroy();
  }
}

export const tablesOf = (world: World, accountId: string): Promise<readonly string[]> =>
  inAccount(
    world,
    accountId,
    async (client) => (await client.send(new ListTablesCommand({}))).TableNames ?? [],
  );

/** The attribute that the table `orders` is keyed by. */
export const ordersKeyOf = (world: World, accountId: string): Promise<string | undefined> =>
  inAccount(world, accountId, async (client) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'orders' }));
    return Table?.KeySchema?.[0]?.AttributeName;
  });

/** Whether the table `orders` can be restored to any point in time. */
export const isRestorable = (world: World, accountId: string): Promise<boolean> =>
  inAccount(world, accountId, async (client) => {
    const asked = new DescribeContinuousBackupsCommand({ TableName: 'orders' });
    const { ContinuousBackupsDescription: backups } = await client.send(asked);
    return backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED';
  });
