import type { Text } from '#core-values';
import type { StateStore } from './planned-action.ts';

export interface SessionPolicy {
  /** JSON, within the limits of STS. */
  readonly policy: string;
  /** AWS managed policies whose permissions the session may have besides. */
  readonly managedPolicyArns: readonly string[];
  readonly sizeCharacters: number;
  /** What had to stay wider than the plan, in words. */
  readonly widened: readonly Text[];
}

/** What is given up, step by step, to fit the size; later steps include the earlier ones. */
export const SHRINKING = ['nothing', 'names', 'passed-services'] as const;

export type Shrinking = (typeof SHRINKING)[number];

export const hasShrunk = (to: Shrinking, step: Shrinking): boolean =>
  SHRINKING.indexOf(to) >= SHRINKING.indexOf(step);

/** `aws`, `aws-cn` or `aws-us-gov`, by the region. */
export const partitionOf = ({ region }: { readonly region: string }): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** The state and its lock file; the S3 backend deletes only the lock. */
export const stateObjects = ({ bucket, key }: StateStore, partition: string): readonly string[] => [
  `arn:${partition}:s3:::${bucket}/${key}`,
  `arn:${partition}:s3:::${bucket}/${key}.tflock`,
];

export const stateTables = ({ table }: StateStore, partition: string): readonly string[] =>
  table === undefined ? [] : [`arn:${partition}:dynamodb:*:*:table/${table}`];
