import type { ReactNode } from 'react';

/** A link to somewhere else, which learns nothing of us; an address that is not of the web is no link. */
export function OutsideLink({
  to,
  children,
}: {
  readonly to?: string | undefined;
  readonly children: ReactNode;
}) {
  if (to === undefined || !/^https?:\/\//.test(to)) return children;
  return (
    <a href={to} rel="noopener noreferrer external">
      {children}
    </a>
  );
}
