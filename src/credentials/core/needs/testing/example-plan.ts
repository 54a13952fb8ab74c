import { type AccountId, parseAccountId } from '#core-values';
import type { Plan, PlannedChange, PlanValue } from '#plan/core';
import type { RecordedTypes } from '../recorded-operations.ts';
import sample from './recorded-sample.json' with { type: 'json' };

/** A dozen types, written by hand, so that what is recorded next does not change what the tests expect. */
export const SAMPLE: RecordedTypes = sample.types;

const account = parseAccountId('444444444444');
if (account === undefined) throw new Error('twelve digits');
export const ACCOUNT: AccountId = account;
export const REGION = 'ap-northeast-1';

export const object = (members: Readonly<Record<string, PlanValue>>): ReadonlyMap<string, PlanValue> =>
  new Map(Object.entries(members));

type Change = Pick<PlannedChange, 'type' | 'action'> & Partial<PlannedChange>;

export const change = (given: Change): PlannedChange => ({
  address: `${given.type}.this`,
  mode: 'managed',
  name: 'this',
  module: '',
  provider: 'registry.terraform.io/hashicorp/aws',
  providerConfig: 'provider["registry.terraform.io/hashicorp/aws"]',
  before: null,
  after: null,
  beforeSensitive: [],
  afterSensitive: [],
  replacePaths: [],
  ...given,
});

export const planOf = (
  changes: readonly PlannedChange[],
  more: Partial<Plan> = {},
): Pick<Plan, 'changes' | 'configuration' | 'backend'> => ({
  changes,
  configuration: {
    modules: [],
    provisioners: [],
    externalData: [],
    providers: [],
    requiredProviders: [],
    sensitiveNames: [],
  },
  ...more,
});
