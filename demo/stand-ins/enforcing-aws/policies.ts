import {
  type CompiledPolicy,
  compilePolicy,
  type PolicyKind,
  parsePolicy,
} from '../../../src/iam/core/index.ts';

/** A policy as AWS keeps it. */
export interface NamedPolicy {
  readonly name: string;
  readonly source: string;
}

/** Compiles each document once, however often it is asked for. Throws on one that moto took and AWS would not: nothing is decided with it. */
export function policyCompiler(): (policy: NamedPolicy, kind: PolicyKind) => CompiledPolicy {
  const compiled = new Map<string, CompiledPolicy>();
  return ({ name, source }, kind) => {
    const key = `${kind} ${name} ${source}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const document = parsePolicy(source, { kind, file: name });
    if (!document.ok) {
      const [reason] = document.error.reasons;
      throw new Error(`AWS would not have taken the ${kind} policy ${name}: ${reason?.message.en ?? ''}`);
    }
    const policy = compilePolicy(document.value, name);
    compiled.set(key, policy);
    return policy;
  };
}
