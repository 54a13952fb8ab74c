import { generateCookie, getCookie } from 'hono/cookie';
import type { HttpContext } from './app.ts';

/** A cookie of ours, as the server is reached: with `__Host-` no other host and no plain HTTP can set it. */
export interface OwnCookie {
  read(c: HttpContext): string | undefined;
  /** `Strict` goes along with no request that another site began, `Lax` with its links. */
  give(c: HttpContext, value: string, lifeMs: number): void;
  forget(c: HttpContext): void;
}

/** Cookies named `name`, or `__Host-name` where `publicUrl` is https; plain http is for the loopback interface only. */
export function ownCookie(publicUrl: string, name: string, sameSite: 'Strict' | 'Lax'): OwnCookie {
  const secure = new URL(publicUrl).protocol === 'https:';
  const full = secure ? `__Host-${name}` : name;
  const set = (c: HttpContext, value: string, maxAge: number): void => {
    const cookie = generateCookie(full, value, { path: '/', httpOnly: true, secure, sameSite, maxAge });
    c.header('Set-Cookie', cookie, { append: true });
  };
  return {
    read: (c) => getCookie(c, full),
    give: (c, value, lifeMs) => set(c, value, Math.max(0, Math.floor(lifeMs / 1000))),
    forget: (c) => set(c, '', 0),
  };
}
