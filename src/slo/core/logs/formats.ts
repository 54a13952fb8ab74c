import { cloudFrontParser } from './cloudfront.ts';
import { type FieldNames, JSON_FIELDS, LTSV_FIELDS, type TimeIs } from './fields.ts';
import { jsonLinesParser } from './json-lines.ts';
import {
  ALB,
  COMBINED,
  COMBINED_AND_MORE,
  COMBINED_SECONDS,
  COMMON,
  type Layout,
  VHOST_COMBINED,
} from './layout.ts';
import { layoutParser } from './layout-parser.ts';
import { ltsvParser } from './ltsv.ts';
import type { LineParser } from './parser.ts';

/** How a log's lines are written. */
export type LogFormat =
  | { readonly kind: 'alb' | 'cloudfront' | LayoutName }
  /** A log_format of nginx or a LogFormat of Apache. */
  | { readonly kind: 'layout'; readonly layout: Layout }
  /** `fields`: what labels or keys mean, beside those that are known. */
  | { readonly kind: 'ltsv' | 'json'; readonly fields?: FieldNames; readonly timeIs?: TimeIs };

const LAYOUTS = {
  'combined-seconds': COMBINED_SECONDS,
  'vhost-combined': VHOST_COMBINED,
  combined: COMBINED,
  'combined-and-more': COMBINED_AND_MORE,
  common: COMMON,
} as const satisfies Record<string, Layout>;

type LayoutName = keyof typeof LAYOUTS;

/** Formats that need nothing from the user, those that say more first. */
export const KNOWN_FORMATS = [
  'alb',
  'cloudfront',
  'json',
  'ltsv',
  'combined-seconds',
  'vhost-combined',
  'combined',
  'combined-and-more',
  'common',
] as const satisfies readonly LogFormat['kind'][];

/** A parser for one file: CloudFront's keeps what the file's header said. */
export function parserOf(format: LogFormat): LineParser {
  switch (format.kind) {
    case 'alb':
      return layoutParser(ALB);
    case 'cloudfront':
      return cloudFrontParser();
    case 'layout':
      return layoutParser(format.layout);
    case 'ltsv':
      return ltsvParser({ ...LTSV_FIELDS, ...format.fields }, format.timeIs ?? 'begin');
    case 'json':
      // A line of JSON is written by who has the duration already.
      return jsonLinesParser({ ...JSON_FIELDS, ...format.fields }, format.timeIs ?? 'end');
    default:
      return layoutParser(LAYOUTS[format.kind]);
  }
}
