import type { PlanSummary } from '../queries.ts';
import type { Kind } from './kinds.ts';

/** What the page shows and the passkey must sign. */
export interface Shown {
  readonly plan: Pick<PlanSummary, 'stack' | 'account' | 'environment' | 'fingerprint'>;
  readonly decision: Exclude<Kind, 'cancel' | 'withdraw-repair'>;
  readonly approver: string;
  readonly reason: string;
}

/** Whether the words are about what the page shows and nothing else, and the challenge is theirs: what is seen is what is signed. */
export async function isAbout(statement: string, challenge: string, shown: Shown): Promise<boolean> {
  return saysWhatIsShown(statement, shown) && challenge === (await challengeOf(statement));
}

function saysWhatIsShown(statement: string, { plan, decision, approver, reason }: Shown): boolean {
  const [header, json = '', end, ...more] = statement.split('\n');
  if (header?.startsWith('sekisho-approval v1: ') !== true || end !== '' || more.length > 0) return false;
  const said = objectIn(json);
  const { stack, account, environment, fingerprint } = plan;
  const expected = {
    ...{ version: 1, stack, account, environment, fingerprint, decision, approver },
    ...(reason === '' ? {} : { reason }),
  };
  const others = Object.keys(said).filter(
    (name) => !(name in expected) && name !== 'at' && name !== 'extraNeeds',
  );
  return others.length === 0 && Object.entries(expected).every(([name, value]) => said[name] === value);
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** SHA-256 of the words, as WebAuthn writes it: Base64 for URLs, without padding. */
async function challengeOf(statement: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(statement));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
