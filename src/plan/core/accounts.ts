import { parseAccountId } from '#core-values';
import type { AccountSighting, Backend, ConfigurationSnapshot, PlannedChange, PlanValue } from './model.ts';
import { walkStrings } from './values.ts';

/** `arn:partition:service:region:account:resource`; account and region may be empty. */
const ARN = /^arn:[a-z0-9-]+:[a-z0-9-]*:([a-z0-9-]*):([0-9]{12}):/;

/** Attributes that say whose object this is, and not whose it refers to. */
const OWNER_ATTRIBUTES: ReadonlySet<string> = new Set(['owner_id', 'account_id', 'caller_account_id']);

/** What is looked through for account ids. */
export interface AccountSources {
  readonly stateArns: readonly { readonly address: string; readonly value: string }[];
  readonly changes: readonly PlannedChange[];
  readonly configuration: ConfigurationSnapshot;
  readonly backend?: Backend;
}

/**
 * Every AWS account id the plan speaks of, each account, region and place once. A sighting is no proof of where a
 * change lands: policies name other accounts too, so a sighting in an ARN attribute counts, one inside a document does not.
 */
export function accountSightings(sources: AccountSources): readonly AccountSighting[] {
  const found = new Map<string, AccountSighting>();
  const see = (sighting: AccountSighting): void => {
    found.set(JSON.stringify([sighting.accountId, sighting.region, sighting.seenIn, sighting.at]), sighting);
  };
  for (const { address, value } of sources.stateArns) seeArn(value, 'state', address, see);
  for (const change of sources.changes) seeInChange(change, see);
  for (const block of sources.configuration.providers) {
    for (const role of block.roleArns) seeArn(role, 'provider', block.place.file, see, block.region);
    for (const id of block.allowedAccountIds) {
      if (parseAccountId(id) !== undefined) {
        see({
          accountId: id,
          ...(block.region !== undefined && { region: block.region }),
          seenIn: 'provider',
          at: block.place.file,
        });
      }
    }
  }
  if (sources.backend !== undefined) seeInValue(sources.backend.config, 'backend', sources.backend.type, see);
  return [...found.values()];
}

type See = (sighting: AccountSighting) => void;

function seeInChange(change: PlannedChange, see: See): void {
  seeInValue(change.before, 'change', change.address, see);
  if (change.after !== change.before) seeInValue(change.after, 'change', change.address, see);
}

function seeInValue(value: PlanValue, seenIn: AccountSighting['seenIn'], at: string, see: See): void {
  walkStrings(value, (item, path) => {
    if (item.startsWith('arn:')) seeArn(item, seenIn, at, see);
    else if (OWNER_ATTRIBUTES.has(String(path.at(-1))) && parseAccountId(item) !== undefined) {
      see({ accountId: item, seenIn, at });
    }
  });
}

function seeArn(
  value: string,
  seenIn: AccountSighting['seenIn'],
  at: string,
  see: See,
  fallbackRegion?: string,
): void {
  const [, region, accountId] = ARN.exec(value) ?? [];
  if (accountId === undefined) return;
  const known = region === '' || region === undefined ? fallbackRegion : region;
  see({ accountId, ...(known !== undefined && { region: known }), seenIn, at });
}
