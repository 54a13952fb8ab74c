import type { Plan } from '../model.ts';
import type { ReviewContext, Scene } from './rule.ts';
import { secretsOf } from './secrets.ts';

/** Works out what the rules share. */
export function sceneOf(plan: Plan, context: ReviewContext): Scene {
  const environment = context.environment ?? 'production';
  return {
    context,
    guarded: environment === 'production' || environment === 'shared',
    acting: plan.changes.filter(
      (change) => change.mode === 'managed' && change.action !== 'no-op' && change.action !== 'read',
    ),
    account: context.account ?? onlyAccountOf(plan),
    secrets: secretsOf(plan),
  };
}

function onlyAccountOf(plan: Plan): string | undefined {
  const accounts = new Set(
    plan.accounts
      .filter((sighting) => sighting.seenIn === 'state' || sighting.seenIn === 'provider')
      .map((sighting) => sighting.accountId),
  );
  const [only] = accounts;
  return accounts.size === 1 ? only : undefined;
}
