export { awsKms, type Kms, kmsKey } from './aws-kms.ts';
export { checkKeys } from './key-check.ts';
export type { DataKey, KeySource, KeySourceKind } from './key-source.ts';
export { type Binding, createKeyring, type Keyring } from './keyring.ts';
export { environmentKeys, fileKeys } from './local-key.ts';
export { type RotationStep, rotateEncryption, type SealedColumn } from './rotation.ts';
