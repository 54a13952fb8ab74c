/** How one operation of a REST service looks on the wire. */
export interface RestOperation {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly Segment[];
  /** Query of the URI template: must be there, with this value (empty: any). */
  readonly literals: ReadonlyMap<string, string>;
  readonly query: readonly Named[];
  readonly headers: readonly Named[];
  /** The member that is the whole body. */
  readonly payload?: string;
}

/** Part of a path: fixed words or a label; a greedy label takes the rest. */
export type Segment =
  | { readonly kind: 'fixed'; readonly words: string }
  | { readonly kind: 'label'; readonly member: string; readonly isGreedy: boolean };

export interface Named {
  /** On the wire; of headers in lower case. */
  readonly name: string;
  readonly member: string;
  readonly isRequired: boolean;
}

/** As written in `operations.json`. */
interface Written {
  readonly http: string;
  readonly labels?: string | undefined;
  readonly query?: string | undefined;
  readonly headers?: string | undefined;
  readonly payload?: string | undefined;
}

export function restOperation(name: string, written: Written): RestOperation {
  const [method = '', uri = ''] = written.http.split(' ');
  const [path = '', query = ''] = uri.split('?');
  const labels = new Map(namedList(written.labels).map((label) => [label.name, label.member]));
  return {
    name,
    method,
    segments: partsOf(path).map((part) => segmentOf(part, labels)),
    literals: new Map(new URLSearchParams(query)),
    query: namedList(written.query),
    headers: namedList(written.headers).map((one) => ({ ...one, name: one.name.toLowerCase() })),
    ...(written.payload !== undefined && { payload: written.payload }),
  };
}

/** `/a/b/` is `a`, `b`: only S3 means something by a slash at the end, and there it belongs to a greedy label. */
const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

function segmentOf(part: string, labels: ReadonlyMap<string, string>): Segment {
  const label = /^\{([^}+]+)(\+?)\}$/.exec(part);
  if (label === null) return { kind: 'fixed', words: part };
  const [, name = '', greedy] = label;
  return { kind: 'label', member: labels.get(name) ?? name, isGreedy: greedy === '+' };
}

/** `!uploadId=UploadId prefix=Prefix Range`. */
const namedList = (words = ''): readonly Named[] =>
  words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const isRequired = word.startsWith('!');
      const [name = '', member = name] = (isRequired ? word.slice(1) : word).split('=');
      return { name, member, isRequired };
    });
