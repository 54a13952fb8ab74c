import { type Clock, err, type Problem } from '#core-values';
import { sessionOf } from './aws-session.ts';
import type { SessionRequest, StsPort } from './sts.ts';

/** For tests and benchmarks: answers at once with credentials that open nothing. */
export interface InMemorySts extends StsPort {
  readonly requests: readonly SessionRequest[];
  /** Answers this instead of credentials, until `undefined`. */
  failWith(failure: Problem | undefined): void;
}

export function inMemorySts(clock: Clock): InMemorySts {
  const requests: SessionRequest[] = [];
  let failure: Problem | undefined;
  return {
    requests,
    failWith: (why) => {
      failure = why;
    },
    issue: async (request) => {
      requests.push(request);
      if (failure !== undefined) return err(failure);
      const role = request.roleArn.split('/').at(-1) ?? '';
      const session = sessionOf(
        {
          Credentials: {
            AccessKeyId: `ASIA${String(requests.length).padStart(16, '0')}`,
            SecretAccessKey: 'in-memory',
            SessionToken: 'in-memory',
            Expiration: new Date(clock.now() + request.durationSeconds * 1000),
          },
          AssumedRoleUser: {
            AssumedRoleId: `AROAINMEMORY:${request.sessionName}`,
            Arn: `arn:aws:sts::${request.roleArn.split(':')[4]}:assumed-role/${role}/${request.sessionName}`,
          },
        },
        request,
      );
      return session;
    },
  };
}
