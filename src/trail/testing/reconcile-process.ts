import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { KyselyPlugin } from 'kysely';
import { epochMs, ok } from '#core-values';
import { handClock, openDatabase } from '#platform';
import { deliveredFolder, digestKeysInFolder } from '../delivered-folder.ts';
import { reconcile } from '../reconcile.ts';
import type { TrailRoom } from '../room.ts';
import { HOUR, REVIEW, START } from './example-applies.ts';
import { exampleGrant } from './example-grant.ts';

// For tests: reconciles a folder of delivered files, and writes down what it told people. `--die "INSERT trail_calls:2"` kills it before its
// second such statement, in the middle of a transaction; `alarm:3` before its third alarm.

const option = { type: 'string', default: '' } as const;
const { values } = parseArgs({ options: { database: option, folder: option, told: option, die: option } });
const { database: url, folder, told, die } = values;
const taken = new Map<string, number>();
const step = (kind: string): void => {
  const count = (taken.get(kind) ?? 0) + 1;
  taken.set(kind, count);
  if (die === `${kind}:${count}`) process.kill(process.pid, 'SIGKILL');
};
const countStatements: KyselyPlugin = {
  transformQuery: ({ node }) => {
    const words = 'sqlFragments' in node ? String(node.sqlFragments) : '';
    const [, verb, table] = /(INSERT|UPDATE|SELECT) (?:INTO )?(\w+)/.exec(words) ?? [];
    step(`${verb} ${table}`);
    return node;
  },
  transformResult: async ({ result }) => result,
};
const database = await openDatabase(url);
if (!database.ok) throw new Error(database.error.reasons[0].message.en);
const accounts = [{ id: exampleGrant.account, applyRole: exampleGrant.roleArn }];
const room: TrailRoom = {
  db: database.value.db.withPlugin(countStatements),
  clock: handClock(epochMs(START + 4 * HOUR)),
  organization: () => ({ accounts, stacks: [] }),
  trail: {
    files: deliveredFolder(folder),
    keys: digestKeysInFolder(folder),
    prefix: '',
  },
  reviewOf: async () => ok(REVIEW),
  wasApplied: async () => true,
  appliesToBelieve: 3,
  alarm: ({ message }) => {
    step('alarm');
    appendFileSync(told, `${message}\n`);
  },
};
const { problem, left } = await reconcile(room, {
  by: { kind: 'server', name: 'sekisho' },
  isEnough: () => false,
});
process.stdout.write(problem === undefined && left === 0 ? 'done\n' : 'failed\n');
await database.value.close();
