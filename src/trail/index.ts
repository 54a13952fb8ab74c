export * from './core/index.ts';
export { countTrailFindings, trailReadUntil } from './counts.ts';
export type { DeliveredFiles, DigestKeys } from './delivered-files.ts';
export { deliveredFolder, digestKeysInFolder } from './delivered-folder.ts';
export { deliveredToS3 } from './delivered-s3.ts';
export { cloudTrailKeys } from './digest-keys.ts';
export { type Reconciled, type ReconcileRequest, reconcile } from './reconcile.ts';
export type { Trail, TrailAlarm, TrailRoom } from './room.ts';
export { trailRoutes } from './routes.ts';
