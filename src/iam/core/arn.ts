/** The six fields of `arn:partition:service:region:account:resource`; `resource` may hold more colons. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** `undefined` for anything that is not `arn:` and five more fields. Wildcards and variables are left as they are. */
export function splitArn(words: string): Arn | undefined {
  const fields = arnFields(words);
  if (fields === undefined) return undefined;
  const [, partition, service, region, account, resource] = fields;
  if (partition === undefined || service === undefined || region === undefined) return undefined;
  if (account === undefined || resource === undefined) return undefined;
  return { partition, service, region, account, resource };
}

/** All six fields with `arn` first: the sixth is everything after the fifth colon. */
export function arnFields(words: string): readonly string[] | undefined {
  if (!words.startsWith('arn:')) return undefined;
  const fields: string[] = [];
  let start = 0;
  for (let count = 0; count < 5; count += 1) {
    const colon = words.indexOf(':', start);
    if (colon === -1) return undefined;
    fields.push(words.slice(start, colon));
    start = colon + 1;
  }
  fields.push(words.slice(start));
  return fields;
}

export const ACCOUNT_ID = /^[0-9]{12}$/;
