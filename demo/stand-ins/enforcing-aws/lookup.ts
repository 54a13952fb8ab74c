import type { PermissionLookup } from '../aws-requests/index.ts';
import type { AwsState } from './state.ts';

/** What permissions need to know of an account's state. */
export function lookupIn(state: AwsState, account: string, region: string): PermissionLookup {
  return {
    iamPath: async (type, name) => {
      const { roles, users, policies, groups } = await state.iam(account);
      const all = [...roles, ...users, ...policies, ...groups].map(({ arn }) => arn.split(':')[5] ?? '');
      const found = all.find((resource) => resource.startsWith(`${type}/`) && resource.endsWith(`/${name}`));
      return found?.slice(type.length, found.length - name.length);
    },
    arnOf: (service, id) => state.arnByName({ account, service, region }, id),
    roleInProfile: async (profile) =>
      (await state.iam(account)).roles.find(({ profiles }) => profiles.includes(profile))?.arn,
  };
}
