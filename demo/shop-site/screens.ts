/** A part of a screen: a request that its page makes. The first of a screen is its document. */
export interface SitePart {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** `{id}` stands for what the screen is about. */
  readonly path: string;
  readonly weight: number;
  readonly required: boolean;
  /** Name of the part that must have been answered well before this one is asked for. */
  readonly after?: string;
}

export interface SiteScreen {
  readonly name: string;
  readonly parts: readonly [SitePart, ...SitePart[]];
}

const page = (path: string, weight: number): SitePart => ({
  ...{ name: 'page', method: 'GET', path, weight, required: true },
});
const needed = (name: string, path: string, weight: number): SitePart => ({
  ...{ name, method: 'GET', path, weight, required: true },
});
const wanted = (name: string, path: string, weight: number): SitePart => ({
  ...{ name, method: 'GET', path, weight, required: false },
});

/** The shop that its SLOs in `slo/` are about: `demo/shop-site/shop-site.test.ts` holds the two against each other. */
export const SITE: readonly SiteScreen[] = [
  {
    name: 'home',
    parts: [page('/', 5), needed('session', '/api/session', 2), wanted('advice', '/api/advice', 3)],
  },
  {
    name: 'search',
    parts: [
      page('/search', 3),
      needed('results', '/api/search', 5),
      { ...wanted('facets', '/api/facets', 2), after: 'results' },
    ],
  },
  {
    name: 'item',
    parts: [
      page('/items/{id}', 3),
      needed('price', '/api/items/{id}/price', 3),
      needed('stock', '/api/items/{id}/stock', 2),
      wanted('reviews', '/api/items/{id}/reviews', 1),
      wanted('similar', '/api/items/{id}/similar', 1),
    ],
  },
  {
    name: 'checkout',
    parts: [
      page('/checkout', 2),
      needed('cart', '/api/cart', 3),
      { ...needed('shipping', '/api/shipping-quotes', 4), method: 'POST', after: 'cart' },
      wanted('coupons', '/api/coupons', 1),
    ],
  },
];

/** What can be wrong with one request: it fails, is slower than its threshold, or slower than four times that. */
export type Fault = 'error' | 'slow' | 'very-slow';

/** Faults of one view, by the names of its parts. */
export type Faults = Readonly<Partial<Record<string, Fault>>>;

/** Of every request and, along those that wait for each other, far below that of a screen. */
export const THRESHOLD_MS = 300;
/** Of a view's 10 points, those that it needs: whoever wants to know the truth need not ask Sekisho. */
export const BAR_POINTS = 8;

const FAULTY_MS: Readonly<Record<Fault, number>> = { error: 40, slow: 900, 'very-slow': 2400 };

/** What a request takes, in milliseconds; without a fault 20 to 119, by its number. */
export const timeMs = (fault: Fault | undefined, number: number): number =>
  fault === undefined ? 20 + ((number * 37) % 100) : FAULTY_MS[fault];

/** Parts that are asked for: all but those that wait for one that failed. */
export function askedFor(screen: SiteScreen, faults: Faults): readonly SitePart[] {
  const isAsked = ({ after }: SitePart): boolean => {
    const before = screen.parts.find(({ name }) => name === after);
    return before === undefined || (faults[before.name] !== 'error' && isAsked(before));
  };
  return faults.page === 'error' ? [screen.parts[0]] : screen.parts.filter(isAsked);
}
