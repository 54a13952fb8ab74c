export { type Compared, type Comparison, comparedCommits } from './checkout/compared.ts';
export { type Git, gitIn } from './checkout/git.ts';
export { changedFiles, readCommits } from './checkout/read-checkout.ts';
export * from './core/index.ts';
export { type RepositoryReader, readRepository, repositoryReader } from './read-repository.ts';
