import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { EnforcingAws } from '../demo/stand-ins/enforcing-aws/index.ts';
import type { Need } from '../src/credentials/core/index.ts';

/** What a stack goes through, in this order; `import` takes what exists into an empty state. */
export const STEPS = ['create', 'update', 'replace', 'import', 'delete'] as const;
export type Step = (typeof STEPS)[number];

const Strings = z.array(z.string());

/** One action that was asked of AWS, on the resources that one request needed it on. */
const Call = z.object({ action: z.string(), resources: Strings });

const Denial = z.object({
  action: z.string(),
  resource: z.string(),
  /** AWS's words. */
  message: z.string(),
  /** The statement that would have let it pass. */
  lacking: z.json(),
});

/** One plan, applied with the policy that was derived from its file and nothing else. */
const PlanResult = z.object({
  stack: z.string(),
  step: z.enum(STEPS),
  /** Addresses of the resources that the plan changes or imports; at most 20. */
  resources: Strings,
  /** Where everything was applied: the account and the region of the session. */
  account: z.string(),
  region: z.string(),
  /** All fits into the session policy; else managed policies were made for it. */
  inline: z.boolean(),
  /** Of the session policy. */
  sizeCharacters: z.number(),
  /** Pairs of an action and a resource beyond the needs, as `fitPolicy` counts them. */
  additions: z.number(),
  /** As `needsOfPlan` gives them. */
  needs: z.array(z.custom<Need>()),
  /** The session policy first, then the managed ones. */
  policies: Strings,
  /** Every different call that was made with the session's credentials, denied ones too; `sts:GetCallerIdentity` is none. */
  calls: z.array(Call),
  denied: z.array(Denial),
  /** What Terraform calls errors although nothing was denied: what the stand-in cannot run. */
  errors: Strings,
  /** Of what was tried with the credentials of this apply while they lived; absent where nothing was. */
  misuses: z.array(z.looseObject({ name: z.string(), kind: z.string(), verdict: z.string() })).optional(),
  /** Terraform's apply alone. */
  applySeconds: z.number(),
});

export type PlanResult = z.infer<typeof PlanResult>;
export type ProvenCall = z.infer<typeof Call>;
export type Denial = z.infer<typeof Denial>;

/** An apply's credentials, handed out while they live: right after the apply, before they are thrown away. */
export interface LiveGrant {
  /** The enforcing stand-in. */
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  /** Of the account's administrator: to make what a misuse needs to be there. */
  readonly administrator: LiveGrant['credentials'];
  readonly account: string;
  readonly region: string;
  /** The stand-in's, of everything that it was asked so far. */
  readonly decisions: EnforcingAws['decisions'];
  /** The role that the session is of; it may do everything in the account. */
  readonly roleArn: string;
  /** What is proven of the plan so far, with its needs, policies and calls. */
  readonly result: PlanResult;
}

/** Is handed each grant that `proveStack` makes; what it answers becomes the result's `misuses`. */
export type WithGrant = (grant: LiveGrant) => Promise<PlanResult['misuses']>;

/** Begins an empty file of results. */
export const beginResults = (file: string): Promise<void> => writeFile(file, '');

export const addResult = (file: string, result: PlanResult): Promise<void> =>
  appendFile(file, `${JSON.stringify(result)}\n`);

/** One JSON line a plan. */
export async function readResults(file: string): Promise<readonly PlanResult[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => PlanResult.parse(JSON.parse(line)));
}
