import { err, ok, type Result } from '../../../src/core-values/index.ts';
import type { AwsRequest } from '../aws-requests/index.ts';
import { firstString } from '../aws-requests/permissions/members.ts';
import type { SessionPlan } from './assume-role.ts';
import { MANAGEMENT_ACCOUNT, type MotoReader, resultOf } from './moto-reader.ts';
import type { Refusal } from './refusals.ts';
import type { Caller, RoleSession } from './sessions.ts';

export interface Callers {
  /** Who signed a request; undefined where nobody did. Refusals: an unknown key, an ended session, another session's token. */
  of(request: AwsRequest): Promise<Result<Caller | undefined, Refusal>>;
  /** Remembers the session that moto has just answered with. */
  begin(plan: SessionPlan, answer: string): void;
}

/** Knows the sessions that it has seen begin, and asks moto for users. A session that moto gave past the proxy is nobody's. */
export function callers(moto: MotoReader, administrators: readonly string[], now: () => Date): Callers {
  const sessions = new Map<string, RoleSession>();
  const users = new Map<string, Caller>();

  async function userOf(accessKeyId: string): Promise<Caller | undefined> {
    const known = users.get(accessKeyId);
    if (known !== undefined) return known;
    const found = await moto.callerOf(accessKeyId);
    const [, account, name] = /^arn:[^:]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/.exec(found ?? '') ?? [];
    if (found === undefined || account === undefined || name === undefined) return undefined;
    const caller: Caller = { kind: 'user', arn: found, account, name };
    users.set(accessKeyId, caller);
    return caller;
  }

  return {
    of: async ({ accessKeyId, sessionToken }) => {
      if (accessKeyId === undefined) return ok(undefined);
      if (administrators.includes(accessKeyId)) {
        const arn = `arn:aws:iam::${MANAGEMENT_ACCOUNT}:user/administrator`;
        return ok({ kind: 'administrator', arn, account: MANAGEMENT_ACCOUNT });
      }
      const session = sessions.get(accessKeyId);
      if (session === undefined) {
        const user = accessKeyId.startsWith('ASIA') ? undefined : await userOf(accessKeyId);
        return user === undefined ? err(INVALID) : ok(user);
      }
      if (session.sessionToken !== sessionToken) return err(INVALID);
      return session.expiryMs <= now().getTime() ? err(EXPIRED) : ok({ kind: 'session', session });
    },
    begin: ({ durationSeconds, ...plan }, answer) => {
      const credentials = resultOf(answer) ?? {};
      const accessKeyId = firstString(credentials, 'Credentials.AccessKeyId');
      const sessionToken = firstString(credentials, 'Credentials.SessionToken');
      if (accessKeyId === undefined || sessionToken === undefined)
        throw new Error('moto gave no credentials');
      const expiryMs = plan.issuedAtMs + durationSeconds * 1000;
      sessions.set(accessKeyId, { ...plan, accessKeyId, sessionToken, expiryMs });
    },
  };
}

const INVALID: Refusal = {
  code: 'InvalidClientTokenId',
  message: 'The security token included in the request is invalid',
};
const EXPIRED: Refusal = {
  code: 'ExpiredToken',
  message: 'The security token included in the request is expired',
};
