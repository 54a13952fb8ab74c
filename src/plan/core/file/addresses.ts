import { text } from '#core-values';
import { refuse } from './refusal.ts';

/** The parts of a resource instance's address, as Terraform writes it: `module.a["k"].data.aws_x.y[0]`. */
export interface ResourceAddress {
  /** `module.a["k"]`; empty for the root module. */
  readonly module: string;
  readonly mode: 'managed' | 'data' | 'ephemeral';
  readonly type: string;
  readonly name: string;
  /** `["k"]`, `[0]`, or empty. */
  readonly instance: string;
}

const NAME = String.raw`[\p{ID_Start}_][\p{ID_Continue}-]*`;
/** An index; `[*]` stands for instances not known yet, in deferred changes. */
const INDEX = String.raw`\[(?:[0-9]+|\*|"(?:[^"\\]|\\.)*")\]`;
const MODULE = new RegExp(`module\\.(${NAME})(?:${INDEX})?`, 'uy');
const RESOURCE = new RegExp(`(?:(data|ephemeral)\\.)?(${NAME})\\.(${NAME})((?:${INDEX})?)$`, 'uy');
const PROVIDER_CONFIG = /^(?:(module\..+)\.)?provider\["([^"\\]+)"\](?:\.([^."[\]]+))?$/u;

/** Throws a refusal for what is no address. */
export function parseResourceAddress(address: string): ResourceAddress {
  const moduleEnd = skipModules(address);
  RESOURCE.lastIndex = moduleEnd;
  const match = RESOURCE.exec(address);
  const [, mode, type, name, instance] = match ?? [];
  if (type === undefined || name === undefined) return refuseAddress(address);
  return {
    module: address.slice(0, Math.max(0, moduleEnd - 1)),
    mode: mode === 'data' || mode === 'ephemeral' ? mode : 'managed',
    type,
    name,
    instance: instance ?? '',
  };
}

/** Position after the last `module.x.` */
function skipModules(address: string): number {
  let position = 0;
  for (;;) {
    MODULE.lastIndex = position;
    const match = MODULE.exec(address);
    if (match === null || address[MODULE.lastIndex] !== '.') return position;
    position = MODULE.lastIndex + 1;
  }
}

/** `module.x.provider["registry.terraform.io/hashicorp/aws"].alias` → the provider's address. Throws a refusal. */
export function providerOfConfig(providerConfig: string): string {
  return PROVIDER_CONFIG.exec(providerConfig)?.[2] ?? refuseAddress(providerConfig);
}

function refuseAddress(address: string): never {
  const shown = JSON.stringify(address.slice(0, 200));
  return refuse(
    'bad-address',
    text(
      `${shown} is not an address Terraform writes.`,
      `${shown} は Terraform が書くアドレスの形式ではありません。`,
    ),
  );
}
