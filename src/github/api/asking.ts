import { err, ok, type Problem, type Result } from '#core-values';
import type { Answer, Authority, RestClient } from './client.ts';
import { apiOfHost } from './host.ts';
import type { AnswerOf, ItemOf, Route } from './port.ts';
import { malformedAnswer, tooMany } from './problems.ts';
import { nextPageOf, requestOf } from './request-of.ts';

const PER_PAGE = 100;
const MOST_ITEMS = 10_000;

/** One request, answered as GitHub's API description has it. */
export async function ask<R extends Route>(
  client: RestClient,
  authority: Authority,
  route: R,
  parameters: object,
): Promise<Result<AnswerOf<R>, Problem>> {
  const answer = await client.send(authority, route, requestOf(apiOfHost(authority.host), route, parameters));
  // The one place where an answer takes the type that GitHub describes for its route.
  return answer.ok ? ok(answer.value.data as AnswerOf<R>) : answer;
}

/** The items of every page; more than `most` is a problem. */
export async function askAll<R extends Route>(
  client: RestClient,
  authority: Authority,
  route: R,
  parameters: object,
  most: number = MOST_ITEMS,
): Promise<Result<readonly ItemOf<AnswerOf<R>>[], Problem>> {
  const api = apiOfHost(authority.host);
  const items: ItemOf<AnswerOf<R>>[] = [];
  const asked = new Set<string>();
  let request = requestOf(api, route, { per_page: PER_PAGE, ...parameters });
  for (;;) {
    const answer: Result<Answer, Problem> = await client.send(authority, route, request);
    if (!answer.ok) return answer;
    const page = listIn(answer.value.data);
    if (page === undefined) return err(malformedAnswer(authority.host, route));
    // As above, for what the list holds.
    items.push(...(page as ItemOf<AnswerOf<R>>[]));
    if (items.length > most) return err(tooMany(authority.host, route, most));
    const url = nextPageOf(api, answer.value.link);
    if (url === undefined) return ok(items);
    // Pages that lead back, or go on with nothing in them, would be read for ever.
    if (asked.has(url) || asked.size > most) return err(malformedAnswer(authority.host, route));
    asked.add(url);
    request = { method: 'GET', url };
  }
}

/** The list that a page is, or the only one that it holds. */
function listIn(page: unknown): readonly unknown[] | undefined {
  if (Array.isArray(page)) return page;
  if (typeof page !== 'object' || page === null) return undefined;
  const lists = Object.values(page).filter((value) => Array.isArray(value));
  return lists.length === 1 ? lists[0] : undefined;
}
