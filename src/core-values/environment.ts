/** What an account is for, from most to least guarded. */
export const ENVIRONMENTS = ['production', 'shared', 'staging', 'development', 'sandbox'] as const;

export type Environment = (typeof ENVIRONMENTS)[number];
