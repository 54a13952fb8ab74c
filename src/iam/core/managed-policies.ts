import type { PolicyDocument, PolicyKind } from './model.ts';

const everything = {
  effect: 'Allow',
  actions: { negated: false, patterns: ['*'] },
  resources: { negated: false, patterns: ['*'] },
  conditions: [],
} as const;

/** The guardrails that AWS Organizations attaches itself: they allow everything. */
const MANAGED = {
  FullAWSAccess: { kind: 'scp', version: '2012-10-17', statements: [everything] },
  RCPFullAWSAccess: {
    kind: 'rcp',
    version: '2012-10-17',
    statements: [{ ...everything, principals: { negated: false, principals: [{ kind: 'everyone' }] } }],
  },
} as const satisfies Record<string, PolicyDocument>;

type ManagedPolicyName = keyof typeof MANAGED;

export const isManagedPolicyName = (name: string, kind: PolicyKind): name is ManagedPolicyName =>
  (name === 'FullAWSAccess' || name === 'RCPFullAWSAccess') && MANAGED[name].kind === kind;

export const managedPolicy = (name: ManagedPolicyName): PolicyDocument => MANAGED[name];
