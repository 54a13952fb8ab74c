import { actionsOfService } from '../fit/pattern.ts';
import type { Diagnostic } from './diagnostics.ts';
import data from './operations.json' with { type: 'json' };

/** Which kind of policy AWS says refused; `unknown` where it says nothing. */
export const DENIERS = [
  'session-policy',
  'identity-policy',
  'resource-policy',
  'boundary',
  'scp',
  'rcp',
  'trust-policy',
  'endpoint-policy',
  'unknown',
] as const;

export type Denier = (typeof DENIERS)[number];

/** A call that AWS refused, as far as Terraform's output tells. Texts of others: bounded, visible, never interpreted. */
export interface DeniedCall {
  /** `sns:CreateTopic`, in the spelling of AWS's reference; absent where nothing names one that the reference knows. */
  readonly action?: string;
  /** Whether AWS named the action itself; otherwise it follows from the operation, which may need others besides. */
  readonly named: boolean;
  /** As the SDK names them: `S3`, `PutBucketTagging`. */
  readonly service?: string;
  readonly operation?: string;
  /** As AWS named it. */
  readonly resource?: string;
  /** Of the resource instance that needed it. */
  readonly address?: string;
  readonly by: Denier;
  /** Refused by a statement that denies, rather than by the lack of one that allows. */
  readonly explicit: boolean;
}

const services: Readonly<Record<string, string>> = data.services;
const renamed: Readonly<Record<string, string>> = data.actions;

/** What AWS calls each kind. Source: IAM User Guide, "Troubleshoot access denied error messages", read 2026-11-23. */
const KINDS: readonly (readonly [RegExp, Denier])[] = [
  [/^session polic/i, 'session-policy'],
  [/^identity-based polic/i, 'identity-policy'],
  [/^resource-based polic/i, 'resource-policy'],
  [/^permissions boundary/i, 'boundary'],
  [/^service control polic/i, 'scp'],
  [/^resource control polic/i, 'rcp'],
  [/^(?:role )?trust polic/i, 'trust-policy'],
  [/^vpc endpoint polic/i, 'endpoint-policy'],
];

const SENTENCE = /\bnot authorized to perform:? "?(?<action>[\w-]{1,63}:\w{1,128})"?/gi;
const ON_RESOURCE = /^ on (?:the )?resource:? ?/i;
const CLAUSE =
  /^ (?:because no (?<lacking>[\w -]{1,40}?) allows\b|(?<denial>with an explicit deny)(?: in (?:an?|the) (?<denying>[\w -]{1,40}))?)/i;

const OPERATION = /\boperation error (?<service>[\w .-]{1,64}): (?<operation>\w{1,128}), /g;

/** Codes by which services refuse without a sentence. */
const REFUSAL =
  /\b(?:AccessDenied\w{0,20}|AccessDeniedFault|UnauthorizedOperation|UnauthorizedAccess|UnauthorizedException|AuthorizationError\w{0,20}|NotAuthorized\w{0,20}|Forbidden\w{0,20}|KMSAccessDeniedException|AuthFailure): /;

/** KMS, of tags while creating. */
const LACKING = /\bYou don.t have the (?<action>[\w-]{1,63}:\w{1,128}) permission\b/;

/** Every refused call that a diagnostic tells of, in its order; none where it is about something else. */
export function deniedCalls({ words, address }: Diagnostic): readonly DeniedCall[] {
  const where = address === undefined ? {} : { address: shown(address, MOST_ADDRESS) };
  const sentences = [...words.matchAll(SENTENCE)];
  if (sentences.length > 0) {
    return sentences.map((match, at) => {
      const rest = words.slice(match.index + match[0].length, sentences[at + 1]?.index);
      const action = knownAction(match.groups?.action ?? '');
      return {
        ...(action === undefined ? {} : { action }),
        named: true,
        ...operationBefore(words, match.index),
        ...restOfSentence(rest),
        ...where,
      };
    });
  }
  if (!REFUSAL.test(words)) return [];
  const of = operationBefore(words, words.length);
  const lacking = LACKING.exec(words)?.groups?.action;
  const action = lacking === undefined ? actionOfOperation(of) : knownAction(lacking);
  return [
    {
      ...(action === undefined ? {} : { action }),
      ...{ named: lacking !== undefined, ...of, ...where, by: 'unknown', explicit: false },
    },
  ];
}

/** `on resource: R because no session policy allows …`, in quotes or not; older services end after the resource. */
function restOfSentence(rest: string): Pick<DeniedCall, 'resource' | 'by' | 'explicit'> {
  const after = rest.replace(ON_RESOURCE, '');
  const [resource, clause] = after === rest ? ['', rest] : resourceIn(after);
  const { lacking, denial, denying } = CLAUSE.exec(clause)?.groups ?? {};
  const kind = lacking ?? denying;
  return {
    ...(resource === '' ? {} : { resource: shown(resource, MOST_RESOURCE) }),
    by: KINDS.find(([words]) => words.test(kind ?? ''))?.[1] ?? 'unknown',
    explicit: denial !== undefined,
  };
}

/** The resource, and what follows it. */
function resourceIn(words: string): readonly [string, string] {
  const quote = words.startsWith('"') ? words.indexOf('"', 1) : -1;
  if (quote > 0) return [words.slice(1, quote), words.slice(quote + 1)];
  const ends = [' because no ', ' with an explicit deny', ' '].map((end) => words.indexOf(end));
  const end = ends.find((index) => index >= 0) ?? words.length;
  return [words.slice(0, end).replace(/[.,;]$/, ''), words.slice(end)];
}

function operationBefore(words: string, index: number): Pick<DeniedCall, 'service' | 'operation'> {
  const found = [...words.slice(0, index).matchAll(OPERATION)].at(-1)?.groups;
  return found?.service === undefined || found.operation === undefined
    ? {}
    : { service: found.service, operation: found.operation };
}

function actionOfOperation({
  service,
  operation,
}: Pick<DeniedCall, 'service' | 'operation'>): string | undefined {
  if (service === undefined || operation === undefined || !Object.hasOwn(services, service)) return undefined;
  const name = `${service} ${operation}`;
  return knownAction(
    Object.hasOwn(renamed, name) ? (renamed[name] ?? '') : `${services[service]}:${operation}`,
  );
}

/** The action in the spelling of AWS's reference: services write `SNS:CreateTopic` and `sqs:createqueue`. */
export function knownAction(written: string): string | undefined {
  const action = written.toLowerCase();
  const service = action.slice(0, action.indexOf(':'));
  return actionsOfService(service).find((name) => name.toLowerCase() === action);
}

/** AWS's own limit of an ARN, and more than an address that a person would read. */
const MOST_RESOURCE = 2_048;
const MOST_ADDRESS = 1_024;

/** What cannot be seen must not be shown as if it were not there. */
const shown = (words: string, most: number): string =>
  words
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd')
    .slice(0, most)
    .toWellFormed();

/** What a report carries at most; the next apply finds what is left. */
const MOST_CALLS = 20;
const MOST_REPORT_CHARACTERS = 16_384;

/** Each refused call once, as many as a report takes. */
export function deniedCallsOf(diagnostics: readonly Diagnostic[]): readonly DeniedCall[] {
  const calls = new Map<string, DeniedCall>();
  let characters = 0;
  for (const call of diagnostics.flatMap(deniedCalls)) {
    const { action, resource, address, by, explicit } = call;
    const key = JSON.stringify([action, resource, address, by, explicit]);
    const size = JSON.stringify(call).length;
    if (calls.has(key) || calls.size === MOST_CALLS || characters + size > MOST_REPORT_CHARACTERS) continue;
    calls.set(key, call);
    characters += size;
  }
  return [...calls.values()];
}
