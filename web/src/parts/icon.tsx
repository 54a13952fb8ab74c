/** Drawn on 16 × 16 with a stroke; what a shape means is always said in words beside it. */
const SHAPES = {
  gate: 'M1.5 4h13M3 7.2h10M4.6 4v9.5M11.4 4v9.5M8 8.9l1.7 1.8L8 12.5l-1.7-1.8z',
  overview: 'M2 2h4.8v6.4H2zm7.2 0H14v3.6H9.2zM2 11.2h4.8V14H2zm7.2-2.8H14V14H9.2z',
  changes:
    'M4.5 5.6v4.8M4.5 5.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6m0 8.4a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6m7 0a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6m0-3.6V6.8a2 2 0 0 0-2-2H8m1.6-2L7.6 4.8l2 2',
  settings:
    'M2 4.5h6.2m3.6 0H14M10 6.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6M2 11.5h2.2m3.6 0H14M6 13.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6',
  policy:
    'M8 1.8v12.4M4 14.2h8M2.6 4.2 8 3l5.4 1.2M.9 9.4l1.7-5.2 1.7 5.2a1.8 1.8 0 0 1-3.4 0m10.8 0 1.7-5.2 1.7 5.2a1.8 1.8 0 0 1-3.4 0',
  audit: 'M3.5 1.8h6.4l2.6 2.6v9.8h-9zM9.6 2v2.8h2.8M5.6 7.4h4.8M5.6 9.6h4.8M5.6 11.8h3',
  accounts: 'M8 1.8 14.2 5 8 8.2 1.8 5zM1.8 8 8 11.2 14.2 8M1.8 11 8 14.2l6.2-3.2',
  gauge: 'M3 13a6.3 6.3 0 1 1 10 0M8 9.4l2.8-3.6M8 11.2a.9.9 0 1 0 0-1.8.9.9 0 0 0 0 1.8',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'm3.5 3.5 9 9m0-9-9 9',
  refused: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4M3.8 3.8l8.4 8.4',
  warning: 'M8 2 14.6 13.5H1.4zM8 6.4v3.2m0 1.9v.1',
  offline:
    'M2 5.5A9.3 9.3 0 0 1 8 3.3c2.3 0 4.4.8 6 2.2M4.4 8.4A5.6 5.6 0 0 1 8 7.1c1.4 0 2.6.5 3.6 1.3M8 12.2v.1M2.5 1.8l11 12',
  empty: 'M2 9.2 3.8 3h8.4L14 9.2V13H2zM2 9.2h3.4l1 1.8h3.2l1-1.8H14',
  key: 'M5.2 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M7.5 7.7l5.7-5.5m-2 2 1.8 1.8M9.4 5.9l1.2 1.2',
  person: 'M8 7.6A2.8 2.8 0 1 0 8 2a2.8 2.8 0 0 0 0 5.6M2.6 14a5.4 5.4 0 0 1 10.8 0',
  check: 'm2.8 8.6 3.4 3.4 7-7.6',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
