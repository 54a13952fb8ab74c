/** Where a request is made: what an ARN template leaves open. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

export interface FilledTemplate {
  readonly arns: readonly string[];
  /** Variables besides partition, region and account, and how many of them the request names. */
  readonly variableCount: number;
  readonly namedCount: number;
}

const VARIABLE = /\$\{([^}]+)\}/g;
const MOST_RESOURCES = 1000;

/** Fills `arn:${Partition}:rds:${Region}:${Account}:db:${DbInstanceName}`; `*` for what has no name. */
export function fillTemplate(
  template: string,
  place: Place,
  namesOf: (variable: string) => readonly string[],
): FilledTemplate {
  const known: Readonly<Record<string, string>> = {
    Partition: place.partition,
    Region: place.region,
    Account: place.account,
  };
  const arn = template.replace(VARIABLE, (whole, name: string) => known[name] ?? whole);
  const variables = [...arn.matchAll(VARIABLE)].map(([, name = '']) => name);
  let arns: readonly string[] = [arn];
  let namedCount = 0;
  for (const variable of variables) {
    const names = namesOf(variable);
    if (names.length > 0) namedCount += 1;
    const values = names.length > 0 ? names : ['*'];
    // A function: `$` in a name is a `$`.
    arns = arns.flatMap((one) => values.map((value) => one.replace(`\${${variable}}`, () => value)));
    if (arns.length > MOST_RESOURCES) throw new Error(`more than ${MOST_RESOURCES} resources in one request`);
  }
  return { arns, variableCount: variables.length, namedCount };
}

const patterns = new Map<string, RegExp>();

/** Whether an ARN is of the resource type with this template. */
export function matchesTemplate(arn: string, template: string): boolean {
  const pattern = patterns.get(template) ?? patternOf(template);
  patterns.set(template, pattern);
  return pattern.test(arn);
}

function patternOf(template: string): RegExp {
  const parts = template.split(VARIABLE);
  const last = parts.length - 2;
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    if (part === 'Partition' || part === 'Region' || part === 'Account') return '[^:]*';
    return index === last ? '.+' : '[^:/]+';
  });
  return new RegExp(`^${source.join('')}$`);
}
