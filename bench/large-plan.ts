import type { ChangeInFile } from '../src/changes/testing/plan-file.ts';

const ACCOUNT = '222222222222';
const TEAMS = 40;

/** In modules, with policies, scripts and tags; every kind of change. Of few types, because what is permitted has to fit into a session policy of AWS. */
export const largePlan = (count: number, round: number): readonly ChangeInFile[] =>
  Array.from({ length: count }, (_, index) => changeAt(index, round));

const KINDS = [topicUpdate, topicCreate, topicReplace, instanceUpdate, topicDelete] as const;

function changeAt(index: number, round: number): ChangeInFile {
  const kind = KINDS[index % KINDS.length] ?? topicUpdate;
  const team = `module.team["team-${index % TEAMS}"]`;
  return kind(index % 7 === 0 ? '' : `${team}.`, index, `name-${round}-${index}`);
}

function topicUpdate(module: string, index: number, name: string): ChangeInFile {
  const of = (actions: readonly string[]) => ({
    name,
    arn: `arn:aws:sns:ap-northeast-1:${ACCOUNT}:${name}`,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: Array.from({ length: 12 }, (_, statement) => ({
        Sid: `Statement${statement}`,
        Effect: 'Allow',
        Action:
          statement === 3
            ? actions
            : ['sns:Publish', 'sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'],
        Resource: [
          `arn:aws:s3:::bucket-${index}-${statement}`,
          `arn:aws:s3:::bucket-${index}-${statement}/*`,
        ],
      })),
    }),
    tags: tagsOf(index),
  });
  return {
    ...{ type: `${module}aws_sns_topic`, name: `u${index}`, action: 'update' },
    before: of(['sns:Subscribe']),
    after: of(['sns:Subscribe', 'sns:Receive']),
  };
}

function topicCreate(module: string, index: number, name: string): ChangeInFile {
  const retries = Array.from({ length: 20 }, (_, at) => ({ host: `host-${at}`, numRetries: 3 }));
  return {
    ...{ type: `${module}aws_sns_topic`, name: `c${index}`, action: 'create', sensitive: ['display_name'] },
    after: { name, display_name: name, delivery_policy: JSON.stringify({ retries }), tags: tagsOf(index) },
  };
}

function topicReplace(module: string, index: number, name: string): ChangeInFile {
  const of = (isFifo: boolean) => ({
    ...{ name, arn: `arn:aws:sns:ap-northeast-1:${ACCOUNT}:${name}`, fifo_topic: isFifo },
    tags: tagsOf(index),
  });
  return {
    ...{ type: `${module}aws_sns_topic`, name: `r${index}`, action: 'replace' },
    before: of(false),
    after: of(true),
  };
}

function instanceUpdate(module: string, index: number, name: string): ChangeInFile {
  const script = (version: number): string =>
    ['#!/bin/sh', ...Array.from({ length: 40 }, (_, line) => `install-part ${line} --of ${name}`)]
      .concat(`start --version ${version}`)
      .join('\n');
  const of = (version: number) => ({
    ...{ ami: 'ami-0123456789abcdef0', instance_type: 'm7g.large', monitoring: version > 1 },
    ...{ user_data: script(version), tags: tagsOf(index) },
  });
  return {
    ...{ type: `${module}aws_instance`, name: `i${index}`, action: 'update' },
    before: of(1),
    after: of(2),
  };
}

function topicDelete(module: string, index: number, name: string): ChangeInFile {
  return {
    ...{ type: `${module}aws_sns_topic`, name: `t${index}`, action: 'delete' },
    before: {
      name,
      arn: `arn:aws:sns:ap-northeast-1:${ACCOUNT}:${name}`,
      fifo_topic: false,
      tags: tagsOf(index),
    },
  };
}

const tagsOf = (index: number) => ({
  ...{ Name: `shop-${index}`, Team: `team-${index % TEAMS}`, Service: 'shop', Environment: 'staging' },
});
