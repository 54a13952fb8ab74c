import { dirname } from 'node:path';
import { policyFolderBeside, readPolicyFolder } from '#policy';
import type { BesideCheck } from './config-check.ts';

/** The policies that a server would put in force with this configuration. */
export const policiesBeside: BesideCheck = async (file) => {
  const set = await readPolicyFolder(await policyFolderBeside(dirname(file)));
  return set.ok ? [] : set.error.reasons;
};
