export * from './core/index.ts';
export { type RepositoryReader, readRepository, repositoryReader } from './read-repository.ts';
