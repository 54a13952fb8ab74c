export { accountDocuments } from './account-documents.ts';
export { type AccountSetUp, accountTemplate } from './account-template.ts';
export { type AccountFacts, accountValues } from './account-values.ts';
export { cloudFormationTemplate } from './cloudformation.ts';
export { GUARD_NAMES, type GuardName } from './guarded-actions.ts';
export { accountRolesGuide } from './guide.ts';
export type { AccountDocuments, AccountTemplate, AccountValues, RoleDocuments } from './model.ts';
export { terraformModule, type WrittenFile } from './terraform.ts';
export { type AccountTrust, AWS_AUDIENCE } from './trust.ts';
