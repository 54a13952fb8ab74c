import { z } from 'zod';

/** What a run of Terraform did to resources. */
export const STEPS = ['create', 'read', 'update', 'import', 'delete'] as const;
export type Step = (typeof STEPS)[number];

const JsonObject = z.record(z.string(), z.json());

const Request = z.object({
  method: z.string(),
  target: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  status: z.number(),
  answer: z.string(),
  /** Absent where the provider's log does not know the request. */
  origin: z.object({ call: z.string(), procedure: z.string(), type: z.string().optional() }).optional(),
});

const Resource = z.object({
  type: z.string(),
  label: z.string(),
  /** Attributes that the configuration gives a value. */
  set: z.array(z.string()),
  /** After create. */
  state: JsonObject,
  /** Attributes known in the plan of its creation. */
  planned: z.array(z.string()),
  /** Attributes that the update changes; absent where it does not update the resource in place. */
  changed: z.array(z.string()).optional(),
});

/** All that was seen of one run through the steps: everything is derived from it without Terraform. */
export const Recording = z.object({
  provider: z.string(),
  terraform: z.string(),
  standIn: z.string(),
  recordedOn: z.string(),
  account: z.string(),
  region: z.string(),
  resources: z.array(Resource),
  steps: z.array(z.object({ step: z.enum(STEPS), requests: z.array(Request), errors: z.array(z.string()) })),
});

export type Recording = z.infer<typeof Recording>;
export type RecordedResource = z.infer<typeof Resource>;
export type AttributedRequest = z.infer<typeof Request>;
