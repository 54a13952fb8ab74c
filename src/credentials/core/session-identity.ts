import type { GrantId, PersonName, StackName } from '#core-values';
import limits from './sts-limits.json' with { type: 'json' };
import type { Purpose } from './workload-identity.ts';

export interface SessionFacts {
  readonly grant: GrantId;
  readonly purpose: Purpose;
  readonly stack: StackName;
  readonly repositoryName: string;
  readonly actorId: string;
  readonly approvers: readonly PersonName[];
}

/** How AWS names the session in CloudTrail and in policies. */
export interface SessionIdentity {
  /** The grant's id: unique, so one session can be found and revoked. */
  readonly sessionName: string;
  /** Who answers for it: the approvers, or the actor of the CI where nobody has to approve. */
  readonly sourceIdentity: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Every value is inside AWS's character set and length (sts-limits.json); what does not fit is replaced by `-` and cut. */
export function sessionIdentity(facts: SessionFacts): SessionIdentity {
  const approvers = facts.approvers.toSorted();
  return {
    sessionName: facts.grant,
    sourceIdentity: approvers.length === 0 ? `actor-${named(facts.actorId)}` : listed(approvers, ','),
    tags: {
      'sekisho:grant': facts.grant,
      'sekisho:purpose': facts.purpose,
      'sekisho:stack': tagValue(facts.stack),
      'sekisho:repository': tagValue(facts.repositoryName),
      ...(approvers.length > 0 && { 'sekisho:approvers': tagValue(approvers.join(' ')) }),
    },
  };
}

const NAME_CHARACTER = new RegExp(`[^${limits.sourceIdentity.allowed}]`, 'gu');
const TAG_CHARACTER = new RegExp(`[^${limits.tag.allowed}]`, 'gu');
const LONGEST_NAME = limits.sourceIdentity.maxCharacters;

const named = (words: string): string =>
  words.replace(NAME_CHARACTER, '-').slice(0, LONGEST_NAME - 'actor-'.length);

const tagValue = (words: string): string =>
  words.replace(TAG_CHARACTER, '-').slice(0, limits.tag.maxValueCharacters);

/** As many names as fit, and how many more there are. */
function listed(names: readonly string[], separator: string): string {
  for (let shown = names.length; shown > 0; shown--) {
    const more = shown < names.length ? `+${names.length - shown}` : '';
    const list = names.slice(0, shown).join(separator).replace(NAME_CHARACTER, '-') + more;
    if (list.length >= limits.sourceIdentity.minCharacters && list.length <= LONGEST_NAME) return list;
  }
  return `approvers-${names.length}`;
}
