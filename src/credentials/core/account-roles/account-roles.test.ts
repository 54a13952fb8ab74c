import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core-values';
import { compilePolicy, countedCharacters, lintPolicy, type PolicyKind } from '#iam/core';
import { documents } from '../../../iam/core/testing/arbitraries.ts';
import { EXAMPLE_STACK } from '../example-stack.ts';
import { forbiddenKindsOf, isForbidden } from '../fit/forbidden.ts';
import { actionsOfService, covers } from '../fit/pattern.ts';
import { planSessionPolicy } from '../session-policy/plan-policy.ts';
import { accountTemplate } from './account-template.ts';
import { accountValues } from './account-values.ts';
import { GUARD_NAMES, guardedActions } from './guarded-actions.ts';
import { accountRolesGuide } from './guide.ts';
import {
  ACCOUNT,
  AMBIENT,
  asked,
  documentsOf,
  SERVER_ROLE,
  WEB_IDENTITY,
} from './testing/example-account.ts';

const role = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;
const SET_UPS = { AMBIENT, WEB_IDENTITY, STRICT: { ...WEB_IDENTITY, isGuardRequiredOfNew: true } };

describe('the documents of an account', () => {
  it.each(Object.entries(SET_UPS))(
    'are what AWS takes, within its quotas, without advice (%s)',
    (_, setUp) => {
      const { roles, guard } = documentsOf(setUp);
      const lint = (document: JsonObject, kind: PolicyKind) =>
        lintPolicy(JSON.stringify(document), { kind, file: kind });
      expect(lint(guard.policy, 'boundary')).toEqual({ ok: true, value: [] });
      expect(countedCharacters(JSON.stringify(guard.policy), 'boundary')).toBeLessThan(6144);
      for (const { trust, policy } of roles) {
        expect(lint(trust, 'trust')).toEqual({ ok: true, value: [] });
        if (policy !== undefined) expect(lint(policy, 'identity')).toEqual({ ok: true, value: [] });
      }
    },
  );

  it('trust by web identity the exact audience and the exact subjects of the account’s stacks, each role its own purpose', () => {
    const { roles, providerArn } = documentsOf(WEB_IDENTITY);
    expect(providerArn).toBe(`arn:aws:iam::${ACCOUNT}:oidc-provider/sekisho.shop.example`);
    const subjects = Object.fromEntries(
      roles.map(({ key, trust }) => {
        expect(JSON.stringify(trust)).not.toContain('StringLike');
        return [key, JSON.stringify(trust)];
      }),
    );
    for (const key of ['plan', 'apply', 'revoke'] as const) {
      expect(subjects[key]).toContain(
        `"sekisho.shop.example:sub":["purpose:${key}:stack:shop-network","purpose:${key}:stack:shop-staging"]`,
      );
      expect(subjects[key]).toContain('"sekisho.shop.example:aud":["sts.amazonaws.com"]');
    }
    expect(subjects.policy).toContain(
      '["purpose:policies:stack:shop-network","purpose:policies:stack:shop-staging","purpose:policies:stack:policies"]',
    );
  });

  it('trust in ambient access only the server’s role, and only from its organization', () => {
    for (const { trust } of documentsOf(AMBIENT).roles) {
      expect(trust).toMatchObject({
        Statement: [
          {
            Principal: { AWS: SERVER_ROLE },
            Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
            Condition: { StringEquals: { 'aws:PrincipalOrgID': ['o-abc1234567'] } },
          },
        ],
      });
    }
  });
});

describe('the plan role', () => {
  const asks = (action: string, resource?: string, context = {}) =>
    asked(AMBIENT, 'plan', { action, context, ...(resource !== undefined && { resource }) });

  it.each([
    [
      'a secret',
      'secretsmanager:GetSecretValue',
      'arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:db-a1b2c3',
    ],
    ['an object of a data bucket', 's3:GetObject', 'arn:aws:s3:::shop-orders/2026.csv'],
    ['an old version of one', 's3:GetObjectVersion', 'arn:aws:s3:::shop-orders/2026.csv'],
    ['items of a table', 'dynamodb:GetItem', 'arn:aws:dynamodb:ap-northeast-1:111111111111:table/orders'],
    ['a table as a whole', 'dynamodb:Scan', 'arn:aws:dynamodb:ap-northeast-1:111111111111:table/state-lock'],
    ['what logs say', 'logs:FilterLogEvents', 'arn:aws:logs:ap-northeast-1:111111111111:log-group:web:*'],
    ['messages', 'sqs:ReceiveMessage', 'arn:aws:sqs:ap-northeast-1:111111111111:orders'],
    ['images', 'ecr:BatchGetImage', 'arn:aws:ecr:ap-northeast-1:111111111111:repository/web'],
  ])('cannot read %s', (_, action, resource) => {
    expect(asks(action, resource)).toBe('explicitly-denied');
  });

  it('cannot decrypt a SecureString, nor anything else but what S3 holds', () => {
    const via = (service: string) => ({ 'kms:ViaService': `${service}.ap-northeast-1.amazonaws.com` });
    expect(asks('kms:Decrypt', '*', via('ssm'))).toBe('explicitly-denied');
    expect(asks('kms:Decrypt', '*', via('secretsmanager'))).toBe('explicitly-denied');
    expect(asks('kms:Decrypt')).toBe('explicitly-denied');
    expect(asks('kms:Decrypt', '*', via('s3'))).toBe('allowed');
    const inChina = (service: string) => ({ 'kms:ViaService': `${service}.cn-north-1.amazonaws.com.cn` });
    expect(asks('kms:Decrypt', '*', inChina('s3'))).toBe('allowed');
    expect(asks('kms:Decrypt', '*', inChina('ssm'))).toBe('explicitly-denied');
  });

  it('reads the states and their locks', () => {
    expect(asks('s3:GetObject', 'arn:aws:s3:::shop-state/web/terraform.tfstate')).toBe('allowed');
    expect(asks('dynamodb:GetItem', 'arn:aws:dynamodb:ap-northeast-1:111111111111:table/state-lock')).toBe(
      'allowed',
    );
  });

  it('cannot become another role', () => {
    expect(asks('sts:AssumeRole', role('administrator'))).toBe('explicitly-denied');
  });

  it('is denied without any session policy whatever the session of a plan is denied', () => {
    const { region } = EXAMPLE_STACK;
    const stateStore = { bucket: 'shop-state', key: 'web/terraform.tfstate', table: 'state-lock' };
    const session = planSessionPolicy({ region, stateStore });
    const denials: { Effect: string; Action: string[]; Resource?: string; NotResource?: string[] }[] =
      session.ok ? JSON.parse(session.value.policy).Statement : [];
    const denied = denials.filter(({ Effect }) => Effect === 'Deny').flatMap(({ Action }) => Action);
    expect(denied.length).toBeGreaterThan(35);
    for (const action of denied)
      expect([action, asks(action.replaceAll('*', 'X'))]).toEqual([action, 'explicitly-denied']);
  });
});

describe('the guard', () => {
  const OWN = [
    ...['plan', 'apply', 'revoke', 'policy', 'trail', 'server'].map((name) => role(`sekisho-${name}`)),
    SERVER_ROLE,
    `arn:aws:iam::${ACCOUNT}:policy/sekisho/grt_01-1`,
    `arn:aws:iam::${ACCOUNT}:policy/sekisho-guard`,
  ];
  const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/sekisho.shop.example`;
  const FORBIDDEN: readonly (readonly [string, string?])[] = [
    ['cloudtrail:StopLogging'],
    ['cloudtrail:PutEventSelectors'],
    ['cloudtrail:DeleteTrail'],
    ['config:StopConfigurationRecorder'],
    ['guardduty:DeleteDetector'],
    ['guardduty:UpdateDetector'],
    ['securityhub:DisableSecurityHub'],
    ['organizations:LeaveOrganization'],
    ['organizations:CloseAccount'],
    ['account:CloseAccount'],
    ['account:PutAlternateContact'],
    ['sts:AssumeRoot'],
    ['sso:PutInlinePolicyToPermissionSet'],
    ['sso:CreateAccountAssignment'],
    ['identitystore:CreateUser'],
    ['billing:UpdateBillingPreferences'],
    ['payments:MakePayment'],
    ...OWN.flatMap((arn): [string, string][] => [
      ['iam:PutRolePolicy', arn],
      ['iam:UpdateAssumeRolePolicy', arn],
      ['iam:DeleteRolePermissionsBoundary', arn],
      ['iam:CreatePolicyVersion', arn],
      ['iam:PassRole', arn],
      ['sts:AssumeRole', arn],
    ]),
  ];

  it('denies to plan and apply what no change by Terraform may do', () => {
    for (const key of ['plan', 'apply'] as const) {
      for (const [action, resource] of FORBIDDEN) {
        const question = { action, ...(resource !== undefined && { resource }) };
        expect([action, resource, asked(AMBIENT, key, question)]).toEqual([
          action,
          resource,
          'explicitly-denied',
        ]);
      }
    }
    for (const action of ['iam:DeleteOpenIDConnectProvider', 'iam:AddClientIDToOpenIDConnectProvider'])
      expect(asked(WEB_IDENTITY, 'apply', { action, resource: PROVIDER })).toBe('explicitly-denied');
  });

  it('wins over whatever a session policy allows', () => {
    const ofAccount = [
      ...FORBIDDEN.filter(([, resource]) => resource !== SERVER_ROLE),
      ['iam:DeleteOpenIDConnectProvider', PROVIDER] as const,
    ];
    fc.assert(
      fc.property(
        documents('session'),
        fc.constantFrom(...ofAccount),
        fc.constantFrom('plan' as const, 'apply' as const),
        (policy, [action, resource], key) => {
          const generous = { ...policy, statements: [...policy.statements, ALLOW_ALL] };
          const session = compilePolicy(generous, 'session');
          const question = { action, session, ...(resource !== undefined && { resource }) };
          expect(asked(WEB_IDENTITY, key, question)).toBe('explicitly-denied');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves alone what changes are made for, and looking', () => {
    for (const [action, resource] of [
      ['iam:CreateRole', role('shop-web')],
      ['iam:PassRole', role('shop-web')],
      [
        'iam:CreateOpenIDConnectProvider',
        `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
      ],
      ['iam:GetRole', role('sekisho-apply')],
      ['ec2:RunInstances', '*'],
      ['logs:DeleteLogGroup', `arn:aws:logs:ap-northeast-1:${ACCOUNT}:log-group:web`],
      ['organizations:DescribeOrganization', '*'],
      ['cloudtrail:DescribeTrails', '*'],
      ['sso:ListInstances', '*'],
    ] as const) {
      expect([action, asked(AMBIENT, 'apply', { action, resource })]).toEqual([action, 'allowed']);
    }
  });

  it('can be left out in parts, for an account whose stacks manage just that', () => {
    const withoutAudit = { ...AMBIENT, guards: GUARD_NAMES.filter((name) => name !== 'audit') };
    expect(asked(withoutAudit, 'apply', { action: 'cloudtrail:UpdateTrail' })).toBe('allowed');
    expect(asked(withoutAudit, 'apply', { action: 'organizations:LeaveOrganization' })).toBe(
      'explicitly-denied',
    );
  });

  it('where it is required of new roles, lets none be made or widened without it', () => {
    const strict = { ...AMBIENT, isGuardRequiredOfNew: true };
    const create = (boundary?: string) =>
      asked(strict, 'apply', {
        action: 'iam:CreateRole',
        resource: role('shop-web'),
        context: boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary },
      });
    expect(create()).toBe('explicitly-denied');
    expect(create('arn:aws:iam::aws:policy/AdministratorAccess')).toBe('explicitly-denied');
    expect(create(`arn:aws:iam::${ACCOUNT}:policy/sekisho-guard`)).toBe('allowed');
    const off = { action: 'iam:DeleteRolePermissionsBoundary', resource: role('shop-web') };
    expect(asked(strict, 'apply', off)).toBe('explicitly-denied');
    const resource = `arn:aws:iam::${ACCOUNT}:group/administrators`;
    for (const action of ['iam:AddUserToGroup', 'iam:AttachGroupPolicy', 'iam:PutGroupPolicy']) {
      expect([action, asked(strict, 'apply', { action, resource })]).toEqual([action, 'explicitly-denied']);
      expect([action, asked(AMBIENT, 'apply', { action, resource })]).toEqual([action, 'allowed']);
    }
  });

  it('leaves every reading of the organization, its people and the account alone', () => {
    const patterns = GUARD_NAMES.flatMap(guardedActions);
    for (const service of ['organizations', 'account', 'sso', 'identitystore']) {
      const reading = actionsOfService(service).filter((action) => !isForbidden(action));
      expect(reading.length).toBeGreaterThan(3);
      for (const action of reading)
        expect([action, patterns.some((one) => covers(one, action))]).toEqual([action, false]);
      for (const action of actionsOfService(service).filter(isForbidden))
        expect([action, patterns.some((one) => covers(one, action))]).toEqual([action, true]);
    }
  });

  it('takes its actions from the forbidden list, all but those that no plan reaches', () => {
    const extra =
      /^(?:aws-marketplace|billing|consolidatedbilling|invoicing|payments|purchase-orders|savingsplans|sso-directory|tax):|^iam:(?:Dis|En)ableOrganizationsRoot/;
    for (const action of GUARD_NAMES.flatMap(guardedActions).filter((one) => !extra.test(one)))
      expect([action, forbiddenKindsOf(action.replaceAll('*', 'X')).length]).not.toEqual([action, 0]);
  });
});

describe('the other roles', () => {
  it('can nothing but their errand', () => {
    const { roles } = documentsOf(AMBIENT);
    const policyOf = (key: string) => roles.find((one) => one.key === key)?.policy;
    expect(policyOf('revoke')).toMatchObject({
      Statement: [
        {
          Action: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
          Resource: [role('sekisho-plan'), role('sekisho-apply')],
        },
      ],
    });
    expect(JSON.stringify(policyOf('policy'))).not.toMatch(/Attach|Version"?:"iam|iam:\*/);
  });
});

describe('where states are not known', () => {
  const facts = { account: ACCOUNT, partition: 'aws', stacks: [], states: [] };

  it('any object named as a state and any lock table may be read', () => {
    expect(accountValues({ ...facts, areStatesKnown: false }).lists).toMatchObject({
      stateObjects: ['arn:aws:s3:::*/*.tfstate'],
      lockTables: ['arn:aws:dynamodb:*:*:table/*lock*'],
    });
  });

  it('a bucket’s name that a policy would read as a pattern is not believed (attack 5)', () => {
    const states = [{ bucket: 'shop-*' }, { bucket: 'shop-state' }];
    expect(accountValues({ ...facts, states, areStatesKnown: true }).lists.stateObjects).toEqual([
      'arn:aws:s3:::shop-state/*',
      'arn:aws:s3:::*/*.tfstate',
    ]);
  });
});

const ALLOW_ALL = {
  effect: 'Allow',
  actions: { negated: false, patterns: ['*'] },
  resources: { negated: false, patterns: ['*'] },
  conditions: [],
} as const;

it.each(['en', 'ja'] as const)(
  'the guide (%s) is what the documents are, statement by statement',
  (language) => {
    const file = `../../../../docs/account-roles${language === 'en' ? '' : `.${language}`}.md`;
    const setUp = { ...AMBIENT, isGuardRequiredOfNew: true };
    const guide = accountRolesGuide(
      accountTemplate(setUp),
      accountTemplate({ ...setUp, trust: WEB_IDENTITY.trust }),
      language,
    );
    expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toBe(guide);
  },
);
