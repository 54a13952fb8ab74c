import type { Fingerprint, PlanDigest } from '#core-values';
import { accountSightings } from '../accounts.ts';
import type { Plan } from '../model.ts';
import { type SensitiveSchema, withFullSensitivity } from '../sensitivity.ts';
import { canonicalText } from './canonical.ts';
import { configurationSnapshot, moduleSources, type ParsedConfigFile } from './configuration.ts';
import type { PlanEntries } from './entries.ts';
import { completeMeaning, type EntryMeaning, entryMeaning } from './fingerprint.ts';
import type { JsonTree } from './json-text.ts';
import { lockedProviders } from './lock-file.ts';
import { decodePlanMessage } from './plan-messages.ts';
import { decodeState } from './state.ts';
import { planFacts } from './tfplan.ts';

/** The parts of a plan file, with its configuration already parsed. */
export interface PlanParts {
  readonly entries: PlanEntries;
  readonly decoded: DecodedEntry;
  readonly config: readonly ParsedConfigFile[];
  readonly lockFile: JsonTree;
  readonly schema: SensitiveSchema;
}

/** A plan but for what is hashed. */
export interface AssembledPlan {
  /** The text whose SHA-256 is the fingerprint. Holds secrets: hash it and let it go. */
  readonly meaning: string;
  with(digest: PlanDigest, fingerprint: Fingerprint): Plan;
}

/** The entry `tfplan`, as the fingerprint and in the words of the model. */
export interface DecodedEntry {
  readonly meaning: EntryMeaning;
  readonly facts: ReturnType<typeof planFacts>;
}

/** Decodes what needs no other parser. Throws a refusal. */
export function decodeEntry(tfplan: Uint8Array): DecodedEntry {
  const raw = decodePlanMessage(tfplan);
  const facts = planFacts(raw);
  return { meaning: entryMeaning(raw), facts };
}

/** Puts a plan together from its parts. Throws a refusal. */
export function assemblePlan({ entries, decoded, config, lockFile, schema }: PlanParts): AssembledPlan {
  const { meaning, facts } = decoded;
  const state = decodeState(entries.state, 'tfstate');
  // Not used, but what is in the file must be what Terraform writes.
  decodeState(entries.previousState, 'tfstate-prev');
  const modules = moduleSources(entries.modules);
  const configuration = configurationSnapshot(modules, config);
  const locked = lockedProviders(lockFile);
  const marked = withFullSensitivity(
    { changes: facts.changes, outputs: facts.outputs },
    { schema, sensitiveNames: configuration.sensitiveNames, variables: facts.variables },
  );
  const drift = withFullSensitivity(
    { changes: facts.drift, outputs: [] },
    { schema, sensitiveNames: configuration.sensitiveNames, variables: facts.variables },
  );
  const accounts = accountSightings({
    stateArns: state.arns,
    changes: facts.changes,
    configuration,
    ...(facts.backend && { backend: facts.backend }),
  });
  return {
    meaning: completeMeaning(meaning, {
      modules,
      configuration: config.map(canonicalConfigFile),
      lockedProviders: locked,
    }),
    with: (digest, fingerprint) => ({
      kind: 'plan-file',
      digest,
      fingerprint,
      ...facts,
      state: state.facts,
      ...marked,
      drift: drift.changes,
      configuration,
      lockedProviders: locked,
      accounts,
    }),
  };
}

/** An override file is merged over the others, and a later one over an earlier: there the name means something. */
const OVERRIDE = /(?:^|_)override\.(?:tf|tofu)(?:\.json)?$/;

/**
 * A file of the configuration without its comments and formatting. The HCL parser's JSON rounds long numbers, so their
 * digits are kept beside it.
 */
export function canonicalConfigFile({ module, name, body, source }: ParsedConfigFile): string {
  const numerals = source.match(/[0-9][0-9.]{14,}|[0-9][0-9.]*[eE][+-]?[0-9]+/g) ?? [];
  return canonicalText({ module, override: OVERRIDE.test(name) ? name : '', numerals, body });
}
