/** What a beacon tells; the server reads it in src/slo/core/sources/beacon.ts. */
export interface BeaconRequest {
  /** The how manieth of its view, from 0. */
  readonly n: number;
  readonly method: string;
  /** Without query; with the origin where it is not the page's. */
  readonly path: string;
  /** Milliseconds since the page was asked for. */
  readonly at: number;
  readonly took: number;
  /** 0: the page gave it up; 599: no answer came. */
  readonly status: number;
}

/** LCP and INP in milliseconds, CLS in thousandths. */
export interface BeaconVitals {
  lcp?: number;
  inp?: number;
  cls?: number;
}

export const LIMITS = { requests: 200, path: 1000 } as const;
