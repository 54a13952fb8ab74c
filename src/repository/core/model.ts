import type { Reason, SourcePlace } from '#core-values';

/**
 * A file of a repository as Git keeps it, by its path from the repository's root (`stacks/a/main.tf`). For a symbolic link
 * the text is where it leads.
 */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
  readonly isLink?: boolean;
}

/** What a repository holds of Terraform's: every folder with configuration, and which of them are stacks of their own. */
export interface Repository {
  /** By folder: `modules/queue`, `.` for the repository's root. */
  readonly modules: ReadonlyMap<string, TerraformModule>;
  /** By path. */
  readonly roots: readonly RootModule[];
  /** Folders with configuration that are not root modules, and why not; by path. */
  readonly notRoots: readonly NotRoot[];
  /** Symbolic links: from their path to where they lead, seen from the repository's root. */
  readonly links: ReadonlyMap<string, LinkTarget>;
}

/** Absent where it leads out of the repository. */
export interface LinkTarget {
  readonly path?: string;
}

/** One folder with configuration. */
export interface TerraformModule {
  readonly path: string;
  readonly backend?: Backend;
  readonly providers: readonly ProviderConfiguration[];
  readonly requiredProviders: readonly RequiredProvider[];
  readonly modules: readonly ModuleCall[];
  readonly requiredVersion?: string;
  /** By `terraform_remote_state`. */
  readonly remoteStates: readonly RemoteState[];
  /** Files that its expressions mention by paths known from the text. */
  readonly readsFiles: readonly FileRead[];
  /** Files of it that could not be read. What they call, configure and read is not known: who needs certainty expects anything. */
  readonly faults: readonly Reason[];
}

/** A module that Terraform runs in: it has a state of its own. */
export interface RootModule extends TerraformModule {
  readonly because: 'backend' | 'provider' | 'named';
}

export interface NotRoot {
  readonly path: string;
  /**
   * `called`: another module of the repository calls it; `example` and `test`: it lies in a folder of that kind; `nothing-configured`: it has
   * neither a backend nor a configured provider.
   */
  readonly because: 'called' | 'example' | 'test' | 'nothing-configured';
}

export interface Backend {
  /** `s3`; `cloud` for HCP Terraform. */
  readonly type: string;
  /** What is written literally; names of nested blocks with dots: `assume_role.role_arn`. The rest comes from elsewhere. */
  readonly settings: Readonly<Record<string, string>>;
  readonly place: SourcePlace;
}

/** A state that is read of another configuration. */
export interface RemoteState extends Backend {
  /** Of the data source. */
  readonly name: string;
}

export interface ProviderConfiguration {
  /** As the configuration calls it: `aws`. */
  readonly name: string;
  /** `hashicorp/aws`: as required, or Terraform's own namespace. */
  readonly source: string;
  readonly alias?: string;
  readonly region?: string;
  readonly allowedAccountIds: readonly string[];
  /** In the order in which they are assumed. */
  readonly assumeRoleArns: readonly string[];
  readonly place: SourcePlace;
}

export interface RequiredProvider {
  readonly name: string;
  readonly source: string;
  readonly version?: string;
}

export interface ModuleCall {
  readonly name: string;
  /** As written; an expression is in `${…}`. */
  readonly source: string;
  /**
   * `local`: a folder of this repository, `localPath`; `remote`: a registry, another repository…; `outside`: a folder, but not of this
   * repository; `computed`: known only when Terraform runs, below `localPath` where that much is known.
   */
  readonly kind: 'local' | 'remote' | 'outside' | 'computed';
  /** From the repository's root, symbolic links followed. */
  readonly localPath?: string;
  readonly place: SourcePlace;
}

/** A file or a folder with all it holds (`exact`), or every path that begins so (`prefix`). */
export interface FileRead {
  /** `module`: seen from the repository's root; `root`: from the folder of whichever root module uses it, where Terraform runs. */
  readonly from: 'module' | 'root';
  readonly path: string;
  /** `prefix` where the text goes on with what only Terraform knows: `${path.module}/policies/${each.key}.json`. */
  readonly reach: 'exact' | 'prefix';
}
