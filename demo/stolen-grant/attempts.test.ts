import { afterEach, describe, expect, it } from 'vitest';
import { text } from '../../src/core-values/index.ts';
import type { Decision } from '../stand-ins/enforcing-aws/index.ts';
import { type LocalServer, listen } from '../stand-ins/listen.ts';
import { type Attempt, attemptMisuses } from './attempts.ts';
import type { Misuse } from './misuses.ts';

const CALLER = 'arn:aws:sts::111111111111:assumed-role/apply/grt_1';
const TABLE = 'arn:aws:dynamodb:ap-northeast-1:111111111111:table/payments';
const MISUSE: Misuse = {
  name: 'delete-table',
  kind: 'delete-table',
  title: text('Delete a table', 'テーブルを削除する'),
  call: { service: 'dynamodb', operation: 'DeleteTable', parameters: { TableName: 'payments' } },
  asks: [{ action: 'dynamodb:DeleteTable', resource: TABLE }],
};
const WORDS = `User: ${CALLER} is not authorized to perform: dynamodb:DeleteTable on resource: ${TABLE}`;

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Played {
  readonly status: number;
  readonly body: string;
  readonly decision?: Partial<Decision>;
  readonly isDead?: boolean;
}

/** A stand-in that decides and answers as told. */
async function attemptOn({ status, body, decision, isDead = false }: Played): Promise<Attempt | undefined> {
  const decisions: Decision[] = [];
  let isFirst = true;
  server = await listen(async (request, response) => {
    request.resume();
    const isWho = isFirst;
    isFirst = false;
    const known = { kind: 'allowed', caller: CALLER, permissions: [] } as const;
    if (isWho) decisions.push(known);
    else if (decision !== undefined) decisions.push({ ...known, ...decision });
    if (isWho) response.writeHead(isDead ? 403 : 200).end(isDead ? '' : `<Arn>${CALLER}</Arn>`);
    else response.writeHead(status).end(body);
  });
  const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'x', sessionToken: 'x' };
  const where = { endpoint: server.url, region: 'ap-northeast-1', credentials };
  return (await attemptMisuses({ ...where, misuses: [MISUSE], decisions: () => decisions }))[0];
}

const refusal = (message: string, code = 'AccessDenied'): Partial<Decision> => ({
  kind: 'refused',
  permissions: [{ action: 'dynamodb:DeleteTable', resource: TABLE }],
  refusal: { code, message },
});
const answer = (type: string): string => JSON.stringify({ __type: type, message: '' });
const BY_SESSION = `${WORDS} because no session policy allows the dynamodb:DeleteTable action`;

describe('an attempt with a stolen grant', () => {
  it('is denied when the session policy does not allow it, and AWS says so in the protocol’s form', async () => {
    const denied = { status: 400, body: answer('AccessDeniedException') };
    expect(await attemptOn({ ...denied, decision: refusal(BY_SESSION) })).toMatchObject({
      verdict: 'denied',
      action: 'dynamodb:DeleteTable',
      resource: TABLE,
      message: BY_SESSION,
    });
  });

  it('is allowed when the policies let it pass, even if nothing came of it', async () => {
    const passed = { kind: 'allowed' } as const;
    expect(await attemptOn({ status: 200, body: '{}', decision: passed })).toMatchObject({
      verdict: 'allowed',
    });
    const missing = { status: 400, body: answer('ResourceNotFoundException') };
    expect(await attemptOn({ ...missing, decision: passed })).toMatchObject({ verdict: 'allowed' });
  });

  it.each<[string, Played]>([
    [
      'the stand-in itself does not know the operation',
      {
        status: 400,
        body: answer('AccessDeniedException'),
        decision: refusal('the AWS stand-in refuses: unknown'),
      },
    ],
    [
      'the stand-in does not know what a condition asks',
      {
        status: 400,
        body: answer('AccessDeniedException'),
        decision: refusal(`${WORDS} (the stand-in does not know x)`),
      },
    ],
    [
      'another policy than the session’s refuses it',
      {
        status: 400,
        body: answer('AccessDeniedException'),
        decision: refusal(`${WORDS} because no identity-based policy allows the dynamodb:DeleteTable action`),
      },
    ],
    [
      'the session has expired',
      {
        status: 400,
        body: answer('ExpiredTokenException'),
        decision: refusal('The security token included in the request is expired', 'ExpiredToken'),
      },
    ],
    [
      'the answer is another error than the decision',
      { status: 400, body: answer('ValidationException'), decision: refusal(BY_SESSION) },
    ],
    ['nobody decided anything', { status: 400, body: answer('AccessDeniedException') }],
  ])('is unproven when %s', async (_, played) => {
    expect(await attemptOn(played)).toMatchObject({ verdict: 'unproven' });
  });

  it('is not made with credentials that are dead', async () => {
    await expect(attemptOn({ status: 200, body: '', isDead: true })).rejects.toThrow('are dead');
  });
});
