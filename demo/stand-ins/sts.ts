import { bodyOf, type LocalServer, listen } from './listen.ts';

/**
 * A stand-in for AWS STS that answers AssumeRole and AssumeRoleWithWebIdentity at once, with credentials that open
 * nothing. It checks no signature and no trust: it is for measuring and for wiring, never for what AWS refuses.
 */
export interface StandInSts extends LocalServer {
  /** How many sessions it has given out. */
  sessionCount(): number;
  /** What the last request asked for, by parameter name. */
  lastRequest(): ReadonlyMap<string, string>;
}

const KNOWN_ACTIONS = ['AssumeRole', 'AssumeRoleWithWebIdentity'];
const DEFAULT_DURATION_SECONDS = 3600;

export async function startStandInSts(): Promise<StandInSts> {
  let count = 0;
  let last: ReadonlyMap<string, string> = new Map();
  const server = await listen(async (request, response) => {
    last = new Map(new URLSearchParams(await bodyOf(request)));
    const action = last.get('Action') ?? '';
    if (!KNOWN_ACTIONS.includes(action)) {
      response.writeHead(400, { 'content-type': 'text/xml' }).end(refusal(action));
      return;
    }
    count += 1;
    response.writeHead(200, { 'content-type': 'text/xml' }).end(session(action, last, count));
  });
  return { ...server, sessionCount: () => count, lastRequest: () => last };
}

const XMLNS = 'https://sts.amazonaws.com/doc/2011-06-15/';

const escaped = (words: string): string =>
  words.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

function session(action: string, asked: ReadonlyMap<string, string>, serial: number): string {
  const name = asked.get('RoleSessionName') ?? 'session';
  const [, account = '000000000000', role = 'role'] =
    /^arn:aws[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(asked.get('RoleArn') ?? '') ?? [];
  const seconds = Number(asked.get('DurationSeconds') ?? DEFAULT_DURATION_SECONDS);
  const number = String(serial).padStart(16, '0');
  const expiration = new Date(Date.now() + seconds * 1000).toISOString();
  return `<${action}Response xmlns="${XMLNS}"><${action}Result>
<Credentials><AccessKeyId>ASIA${number}</AccessKeyId><SecretAccessKey>stand-in-${number}</SecretAccessKey>
<SessionToken>stand-in-${number}</SessionToken><Expiration>${expiration}</Expiration></Credentials>
<AssumedRoleUser><AssumedRoleId>AROASTANDIN:${escaped(name)}</AssumedRoleId>
<Arn>arn:aws:sts::${account}:assumed-role/${escaped(role)}/${escaped(name)}</Arn></AssumedRoleUser>
<SourceIdentity>${escaped(asked.get('SourceIdentity') ?? '')}</SourceIdentity><PackedPolicySize>6</PackedPolicySize>
</${action}Result><ResponseMetadata><RequestId>stand-in-${number}</RequestId></ResponseMetadata></${action}Response>`;
}

const refusal = (action: string): string =>
  `<ErrorResponse xmlns="${XMLNS}"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>the stand-in does not know ${escaped(action)}</Message></Error><RequestId>stand-in</RequestId></ErrorResponse>`;
