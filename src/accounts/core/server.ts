import type { Seconds } from './duration.ts';
import type { MessageDestination } from './messages.ts';
import type { Region, RoleArn } from './model.ts';
import type { SignInProvider } from './sign-in.ts';
import type { SloSettings } from './slo.ts';

/** How the server runs; the part of `sekisho.yaml` that needs a restart to take effect. */
export interface ServerSettings {
  /** Without trailing slash. */
  readonly publicUrl: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Absent: the embedded database below the data folder, unless DATABASE_URL is set. */
  readonly database?: SecretSource;
  readonly encryption: {
    /** Seals what is new. */
    readonly key: KeySource;
    /** Open what was sealed before a rotation. */
    readonly previousKeys: readonly KeySource[];
  };
  /** Absent: checkpoints are kept in the database only, with the log that they vouch for. */
  readonly checkpointFile?: string;
  readonly planRetentionSeconds: Seconds;
  readonly maxPlanUploadBytes: number;
  readonly grant: { readonly planDurationSeconds: Seconds; readonly applyDurationSeconds: Seconds };
  /** Absent: people sign in by passkey only. */
  readonly signIn?: readonly SignInProvider[];
  /** Absent: nobody is told anything. */
  readonly messages?: readonly MessageDestination[];
  readonly aws: AwsAccess;
  /** Absent: grants are not compared with what was called. */
  readonly trail?: TrailSource;
  /** Absent: there are no logs to count. */
  readonly slo?: SloSettings;
}

/** Where a secret comes from; the configuration never holds one itself. Files are relative to the configuration's folder. */
export type SecretSource =
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'file'; readonly path: string };

export type KeySource = SecretSource | { readonly kind: 'kms'; readonly keyArn: string };

/** How the server reaches the accounts. */
export type AwsAccess =
  /** AssumeRole with the credentials the server finds around itself. */
  | { readonly kind: 'ambient'; readonly stsRegion?: Region }
  /** AssumeRoleWithWebIdentity with a token of the server's own issuer. */
  | { readonly kind: 'web-identity'; readonly issuerUrl: string; readonly stsRegion?: Region };

/** Where CloudTrail's files are, and after how many applies what they show is believed. */
export type TrailSource = { readonly believeAfter: number } & (
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      /** With a slash at its end; empty where the trail has none. */
      readonly prefix: string;
      readonly region: Region;
      readonly roleArn?: RoleArn;
    }
  /** Relative to the configuration's folder. */
  | { readonly kind: 'folder'; readonly path: string }
);
