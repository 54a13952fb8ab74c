import {
  type DetailedError,
  type PolicyJson,
  preparsePolicySet,
  preparseSchema,
} from '@cedar-policy/cedar-wasm/nodejs';
import { err, ok, type Result } from '#core-values';

/** Under which names Cedar keeps a set's parsed parts. */
export interface ParsedKeys {
  readonly schemaKey: string;
  readonly policiesKey: string;
  /** Permits only, one for each condition and scope of each permit policy: asked why nothing permitted. */
  readonly probesKey: string;
}

// Cedar's WebAssembly keeps parsed texts by name and never forgets one. The same text always gets the same name, so
// that nothing can change under a name, and loading the same policies again costs no memory. Names are short because
// they cross into WebAssembly with every decision: the texts themselves as names made each a third slower.
const names = new Map<string, string>();

const nameOf = (content: string): string => {
  const name = names.get(content) ?? `kept-${names.size}`;
  names.set(content, name);
  return name;
};

/** Has Cedar parse and keep all parts, so that a decision parses nothing. */
export function keepParsed(parts: {
  readonly schema: string;
  readonly policies: Record<string, string>;
  readonly probes: Record<string, PolicyJson>;
}): Result<ParsedKeys, readonly [DetailedError, ...DetailedError[]]> {
  const keys: ParsedKeys = {
    schemaKey: nameOf(parts.schema),
    policiesKey: nameOf(JSON.stringify(parts.policies)),
    probesKey: nameOf(JSON.stringify(parts.probes)),
  };
  const answers = [
    preparseSchema(keys.schemaKey, parts.schema),
    preparsePolicySet(keys.policiesKey, { staticPolicies: parts.policies }),
    preparsePolicySet(keys.probesKey, { staticPolicies: parts.probes }),
  ];
  const [first, ...more] = answers.flatMap((answer) => (answer.type === 'failure' ? answer.errors : []));
  return first === undefined ? ok(keys) : err([first, ...more]);
}
