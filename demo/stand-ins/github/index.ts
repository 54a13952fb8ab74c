import { type TokenIssuer, tokenIssuer } from '../github-tokens.ts';
import { type LocalServer, listen } from '../listen.ts';
import { addApp, addInstallation, type NewApp } from './apps.ts';
import { type People, peopleOf } from './people.ts';
import { answerRest, type Records, type Switches } from './server.ts';
import {
  type App,
  type Dispatch,
  type Installation,
  newState,
  type Repository,
  type State,
} from './state.ts';
import {
  type Delivering,
  deliverWaiting,
  dropWaiting,
  payloadFaults,
  queueDeliveries,
} from './webhooks/deliver.ts';

/**
 * A stand-in for GitHub: its REST API on a loopback port, at `/` as on api.github.com and below `/api/v3` as on an enterprise server, and
 * the issuer of jobs' tokens where an enterprise server has it, below `/_services/token`. See docs/github-stand-in.md.
 */
export interface StandInGitHubApi extends LocalServer, People {
  readonly state: State;
  /** `127.0.0.1:PORT`: how Sekisho names this GitHub. */
  readonly host: string;
  /** `http://127.0.0.1:PORT/_services/token` */
  readonly issuer: string;
  readonly tokens: TokenIssuer;
  readonly records: Records;
  readonly switches: Switches;
  registerApp(app: NewApp): App;
  install(app: App, account: string, repositories: 'all' | readonly Repository[]): Installation;
  suspend(installation: Installation, isSuspended: boolean): void;
  onDispatch(run: (dispatch: Dispatch) => void): void;
  /** Sends the webhooks that wait, and those that come of it. */
  deliver(options?: Delivering): Promise<number>;
  /** How many were forgotten. */
  dropDeliveries(): number;
  /** Reaches the stand-in also by the addresses of github.com, where it plays that. */
  readonly fetch: typeof fetch;
  /** Everything that was not as GitHub describes it, by whoever: empty at the end of every test. */
  complaints(): readonly string[];
}

export interface StandInOptions {
  readonly nowMs?: () => number;
  /** Say `github.com` in every address, and be reached by `fetch` alone; an enterprise server on this machine if left out. */
  readonly isGitHubCom?: boolean;
}

const GITHUB_COM = { host: 'github.com', site: 'https://github.com', api: 'https://api.github.com' };

/** As on GitHub Enterprise Server. */
const ISSUER_PATH = '/_services/token';

export async function startGitHubApi({
  nowMs = Date.now,
  isGitHubCom = false,
}: StandInOptions = {}): Promise<StandInGitHubApi> {
  const state = newState(nowMs);
  const switches: Switches = { outage: undefined, secondaryLimit: undefined };
  const records: Records = { answered: [], invalid: [], faults: [] };
  const tokens: { answer?: Awaited<ReturnType<typeof tokenIssuer>>['answer'] } = {};
  const server = await listen((request, response) => {
    const url = new URL(request.url ?? '/', server.url);
    return url.pathname.startsWith(`${ISSUER_PATH}/`)
      ? tokens.answer?.(request, response)
      : answerRest(state, switches, records, request, response, url);
  });
  const { answer, ...issuer } = await tokenIssuer(`${server.url}${ISSUER_PATH}`);
  tokens.answer = answer;
  const here = { host: new URL(server.url).host, site: server.url, api: `${server.url}/api/v3` };
  const { host, site, api } = isGitHubCom ? GITHUB_COM : here;
  state.site = site;
  state.api = api;
  state.emit = (event) => queueDeliveries(state, event);
  return {
    ...server,
    ...peopleOf(state),
    state,
    host,
    fetch: (input, init) =>
      fetch(String(input instanceof Request ? input.url : input).replace(GITHUB_COM.api, here.api), init),
    issuer: `${server.url}${ISSUER_PATH}`,
    tokens: issuer,
    records,
    switches,
    registerApp: (app) => addApp(state, app),
    install: (app, account, repositories) => addInstallation(state, app, account, repositories),
    suspend: (installation, isSuspended) => {
      installation.suspendedAt = isSuspended ? state.now() : undefined;
    },
    onDispatch: (run) => {
      state.onDispatch = run;
    },
    deliver: (options) => deliverWaiting(state, options),
    dropDeliveries: () => dropWaiting(state),
    complaints: () => [...records.invalid, ...records.faults, ...payloadFaults(state)],
  };
}
