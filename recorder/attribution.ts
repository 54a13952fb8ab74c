import type { AwsRequest } from '../demo/stand-ins/aws-requests/index.ts';
import type { RecordedResource } from './recording.ts';
import { stringsIn } from './strings.ts';

/** What one call of Terraform to its provider asked of AWS. */
export interface Call {
  readonly type: string;
  readonly requests: readonly AwsRequest[];
  readonly answers: readonly string[];
}

/** Shorter ones (`up`, `1`) are not names. */
const LEAST_CHARACTERS = 4;

/**
 * For which of the resources of its type a call was: the one whose own words (its id, its name: those that no other
 * of the type has) the requests hold or, if none does, the answers. Undefined where that does not decide.
 */
export function resourceOf(call: Call, resources: readonly RecordedResource[]): RecordedResource | undefined {
  const sameType = resources.filter(({ type }) => type === call.type);
  if (sameType.length <= 1) return sameType[0];
  const own = sameType.map((resource) => ({ resource, words: ownWords(resource, sameType) }));
  const names = sameType.map((resource) => ({ resource, words: ownWords(resource, sameType, isName) }));
  const asked = new Set(
    call.requests.flatMap(({ parameters, path }) => [...stringsIn(parameters), ...path.split('/')]),
  );
  // A name decides before all else: an update can give one resource the value that another has.
  const byRequest = only(names, (word) => asked.has(word)) ?? only(own, (word) => asked.has(word));
  if (byRequest !== undefined) return byRequest;
  const answered = call.answers.join('\n');
  return only(own, (word) => isIn(word, answered));
}

interface Own {
  readonly resource: RecordedResource;
  readonly words: readonly string[];
}

function only(own: readonly Own[], isThere: (word: string) => boolean): RecordedResource | undefined {
  const found = own
    .map(({ resource, words }) => ({ resource, count: words.filter(isThere).length }))
    .toSorted((a, b) => b.count - a.count);
  const [best, next] = found;
  return best !== undefined && best.count > (next?.count ?? 0) ? best.resource : undefined;
}

const isName = (attribute: string): boolean =>
  /(?:^|_)(?:arn|bucket|id|identifier|key|name|url)$/.test(attribute);

function ownWords(
  resource: RecordedResource,
  sameType: readonly RecordedResource[],
  counts: (attribute: string) => boolean = () => true,
): readonly string[] {
  const others = new Set(
    sameType.filter((one) => one !== resource).flatMap(({ state }) => [...stringsIn(state)]),
  );
  const counted = Object.entries(resource.state).filter(([attribute]) => counts(attribute));
  const words = new Set(stringsIn(Object.fromEntries(counted)));
  return [...words].filter((word) => word.length >= LEAST_CHARACTERS && !others.has(word));
}

/** As a word of its own: `jobs` is not in `jobs-archive`. */
function isIn(word: string, text: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
