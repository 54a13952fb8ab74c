import rules from './rules.json' with { type: 'json' };
import typeServices from './type-services.json' with { type: 'json' };

const byPrefix: ReadonlyMap<string, string> = new Map(
  Object.entries(typeServices.services).flatMap(([service, prefixes]) =>
    prefixes.map((prefix) => [prefix, service] as const),
  ),
);

const iamByPrefix: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(rules.iamTypes));

/** The IAM service prefix of a Terraform type; `undefined` for a type the table does not know. */
export const serviceOfType = (type: string): string | undefined => longestPrefix(byPrefix, type);

/** What a type of the IAM service needs; IAM is never opened as a whole. */
export const iamActionsOfType = (type: string): readonly string[] | undefined =>
  longestPrefix(iamByPrefix, type);

/** `aws_vpc_endpoint` goes by `aws_vpc`, `aws_vpclattice_service` does not. */
function longestPrefix<T>(table: ReadonlyMap<string, T>, type: string): T | undefined {
  for (let end = type.length; end > 0; end = type.lastIndexOf('_', end - 1)) {
    const found = table.get(type.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

const globalServices: ReadonlySet<string> = new Set(rules.globalServices);

/** Global services are called in one region of theirs, whatever the stack's region. */
export const isGlobalService = (service: string): boolean => globalServices.has(service);
