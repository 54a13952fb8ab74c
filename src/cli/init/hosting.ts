import { z } from 'zod';

/** GitHub's REST API, or that of a GitHub Enterprise Server (`https://HOST/api/v3`), for the few numbers that trust is built on. */
export interface HostingApi {
  /** Ids of repository and owner; `undefined` where it does not answer, or not to us. */
  repository(name: string): Promise<{ readonly id: string; readonly ownerId: string } | undefined>;
  /** Id of a person by login. */
  person(login: string): Promise<string | undefined>;
}

export interface HostingOptions {
  readonly url: string;
  /** Sent to `url` only. */
  readonly token: string | undefined;
  readonly fetch?: typeof fetch;
}

const Repository = z.object({ id: z.int().positive(), owner: z.object({ id: z.int().positive() }) });
const User = z.object({ id: z.int().positive() });
const TIMEOUT_MS = 10_000;

/** https://docs.github.com/en/rest/repos/repos#get-a-repository, https://docs.github.com/en/rest/users/users#get-a-user */
export function githubApi({ url, token, fetch: ask = fetch }: HostingOptions): HostingApi {
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    try {
      const answer = await ask(`${url}${path}`, {
        headers: {
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
          'user-agent': 'sekisho-init',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return answer.ok ? schema.safeParse(await answer.json()).data : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    repository: async (name) => {
      const found = await get(`/repos/${name.split('/').map(encodeURIComponent).join('/')}`, Repository);
      return found && { id: String(found.id), ownerId: String(found.owner.id) };
    },
    person: async (login) => {
      const found = await get(`/users/${encodeURIComponent(login)}`, User);
      return found && String(found.id);
    },
  };
}

/** Nobody to ask: GitLab, or no network wanted. */
export const noApi: HostingApi = {
  repository: async () => undefined,
  person: async () => undefined,
};
