export {
  connectClient,
  type Database,
  type DatabaseLimits,
  type Db,
  openDatabase,
  type Tx,
} from './connection.ts';
export { AND_COMMIT, AND_GO_ON } from './fewer-turns.ts';
export { migrateDatabase, SCHEMA_DUMP } from './migration.ts';
export { dumpSchema } from './schema-dump.ts';
export { inTransaction, keepPlans, type TransactionOptions } from './transaction.ts';
