/** What the names in braces of the data files stand for. */
export type Names = Readonly<Record<string, string>>;

/** Where the stack is, and where it is not. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Another account, of which the thief has no credentials. */
  readonly otherAccount: string;
}

/** Names that follow from the place alone. */
export function placeNames({ account, region, otherAccount }: Place): Names {
  const trust = (principal: string | object) =>
    policy({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' });
  return {
    account,
    region,
    elsewhere: region === 'us-east-1' ? 'eu-west-1' : 'us-east-1',
    other: otherAccount,
    otherBucket: `payments-records-${account}`,
    emptyBucket: `payments-attic-${account}`,
    otherStateBucket: `payments-terraform-state-${account}`,
    foreignBucket: `partner-${otherAccount}-of-${account}`,
    foreignRole: `partner-of-${account}`,
    identityProvider: 'sekisho.shop.example',
    inRegion:
      region === 'us-east-1'
        ? ''
        : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
    allowEverything: policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
    allowNothing: policy({ Effect: 'Deny', Action: '*', Resource: '*' }),
    allowEverybodyKey: policy({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }),
    allowEverybodyFiles: policy({ Effect: 'Allow', Principal: '*', Action: 'elasticfilesystem:*' }),
    trustAccount: trust({ AWS: `arn:aws:iam::${account}:root` }),
    trustEverybody: trust('*'),
    // An archive with no file in it.
    emptyZip: Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`, 'latin1').toString('base64'),
  };
}

const policy = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

const NAME = /\{\+?([A-Za-z]+)\}/g;

/** The names of which a text, or any text in a value, speaks and which are not known. */
export function unknownNames(value: unknown, names: Names): readonly string[] {
  const found = [...JSON.stringify(value).matchAll(NAME)].map(([, name = '']) => name);
  return [...new Set(found)].filter((name) => !Object.hasOwn(names, name));
}

/** Puts what names stand for into a text; unknown ones stay as they are. */
export const fillText = (words: string, names: Names): string =>
  words.replaceAll(NAME, (whole, name: string) => names[name] ?? whole);

/** The same in every text of a value. */
export function fill(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return fillText(value, names);
  if (Array.isArray(value)) return value.map((one) => fill(one, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, names)]));
}

/** What a resource's ARN says the names of a form are; undefined for an ARN of another form. */
export function namesIn(arn: string, form: string, known: Names): Names | undefined {
  const wanted: string[] = [];
  const expression = fillText(form, known)
    .replaceAll(/[.*^$()|[\]\\?/]/g, '\\$&')
    .replaceAll(/\{(\+?)([A-Za-z]+)\}/g, (_, deep: string, name: string) => {
      wanted.push(name);
      return deep === '' ? '([^/:*?]+)' : '([^:*?]+)';
    });
  const found = new RegExp(`^${expression}$`).exec(arn);
  if (found === null) return undefined;
  return Object.fromEntries(wanted.map((name, at) => [name, found[at + 1] ?? '']));
}
