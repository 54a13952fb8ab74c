import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { err } from '#core-values';
import { STS_CLIENT_OPTIONS, sessionOf, stsProblem, withinLimits } from './aws-session.ts';
import limits from './core/sts-limits.json' with { type: 'json' };
import type { StsPort } from './sts.ts';

export interface AssumeRoleOptions {
  /** Absent: the SDK's own chain (the server's ambient credentials). */
  readonly credentials?: NonNullable<STSClientConfig['credentials']>;
  /** Whose endpoint is asked (`server.aws.stsRegion`); absent: that of the request's region. */
  readonly region?: string;
  /** Only for stand-ins; absent: the regional endpoint. */
  readonly endpoint?: string;
  /** A third party's id, when a trust policy asks for one. */
  readonly externalId?: string;
}

const HOUR_SECONDS = limits.durationSeconds.maxChained;

/** Credentials by AssumeRole from the ambient ones, at the stack's regional endpoint. */
export function assumeRoleSts(options: AssumeRoleOptions = {}): StsPort {
  const clients = new Map<string, STSClient>();
  let chained: boolean | undefined;
  const clientFor = (region: string): STSClient => {
    const client =
      clients.get(region) ??
      new STSClient({
        ...STS_CLIENT_OPTIONS,
        region,
        ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
        ...(options.credentials !== undefined && { credentials: options.credentials }),
      });
    clients.set(region, client);
    return client;
  };
  /** A role that assumes a role gets an hour at most; asked once, and only when it matters. */
  const longestSeconds = async (client: STSClient, wanted: number): Promise<number> => {
    if (wanted <= HOUR_SECONDS) return wanted;
    chained ??= (await client.send(new GetCallerIdentityCommand({}))).Arn?.includes(':assumed-role/') ?? true;
    return chained ? HOUR_SECONDS : wanted;
  };
  return {
    issue: async (request) => {
      const client = clientFor(options.region ?? request.region);
      try {
        const longest = await longestSeconds(client, request.durationSeconds);
        const answer = await client.send(
          new AssumeRoleCommand({
            RoleArn: request.roleArn,
            RoleSessionName: request.sessionName,
            SourceIdentity: request.sourceIdentity,
            Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
            Policy: request.sessionPolicy,
            PolicyArns: request.managedPolicyArns.map((arn) => ({ arn })),
            DurationSeconds: withinLimits(request.durationSeconds, longest),
            ...(options.externalId !== undefined && { ExternalId: options.externalId }),
          }),
        );
        return sessionOf(answer, request);
      } catch (cause) {
        return err(stsProblem('sts:AssumeRole', request, cause));
      }
    },
  };
}
