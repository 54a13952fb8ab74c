import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { err } from '#core-values';
import { STS_CLIENT_OPTIONS, sessionOf, stsProblem, withinLimits } from './aws-session.ts';
import limits from './core/sts-limits.json' with { type: 'json' };
import type { OwnIssuer } from './own-issuer.ts';
import type { StsPort } from './sts.ts';

export interface WebIdentityOptions {
  readonly issuer: OwnIssuer;
  /** Whose endpoint is asked (`server.aws.stsRegion`); absent: that of the request's region. */
  readonly region?: string;
  /** Only for stand-ins; absent: the regional endpoint. */
  readonly endpoint?: string;
}

/** Credentials without any AWS credentials of our own: the accounts trust Sekisho as an OIDC issuer. */
export function webIdentitySts(options: WebIdentityOptions): StsPort {
  const clients = new Map<string, STSClient>();
  const clientFor = (region: string): STSClient => {
    const client =
      clients.get(region) ??
      new STSClient({
        ...STS_CLIENT_OPTIONS,
        region,
        // The call is not signed; without this the SDK would look for credentials first.
        credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
        ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
      });
    clients.set(region, client);
    return client;
  };
  return {
    issue: async (request) => {
      const token = await options.issuer.sign(request);
      if (!token.ok) return token;
      try {
        const answer = await clientFor(options.region ?? request.region).send(
          new AssumeRoleWithWebIdentityCommand({
            RoleArn: request.roleArn,
            RoleSessionName: request.sessionName,
            WebIdentityToken: token.value,
            Policy: request.sessionPolicy,
            PolicyArns: request.managedPolicyArns.map((arn) => ({ arn })),
            DurationSeconds: withinLimits(request.durationSeconds, limits.durationSeconds.max),
          }),
        );
        return sessionOf(answer, request);
      } catch (cause) {
        return err(stsProblem('sts:AssumeRoleWithWebIdentity', request, cause));
      }
    },
  };
}
