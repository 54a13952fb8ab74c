/**
 * One workflow file at one ref, as a token names it. Compare `text`; the parts are for showing and for cross-checks.
 */
export interface WorkflowRef {
  /** The whole of it: `shop/infra/.github/workflows/terraform.yml@refs/heads/main`. */
  readonly text: string;
  /** `shop/infra`; for GitLab with its host: `gitlab.com/shop/infra`. */
  readonly repository: string;
  /** `.github/workflows/terraform.yml` */
  readonly path: string;
  /** `refs/heads/main`, `refs/tags/v1`, or a commit of 40 hexadecimal digits. */
  readonly ref: string;
}

const SEGMENT = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const FILE = '[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.ya?ml';
const REF = `(?:refs/(?:heads|tags)(?:/${SEGMENT})+|refs/pull/[0-9]+/(?:merge|head)|refs/merge-requests/[0-9]+/(?:merge|head)|[0-9a-f]{40})`;

const GITHUB = new RegExp(`^(${SEGMENT}/${SEGMENT})/(\\.github/workflows/${FILE})@(${REF})$`);
const GITLAB = new RegExp(`^(${SEGMENT}(?:/${SEGMENT}){2,})//((?:[A-Za-z0-9_.-]+/)*\\.?${FILE})@(${REF})$`);

/**
 * Reads GitHub's `job_workflow_ref`, `owner/repository/.github/workflows/file.yml@ref`. Whatever could be cut in two ways is
 * `undefined`: a second `@`, a second `.yml`, `..`, an empty segment, characters outside `A-Z a-z 0-9 _ . - /`.
 * (Branches may be named `x.yml@refs/heads/main`: that is how a pattern on the end of the claim is fooled.)
 */
export const parseWorkflowRef = (text: string): WorkflowRef | undefined => parse(text, GITHUB);

/** Reads GitLab's `ci_config_ref_uri`, `host/group/project//path/file.yml@ref`, as strictly. */
export const parseGitlabConfigRef = (text: string): WorkflowRef | undefined => parse(text, GITLAB);

function parse(text: string, grammar: RegExp): WorkflowRef | undefined {
  if (text.length > 1024 || text.includes('..') || (text.match(/\.ya?ml/gi) ?? []).length !== 1) return;
  const [, repository, path, ref] = grammar.exec(text) ?? [];
  if (repository === undefined || path === undefined || ref === undefined) return;
  return { text, repository, path, ref };
}
