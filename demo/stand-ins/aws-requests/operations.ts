import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type RestOperation, restOperation } from './rest-operation.ts';

/** What is known of a service: how it is spoken to, and its operations. */
export interface ServiceModel {
  readonly name: string;
  readonly signingName: string;
  /** Before the colon of an IAM action. */
  readonly iamPrefix: string;
  /** botocore's words: `query`, `ec2`, `json`, `rest-json`, `rest-xml`, `smithy-rpc-v2-cbor`. */
  readonly protocols: readonly string[];
  readonly apiVersion: string;
  readonly targetPrefix?: string;
  readonly operations: ReadonlySet<string>;
  /** Of a REST service. */
  readonly rest: readonly RestOperation[];
}

const DataFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      about: z.object({
        signingName: z.string(),
        iamPrefix: z.string().optional(),
        protocols: z.array(z.string()),
        apiVersion: z.string(),
        targetPrefix: z.string().optional(),
      }),
      operations: z.string().optional(),
      rest: z
        .record(
          z.string(),
          z.object({
            http: z.string(),
            labels: z.string().optional(),
            query: z.string().optional(),
            headers: z.string().optional(),
            payload: z.string().optional(),
          }),
        )
        .optional(),
    }),
  ),
});

const MODELS = new URL('operations.json', import.meta.url);

let models: ReadonlyMap<string, ServiceModel> | undefined;

/** All services that the stand-ins know, by botocore's names; read once, when first asked for. */
export function serviceModels(): ReadonlyMap<string, ServiceModel> {
  models ??= readModels();
  return models;
}

/** A known service; a bug if it is not. */
export function serviceModel(name: string): ServiceModel {
  const model = serviceModels().get(name);
  if (model === undefined) throw new Error(`no service ${name} in operations.json`);
  return model;
}

function readModels(): ReadonlyMap<string, ServiceModel> {
  const { services } = DataFile.parse(JSON.parse(readFileSync(MODELS, 'utf8')));
  return new Map(
    Object.entries(services).map(([name, { about, operations, rest = {} }]): [string, ServiceModel] => [
      name,
      {
        name,
        signingName: about.signingName,
        iamPrefix: about.iamPrefix ?? about.signingName,
        protocols: about.protocols,
        apiVersion: about.apiVersion,
        ...(about.targetPrefix !== undefined && { targetPrefix: about.targetPrefix }),
        operations: new Set(operations?.split(' ') ?? Object.keys(rest)),
        rest: Object.entries(rest).map(([operation, model]) => restOperation(operation, model)),
      },
    ]),
  );
}
