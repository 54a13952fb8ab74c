import type { Seconds } from './duration.ts';
import type { Region } from './model.ts';
import type { SecretSource } from './server.ts';

/** What SLOs are counted from: docs/slo-data.md. */
export interface SloSettings {
  readonly retentionSeconds: Seconds;
  readonly latenessSeconds: Seconds;
  readonly sources: readonly SloSource[];
  readonly systems: readonly SloSystem[];
  readonly traces?: { readonly token: SecretSource; readonly customerAttribute?: string };
  /** Whose pages may send beacons. */
  readonly beacons?: { readonly origins: readonly string[] };
}

/** What is asked for metrics, as a DataSource of the definitions names it. */
export interface SloSystem {
  readonly name: string;
  readonly at:
    | { readonly kind: 'prometheus'; readonly url: string; readonly authorization?: SecretSource }
    | { readonly kind: 'cloudwatch'; readonly region: Region };
}

/** Where access logs come from. */
export interface SloSource {
  readonly name: string;
  readonly from: SloSourcePlace;
  /** By its name. Absent with `logFormat`: found by content. */
  readonly format?: string;
  /** As nginx or Apache is told it. */
  readonly logFormat?: string;
  /** What names of the format mean. */
  readonly fields: Readonly<Record<string, string>>;
}

export type SloSourcePlace =
  /** Relative to the configuration's folder. */
  | { readonly kind: 'files'; readonly patterns: readonly string[] }
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      readonly prefix: string;
      readonly region: Region;
      readonly queueUrl?: string;
    }
  | { readonly kind: 'pushed'; readonly token: SecretSource };
