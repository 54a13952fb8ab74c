export { type PostgresBinaries, prepareEmbeddedPostgres } from './binaries.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts';
