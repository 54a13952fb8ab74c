export * from './core/index.ts';
export {
  type CaseFile,
  DEFAULT_POLICY_FOLDER,
  policyFolderBeside,
  readCases,
  readPolicyFolder,
  readPolicyFolderOrDeny,
} from './policy-files.ts';
export { type PolicyRoutesOptions, policyRoutes } from './routes.ts';
