import type { Rule } from './rule.ts';
import { dataDestroyed, dataReplaced } from './rules/data-bearing.ts';
import { deletionInProduction } from './rules/deletion.ts';
import { drift } from './rules/drift.ts';
import { unencryptedStorage } from './rules/encryption.ts';
import {
  internetFacing,
  publicBucket,
  publicDatabase,
  publicEndpoint,
  publicSnapshot,
} from './rules/exposure.ts';
import {
  iamEscalation,
  iamPassRole,
  iamPermissionsAdded,
  iamPolicyUnknown,
  iamWildcard,
} from './rules/iam-permissions.ts';
import { iamBoundaryRemoved, iamPolicyAttached, iamPrincipalCreated } from './rules/iam-principals.ts';
import { checkFailed, forgotten, imported, largeChange, moved } from './rules/lifecycle.ts';
import { openNetwork } from './rules/network.ts';
import { destroyMode, planErrored, planPartial } from './rules/partial.ts';
import { otherAccount, otherRegion } from './rules/place.ts';
import { protectionMissing, protectionOff } from './rules/protection.ts';
import { runsAction, runsExternalData, runsProvisioner } from './rules/runner.ts';
import { plaintextSecret, sensitivityLost } from './rules/secret-exposure.ts';
import {
  moduleNotPinned,
  providerNotLocked,
  unlistedBackend,
  unlistedModule,
  unlistedProvider,
} from './rules/sources.ts';
import { stateLineage, stateSerial } from './rules/state.ts';
import { iamTrustWidened, publicPolicy, sharedWithAccount } from './rules/trust.ts';

/** Every rule, in the order of docs/rules.md. */
export const RULES: readonly Rule[] = [
  dataDestroyed,
  dataReplaced,
  deletionInProduction,
  protectionOff,
  protectionMissing,
  openNetwork,
  publicBucket,
  publicDatabase,
  publicSnapshot,
  publicPolicy,
  publicEndpoint,
  sharedWithAccount,
  internetFacing,
  unencryptedStorage,
  iamWildcard,
  iamPolicyAttached,
  iamTrustWidened,
  iamEscalation,
  iamPassRole,
  iamPrincipalCreated,
  iamBoundaryRemoved,
  iamPermissionsAdded,
  iamPolicyUnknown,
  runsProvisioner,
  runsExternalData,
  runsAction,
  unlistedProvider,
  providerNotLocked,
  unlistedModule,
  moduleNotPinned,
  unlistedBackend,
  otherAccount,
  otherRegion,
  stateLineage,
  stateSerial,
  drift,
  planErrored,
  planPartial,
  destroyMode,
  largeChange,
  imported,
  forgotten,
  moved,
  sensitivityLost,
  plaintextSecret,
  checkFailed,
];
