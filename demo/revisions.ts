/** The folders of `demo/revisions`, with the message of their commit. */
export const REVISIONS = {
  'staging-longer-timeout': 'Give the checkout in staging more time',
  'production-longer-timeout': 'Give the checkout more time',
  'production-new-orders-key': 'Key the orders by order_id',
  'production-runs-code': 'Migrate while applying',
  'production-second-carrier': 'Let the checkout ask a second carrier',
  'production-warehouse': 'Keep the orders restorable, and let the warehouse hear of them',
} as const;

export type Revision = keyof typeof REVISIONS;
