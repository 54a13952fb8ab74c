import { type AdministratorOptions, administratorIn as inAccounts } from '#accounts';
import type { HttpContext } from '#platform';
import { NOT_ADMINISTRATOR } from './problems.ts';

/** Who asks, if that is an administrator; everybody else is refused, and recorded. */
export const administratorIn = (on: AdministratorOptions, c: HttpContext) =>
  inAccounts(on, c, { kind: 'github.refused', about: 'github', why: NOT_ADMINISTRATOR });
