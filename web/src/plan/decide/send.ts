import { answerOf, api } from '../../api/client.ts';
import { assertionFor } from '../../api/passkey.ts';
import { isAbout, type Shown } from './statement.ts';

/** Why nothing was decided, besides what the server or the passkey say. */
export class NotSigned extends Error {
  readonly why: 'no-passkey' | 'other-statement';
  constructor(why: NotSigned['why']) {
    super(why);
    this.why = why;
  }
}

/** Has a passkey sign the statement about what is shown, and gives it. Throws `NoAnswer`, `NoPasskey` or `NotSigned`. */
export async function decideByPasskey(id: string, shown: Shown): Promise<void> {
  const { decision, reason } = shown;
  const params = { path: { id } };
  const { statement, passkey } = await answerOf(
    api.POST('/v1/plans/{id}/statement', {
      params,
      body: { decision, ...(reason === '' ? {} : { reason }) },
    }),
  );
  if (!(await isAbout(statement, passkey.challenge, shown))) throw new NotSigned('other-statement');
  if (passkey.allowCredentials.length === 0) throw new NotSigned('no-passkey');
  const assertion = await assertionFor(passkey);
  await answerOf(api.POST(PATHS[decision], { params, body: { statement, assertion } }));
}

const PATHS = {
  approve: '/v1/plans/{id}/approvals',
  reject: '/v1/plans/{id}/approvals',
  'break-glass': '/v1/plans/{id}/approvals',
  repair: '/v1/plans/{id}/repair',
  'agree-repair': '/v1/plans/{id}/repair/agreement',
} as const;

export async function withdrawRepair(id: string): Promise<void> {
  await answerOf(api.POST('/v1/plans/{id}/repair/withdraw', { params: { path: { id } } }));
}

export async function cancelPlan(id: string): Promise<void> {
  await answerOf(api.POST('/v1/plans/{id}/cancel', { params: { path: { id } } }));
}
