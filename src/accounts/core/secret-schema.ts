import * as field from './fields.ts';

/** Where a secret comes from; the configuration never holds one itself. */
export const secretSource = {
  env: field.environmentVariable().optional().describe('Name of the environment variable that holds it.'),
  file: field.line(1024).optional().describe('File that holds it, relative to this file.'),
};
