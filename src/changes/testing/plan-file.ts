import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { encode } from '@msgpack/msgpack';
import { writeZip } from '#plan/testing';

/** A planned change of one AWS resource, as little of it as a review needs. */
export interface ChangeInFile {
  readonly type: string;
  readonly name: string;
  readonly action: 'create' | 'update' | 'delete' | 'replace';
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** Attributes the configuration marks as sensitive. */
  readonly sensitive?: readonly string[];
}

/** Of the root module; without `before` it is new. */
interface OutputInFile {
  readonly name: string;
  readonly before?: unknown;
  readonly after: unknown;
  readonly sensitive?: boolean;
}

export interface PlanInFile {
  readonly changes: readonly ChangeInFile[];
  /** What changed outside Terraform. */
  readonly drift?: readonly ChangeInFile[];
  readonly outputs?: readonly OutputInFile[];
  readonly lineage: string;
  readonly serial: number;
  /** Not part of the meaning: two files that differ in it have one fingerprint and two digests. */
  readonly timestamp: string;
  readonly applyable: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

const ACTION_NUMBERS = { create: 1, update: 3, delete: 5, replace: 6 } as const;
const PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]';
const LOCK_FILE = `provider "registry.terraform.io/hashicorp/aws" {
  version = "5.100.0"
  hashes = [
    "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
  ]
}
`;
const CONFIGURATION = `variable "password" {
  type      = string
  sensitive = true
  default   = null
}
`;

/** Writes a plan file as Terraform does, from what a test says about it and without Terraform. */
export function planFile(plan: PlanInFile): Uint8Array {
  const state = {
    version: 4,
    terraform_version: '1.11.4',
    serial: plan.serial,
    lineage: plan.lineage,
    outputs: {},
    resources: [],
    check_results: null,
  };
  const words = (text: string): Uint8Array => Buffer.from(text);
  return writeZip([
    { name: 'tfplan', data: tfplan(plan) },
    { name: 'tfstate', data: words(JSON.stringify(state)) },
    { name: 'tfstate-prev', data: words(JSON.stringify(state)) },
    { name: 'tfconfig/m-/main.tf', data: words(CONFIGURATION) },
    { name: 'tfconfig/modules.json', data: words('[{"Key":"","Dir":"."}]') },
    { name: '.terraform.lock.hcl', data: words(LOCK_FILE) },
  ]);
}

function tfplan({
  changes,
  drift = [],
  outputs = [],
  timestamp,
  applyable,
  variables,
}: PlanInFile): Uint8Array {
  const message = new BinaryWriter();
  message.tag(1, WireType.Varint).int64(3);
  for (const [key, value] of Object.entries(variables)) {
    part(message, 2, (entry) => {
      entry.tag(1, WireType.LengthDelimited).string(key);
      dynamicValue(entry, 2, value);
    });
  }
  for (const change of changes) part(message, 3, (one) => resourceChange(one, change));
  for (const output of outputs) part(message, 4, (one) => outputChange(one, output));
  part(message, 13, (backend) => {
    backend.tag(1, WireType.LengthDelimited).string('s3');
    dynamicValue(backend, 2, { bucket: 'shop-state', key: 'shop.tfstate', region: 'ap-northeast-1' });
    backend.tag(3, WireType.LengthDelimited).string('default');
  });
  message.tag(14, WireType.LengthDelimited).string('1.11.4');
  for (const change of drift) part(message, 18, (one) => resourceChange(one, change));
  message.tag(21, WireType.LengthDelimited).string(timestamp);
  if (applyable) message.tag(25, WireType.Varint).bool(true);
  message.tag(26, WireType.Varint).bool(true);
  return message.finish();
}

function resourceChange(
  message: BinaryWriter,
  { type, name, action, before, after, sensitive = [] }: ChangeInFile,
): void {
  message.tag(8, WireType.LengthDelimited).string(PROVIDER);
  part(message, 9, (change) => {
    change.tag(1, WireType.Varint).int64(ACTION_NUMBERS[action]);
    if (action !== 'create') dynamicValue(change, 2, before ?? {});
    if (action !== 'delete') dynamicValue(change, 2, after ?? {});
    if (action === 'delete') return;
    for (const attribute of sensitive) {
      part(change, 4, (path) =>
        part(path, 1, (step) => step.tag(1, WireType.LengthDelimited).string(attribute)),
      );
    }
  });
  message.tag(13, WireType.LengthDelimited).string(`${type}.${name}`);
}

function outputChange(message: BinaryWriter, { name, before, after, sensitive = false }: OutputInFile): void {
  message.tag(1, WireType.LengthDelimited).string(name);
  part(message, 2, (change) => {
    change
      .tag(1, WireType.Varint)
      .int64(before === undefined ? ACTION_NUMBERS.create : ACTION_NUMBERS.update);
    if (before !== undefined) dynamicValue(change, 2, before);
    dynamicValue(change, 2, after);
  });
  if (sensitive) message.tag(3, WireType.Varint).bool(true);
}

/** A message inside a message. */
function part(message: BinaryWriter, number: number, write: (inner: BinaryWriter) => void): void {
  message.tag(number, WireType.LengthDelimited).fork();
  write(message);
  message.join();
}

/** A DynamicValue. */
const dynamicValue = (message: BinaryWriter, number: number, value: unknown): void =>
  part(message, number, (inner) => inner.tag(1, WireType.LengthDelimited).bytes(encode(value)));
