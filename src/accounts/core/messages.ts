import type { Environment, Language, TeamName } from '#core-values';
import type { SecretSource } from './server.ts';

/** What people are told: docs/messages.md. */
export const NEWS_KINDS = [
  'waiting',
  'approved',
  'rejected',
  'refused',
  'applied',
  'failed',
  'break-glass',
  'revoked',
  'alarm',
  'incident',
] as const;
export type NewsKind = (typeof NEWS_KINDS)[number];

/** What somebody must act on, or should know at once. */
export const QUIET_NEWS: readonly NewsKind[] = [
  'waiting',
  'rejected',
  'refused',
  'failed',
  'break-glass',
  'alarm',
  'incident',
];

/** What a service that calls people out of bed may be sent: nothing else is ever closed there. */
export const PAGER_NEWS: readonly NewsKind[] = ['alarm', 'incident'];

/** Whom Sekisho tells what happens. */
export interface MessageDestination {
  readonly name: string;
  readonly way: MessageWay;
  readonly kinds: readonly NewsKind[];
  /** Absent: of all. News about no stack go to every destination. */
  readonly environments?: readonly Environment[];
  readonly teams?: readonly TeamName[];
  readonly language: Language;
}

export type MessageWay =
  | { readonly kind: 'slack-webhook'; readonly url: SecretSource }
  | { readonly kind: 'slack-app'; readonly token: SecretSource; readonly channel: string }
  | {
      readonly kind: 'email';
      readonly from: string;
      readonly to: readonly string[];
      readonly host: string;
      readonly port: number;
      /** `tls` from the first byte; STARTTLS can be stripped by whoever stands in between. */
      readonly security: 'tls' | 'none';
      readonly login?: { readonly user: string; readonly password: SecretSource };
    }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: SecretSource }
  | { readonly kind: 'pagerduty'; readonly url: string; readonly routingKey: SecretSource };
