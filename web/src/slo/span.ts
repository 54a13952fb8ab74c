/** How far back a page looks; its SLO's own window where none is chosen. Lives in the address. */
export const SPANS = ['day', 'week'] as const;
export type Span = (typeof SPANS)[number];

export interface SpanOfPage {
  readonly span?: Span;
}

export function spanOf(search: Readonly<Record<string, unknown>>): SpanOfPage {
  const span = SPANS.find((known) => known === search.span);
  return span === undefined ? {} : { span };
}
