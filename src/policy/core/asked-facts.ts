import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { reasonsOf } from '#platform/core';
import { type DraftFacts, draftFactsSchema } from './draft.ts';
import type { PersonPrincipal } from './request.ts';

type Written = { [key: string]: boolean | number | string | readonly unknown[] | Written };

/** Facts that name people: on the command line `approvedBy=hanako,taro`. */
const PEOPLE = new Set(['approvedBy', 'reviewedBy', 'authors']);
const PERSON = new Set(['breakGlass.by', 'repair.by', 'repair.agreedBy']);
const LISTS = new Set(['findings.rules']);

/**
 * Facts as written on a command line: `findings.losesData=true`, `approvedBy=hanako,taro`, `freeze=year-end`.
 * A leading `context.` is forgiven, since decisions show facts under that name.
 */
export function askedFacts(
  pairs: readonly string[],
  personNamed: (name: string) => PersonPrincipal | undefined,
): Result<DraftFacts, Problem> {
  const written: Written = {};
  const reasons: Reason[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, Math.max(equals, 0)).replace(/^context\./, '');
    if (key === '' || !/^[A-Za-z]+(?:\.[A-Za-z]+)*$/.test(key)) {
      reasons.push(notAPair(pair));
      continue;
    }
    const value = writtenValue(key, pair.slice(equals + 1), personNamed);
    if (!value.ok) reasons.push(value.error);
    else put(written, key.split('.'), value.value);
  }
  const parsed = draftFactsSchema.safeParse(written);
  if (!parsed.success) {
    reasons.push(
      ...reasonsOf(parsed.error.issues, {
        schema: draftFactsSchema,
        input: written,
        ruleRoom: 'policy.fact',
      }),
    );
  }
  const [first, ...more] = reasons;
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  return ok(parsed.success ? parsed.data : {});
}

function writtenValue(
  key: string,
  value: string,
  personNamed: (name: string) => PersonPrincipal | undefined,
): Result<Written[string], Reason> {
  const items = value.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
  if (LISTS.has(key)) return ok(items);
  if (PEOPLE.has(key) || PERSON.has(key)) {
    const people = items.map((name) => ({ name, person: personNamed(name) }));
    const unknown = people.find(({ person }) => person === undefined);
    if (unknown !== undefined) return err(nobodyNamed(unknown.name));
    const asWritten = people.flatMap(({ person }) => (person === undefined ? [] : [writtenPerson(person)]));
    const [first] = asWritten;
    return ok(PERSON.has(key) && first !== undefined ? first : asWritten);
  }
  if (value === 'true' || value === 'false') return ok(value === 'true');
  return ok(/^-?[0-9]{1,15}$/.test(value) ? Number(value) : value);
}

const writtenPerson = ({ name, teams, administrator, mayBreakGlass }: PersonPrincipal): Written => ({
  person: name,
  teams,
  administrator,
  mayBreakGlass,
});

function put(target: Written, [key, ...rest]: readonly string[], value: Written[string]): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next: Written = typeof inner === 'object' && !isList(inner) ? inner : {};
  target[key] = next;
  put(next, rest, value);
}

const isList = (value: Written | readonly unknown[]): value is readonly unknown[] => Array.isArray(value);

const notAPair = (pair: string): Reason => ({
  rule: 'policy.fact-unreadable',
  message: text(`“${pair}” is not of the form key=value.`, `「${pair}」は キー=値 の形になっていません。`),
  remedy: text(
    'Write for example --fact findings.losesData=true; docs/policy.md lists the keys.',
    '例: --fact findings.losesData=true。キーの一覧は docs/policy.ja.md にあります。',
  ),
});

const nobodyNamed = (name: string): Reason => ({
  rule: 'policy.person-unknown',
  message: text(`Nobody is named “${name}”.`, `「${name}」という人は登録されていません。`),
  remedy: text(
    'Use a name from the people in sekisho.yaml.',
    'sekisho.yaml の people にある名前を使ってください。',
  ),
});
