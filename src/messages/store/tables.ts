import type { Generated, GeneratedAlways } from 'kysely';
import type { NewsKind } from '#accounts/core';

export type Ending = 'sent' | 'no-longer-true' | 'refused' | 'too-old';

export type MessageTables = {
  readonly message_cursor: { readonly one: Generated<boolean>; readonly position: number };
  readonly messages: {
    readonly id: GeneratedAlways<number>;
    readonly destination: string;
    readonly position: number;
    readonly kind: NewsKind;
    readonly thread: string;
    readonly key: string | null;
    readonly stack: string | null;
    readonly fingerprint: string | null;
    readonly made_at: Date;
    readonly ended_at: Date | null;
    readonly ending: Ending | null;
    readonly problem: string | null;
  };
  readonly message_threads: {
    readonly destination: string;
    readonly thread: string;
    readonly reference: string;
  };
  readonly message_destinations: {
    readonly name: string;
    readonly leased_until: Date | null;
    readonly attempts: Generated<number>;
    readonly next_try_at: Date | null;
    readonly problem: string | null;
  };
};
