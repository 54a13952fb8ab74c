import { nameOf } from './paths.ts';

/** `.terraform` holds copies that `terraform init` made. */
const isCopied = (path: string): boolean => /(?:^|\/)\.terraform\//.test(path);

/** Whether Terraform or OpenTofu reads a file as configuration: `*.tf`, `*.tofu`, and both as JSON. Hidden files not. */
export const isConfigurationFile = (path: string): boolean => {
  const name = nameOf(path);
  return /\.(?:tf|tofu)(?:\.json)?$/.test(name) && !name.startsWith('.') && !isCopied(path);
};

/** Merged into the others' blocks, after them and in the order of their names. */
export const isOverrideFile = (path: string): boolean =>
  /(?:^|_)override\.(?:tf|tofu)(?:\.json)?$/.test(nameOf(path));

/** One entry of a Git tree. */
export interface TreeEntry {
  readonly path: string;
  /** As Git writes it: `100644`, `120000` for a symbolic link, `160000` for a submodule. */
  readonly mode: string;
}

export const LINK_MODE = '120000';

/**
 * Which entries of a tree `readRepository` must be given: configuration, every symbolic link, and what links with names of configuration lead
 * to is found among them by name. Pass each link with `isLink`.
 */
export const entriesToRead = <Entry extends TreeEntry>(tree: readonly Entry[]): readonly Entry[] =>
  tree.filter(
    ({ path, mode }) => mode === LINK_MODE || (mode.startsWith('100') && isConfigurationFile(path)),
  );
