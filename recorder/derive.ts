import {
  type AwsRequest,
  type PermissionLookup,
  permissionsOf,
  readAwsRequest,
} from '../demo/stand-ins/aws-requests/index.ts';
import { arnTemplate } from './arn-template.ts';
import { resourceOf } from './attribution.ts';
import {
  type AttributedRequest,
  type RecordedResource,
  type Recording,
  STEPS,
  type Step,
} from './recording.ts';

/** What a step needs of AWS. */
export interface Operation {
  /** `sns:CreateTopic` */
  readonly action: string;
  /** ARN templates, all of which are needed. */
  readonly resources: readonly string[];
  /** Needed only where one of these attributes has a value (in an update: changes). */
  readonly whenSet?: readonly string[];
}

export type Operations = Partial<Record<Step, readonly Operation[]>>;

export interface Derived {
  /** What the provider asks whatever it is for. */
  readonly alwaysRead: readonly Operation[];
  readonly types: Readonly<Record<string, Operations>>;
  /** What could not be told, one a line. */
  readonly doubts: readonly string[];
}

/** A pair of action and ARN template, as one string: pairs are compared and put in order as such. */
type Need = string;

const needOf = (action: string, template: string): Need => `${action} ${template}`;

/** A resource of the catalogue that others rest on. */
const isPrerequisite = ({ label }: RecordedResource): boolean => label.startsWith('prerequisite');

/** Reads off a recording what each resource type needs in each step. */
export async function deriveOperations(recording: Recording): Promise<Derived> {
  const doubts: string[] = [];
  const needs = new Map<RecordedResource, Map<Step, Set<Need>>>();
  const always = new Set<Need>();
  for (const { step, requests } of recording.steps) {
    for (const [, group] of Map.groupBy(requests, ({ origin }) => origin?.call ?? 'none')) {
      const { origin } = group[0] ?? {};
      const read = group.flatMap((one) => readOne(one, doubts));
      if (origin?.type === undefined) {
        if (origin === undefined) doubts.push(`${step}: for nothing: ${read.map(nameOf).join(', ')}`);
        else
          for (const request of read)
            for (const { action } of await permissionsIn(request, recording, doubts))
              always.add(needOf(action, '*'));
        continue;
      }
      const call = { type: origin.type, requests: read, answers: group.map(({ answer }) => answer) };
      const found = resourceOf(call, recording.resources);
      const resource = found ?? baseOf(origin.type, recording.resources);
      if (resource === undefined) continue;
      if (found === undefined)
        doubts.push(`${step}: taken for ${resource.type}.${resource.label}: ${read.map(nameOf).join(', ')}`);
      const bySteps = needs.get(resource) ?? new Map<Step, Set<Need>>();
      const own = bySteps.get(step) ?? new Set<Need>();
      needs.set(resource, bySteps.set(step, own));
      for (const request of read) {
        for (const permission of await permissionsIn(request, recording, doubts)) {
          const { account, region } = recording;
          own.add(
            needOf(
              permission.action,
              await arnTemplate(permission.resource, { account, region, step, resource }),
            ),
          );
        }
      }
    }
  }
  const types = Object.fromEntries(
    [
      ...Map.groupBy(
        recording.resources.filter((one) => !isPrerequisite(one)),
        ({ type }) => type,
      ),
    ]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, resources]): [string, Operations] => [type, operationsOf(resources, needs)])
      .filter(([, operations]) => Object.keys(operations).length > 0),
  );
  return { alwaysRead: listed([...always]), types, doubts };
}

const nameOf = ({ service, operation }: AwsRequest): string => `${service} ${operation}`;

const baseOf = (type: string, resources: readonly RecordedResource[]): RecordedResource | undefined =>
  resources.find((one) => one.type === type && one.label === 'base');

function readOne({ method, target, headers, body }: AttributedRequest, doubts: string[]): AwsRequest[] {
  const read = readAwsRequest({ method, target, headers, body: Buffer.from(body, 'base64') });
  if (read.ok) return [read.value];
  doubts.push(`${method} ${target}: ${read.error.message}`);
  return [];
}

async function permissionsIn(request: AwsRequest, recording: Recording, doubts: string[]) {
  const { account } = recording;
  const permissions = await permissionsOf(request, { account }, lookupIn(recording));
  if (permissions.ok) return permissions.value;
  doubts.push(permissions.error);
  return [];
}

/** What only AWS knows, from the resources that were made. */
function lookupIn({ resources }: Recording): PermissionLookup {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const find = (types: readonly string[], matches: (state: RecordedResource['state']) => boolean) =>
    resources.find(({ type, state }) => types.includes(type) && matches(state))?.state;
  return {
    iamPath: async (type, name) =>
      text(find([`aws_iam_${type.replaceAll('-', '_')}`], (state) => state.name === name)?.path),
    arnOf: async (service, id) =>
      service === 'kms'
        ? (text(find(['aws_kms_key'], (state) => state.key_id === id || state.arn === id)?.arn) ??
          text(find(['aws_kms_alias'], (state) => state.name === id || state.arn === id)?.target_key_arn))
        : text(find(['aws_secretsmanager_secret'], (state) => state.name === id || state.arn === id)?.arn),
    roleInProfile: async (profile) => {
      const role = find(['aws_iam_instance_profile'], (state) => state.name === profile)?.role;
      return text(find(['aws_iam_role'], (state) => state.name === role)?.arn);
    },
  };
}

/**
 * What the first (`base`) of a type's resources needs is needed always; what another needs besides, when its attributes
 * are set.
 */
function operationsOf(
  resources: readonly RecordedResource[],
  needs: ReadonlyMap<RecordedResource, ReadonlyMap<Step, ReadonlySet<Need>>>,
): Operations {
  const base = resources.find(({ label }) => label === 'base') ?? resources[0];
  const steps = STEPS.map((step): [Step, readonly Operation[]] => {
    const of = (one: RecordedResource | undefined): ReadonlySet<Need> =>
      (one === undefined ? undefined : needs.get(one)?.get(step)) ?? new Set();
    const always = of(base);
    const conditions = new Map<Need, Set<string>>();
    for (const variant of resources) {
      const own = besidesOf(variant, base);
      const whenSet = step === 'update' ? changedBy(variant, own) : own;
      for (const need of of(variant)) {
        if (!always.has(need)) conditions.set(need, new Set([...(conditions.get(need) ?? []), ...whenSet]));
      }
    }
    const alike = Map.groupBy(conditions.keys(), (need) =>
      [...(conditions.get(need) ?? [])].toSorted().join(),
    );
    const besides = [...alike].flatMap(([names, some]) =>
      listed(some).map((one) => (names === '' ? one : { ...one, whenSet: names.split(',') })),
    );
    return [step, [...listed([...always]), ...besides]];
  });
  return Object.fromEntries(steps.filter(([, operations]) => operations.length > 0));
}

/** Attributes that a variant sets and the base does not. Tags come also from the provider's `default_tags`. */
function besidesOf(variant: RecordedResource, base: RecordedResource | undefined): readonly string[] {
  const common = new Set(base?.set);
  const own = variant.set.filter((name) => !common.has(name));
  const differing = variant.set.filter(
    (name) => JSON.stringify(variant.state[name]) !== JSON.stringify(base?.state[name]) && !isName(name),
  );
  return withDefaultTags(own.length > 0 ? own : differing);
}

/** What the plan changes, without what AWS changes along; or what else makes the variant differ, if that stays as it is. */
function changedBy({ changed = [], set }: RecordedResource, own: readonly string[]): readonly string[] {
  const configured = changed.filter((name) => set.includes(name));
  const names = configured.length > 0 ? configured : changed;
  return withDefaultTags(own.length === 0 || names.some((name) => own.includes(name)) ? names : own);
}

const withDefaultTags = (names: readonly string[]): readonly string[] =>
  names.includes('tags') ? [...new Set([...names, 'tags_all'])] : names;

const isName = (name: string): boolean => /(?:^|_)(?:name|id|arn|identifier|bucket|url)$/.test(name);

/** One operation for each action, in order. */
function listed(needs: readonly Need[]): readonly Operation[] {
  const byAction = Map.groupBy(needs.toSorted(), (need) => need.slice(0, need.indexOf(' ')));
  return [...byAction].map(([action, of]) => ({
    action,
    resources: of.map((need) => need.slice(action.length + 1)),
  }));
}
