import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { textAt } from './json.ts';
import {
  type Account,
  type App,
  findAccount,
  findRepository,
  isWithin,
  type PullRequest,
  type Repository,
  type State,
  type Token,
} from './state.ts';

/** Who calls: an App by its JWT, an installation by its token, or nobody. */
export type Caller =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'installation'; readonly token: Token }
  | { readonly kind: 'nobody' };

/** A request that the description allows. */
export interface Call {
  readonly path: Readonly<Record<string, string>>;
  /** Numbers and truth values as the description types them. */
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly body: JsonObject;
  readonly caller: Caller;
  readonly accept: string;
}

export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: Json }
  /** All items; the server cuts the page. `within`: the member that lists them beside `total_count`. */
  | {
      readonly kind: 'list';
      readonly items: readonly JsonObject[];
      readonly within?: string;
      readonly beside?: JsonObject;
    }
  | { readonly kind: 'raw'; readonly body: string }
  | { readonly kind: 'empty'; readonly status: number }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message: string;
      readonly errors?: readonly Json[];
    };

export type Handler = (state: State, call: Call) => Answer;

/** `checks:write`; `app`: only an App's own JWT; `public`: whoever calls. */
export interface Route {
  readonly needs: string;
  readonly handle: Handler;
}

export type Routes = Readonly<Record<string, Route>>;

export const ok = (body: Json): Answer => ({ kind: 'json', status: 200, body });
export const created = (body: Json): Answer => ({ kind: 'json', status: 201, body });
export const listed = (items: readonly JsonObject[], within?: string): Answer => ({
  kind: 'list',
  items,
  ...(within === undefined ? {} : { within }),
});
export const empty: Answer = { kind: 'empty', status: 204 };
export const refused = (status: number, message: string, errors?: readonly Json[]): Answer => ({
  kind: 'refused',
  status,
  message,
  ...(errors === undefined ? {} : { errors }),
});
/** What GitHub answers for what is not there and for what the token may not see. */
export const notFound: Answer = refused(404, 'Not Found');

/** The repository of the path, if the token may see it. */
export function repositoryIn(state: State, { path, caller }: Call): Repository | undefined {
  const found = findRepository(state, `${path.owner}/${path.repo}`);
  if (found === undefined || caller.kind !== 'installation') return undefined;
  const { installation, repositories } = caller.token;
  if (!isWithin(installation, found)) return undefined;
  return repositories === undefined || repositories.has(found.id) ? found : undefined;
}

export const inRepository =
  (handle: (state: State, call: Call, repository: Repository) => Answer): Handler =>
  (state, call) => {
    const repository = repositoryIn(state, call);
    return repository === undefined ? notFound : handle(state, call, repository);
  };

export const inPull = (
  handle: (state: State, call: Call, repository: Repository, pull: PullRequest) => Answer,
): Handler =>
  inRepository((state, call, repository) => {
    const pull = repository.pulls.get(Number(call.path.pull_number));
    return pull === undefined ? notFound : handle(state, call, repository, pull);
  });

/** The organization of the path, if the installation is in it. */
export const inOrganization =
  (handle: (state: State, call: Call, organization: Account) => Answer): Handler =>
  (state, call) => {
    const organization = findAccount(state, call.path.org ?? '');
    const isOurs =
      call.caller.kind === 'installation' &&
      call.caller.token.installation.account.toLowerCase() === organization?.login.toLowerCase();
    return organization === undefined || organization.type !== 'Organization' || !isOurs
      ? notFound
      : handle(state, call, organization);
  };

/** The App that calls, by its JWT or by an installation's token. */
export function appOf({ caller }: Call): App {
  if (caller.kind === 'app') return caller.app;
  if (caller.kind === 'installation') return caller.token.installation.app;
  throw new Error('a route that needs an App was called by nobody');
}

/** Login that what the caller makes is made by. */
export const botOf = (app: App): string => `${app.slug}[bot]`;

export const textOf = (call: Call, name: string): string => textAt(call.body, name) ?? '';
