export { type Database, type DatabaseLimits, type Db, openDatabase, type Tx } from './connection.ts';
export { migrateDatabase } from './migration.ts';
export { inTransaction, type TransactionOptions } from './transaction.ts';
