import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../logs/bytes.ts';
import { patternProblem } from './named-patterns.ts';
import { proposedPatterns } from './proposals.ts';
import { NO_ROUTE, OTHERS, type RouteTable, routeTable } from './route-table.ts';

function idOf(table: RouteTable, method: string, path: string): number {
  const bytes = bytesOf(`${method}${path}`);
  const at = bytesOf(method).length;
  return table.idOf(bytes, 0, at, at, bytes.length);
}

const patternOf = (path: string, patterns: readonly string[] = []): string => {
  const table = routeTable({ patterns });
  return table.route(idOf(table, 'GET', path)).pattern;
};

describe('routes of paths', () => {
  it.each([
    ['/', '/'],
    ['*', '*'],
    ['/items/71030/reviews', '/items/{id}/reviews'],
    ['/items/71030/', '/items/{id}/'],
    ['/v2/users/7', '/v2/users/{id}'],
    ['/orders/3f2504e0-4f89-11d3-9a0c-0305e82c3301', '/orders/{uuid}'],
    ['/users/jane.doe%40example.co.jp/cart', '/users/{email}/cart'],
    ['/icons/cart@2x.png', '/icons/cart@2x.png'],
    ['/commits/da39a3ee5e6b4b0d3255bfef95601890afd80709', '/commits/{hash}'],
    ['/assets/app.3f2a9c1b.js', '/assets/app.{hash}.js'],
    ['/assets/jquery-3.6.0.min.js', '/assets/jquery-3.6.0.min.js'],
    ['/orders/order-12345', '/orders/order-{id}'],
    ['/charges/ch_3MmlLrLkdIwHu7ix0snN0B15', '/charges/ch_{token}'],
    ['/events/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/events/{token}'],
    ['/watch/dQw4w9WgXcQ', '/watch/{token}'],
    ['/reports/2023-11-23', '/reports/{date}'],
    ['/archive/2023/11', '/archive/{id}/{id}'],
    ['/blog/how-to-install-ubuntu-22-04', '/blog/how-to-install-ubuntu-22-04'],
    ['/help/windows11update', '/help/windows11update'],
    ['/facade/deadbeef', '/facade/deadbeef'],
    ['/caf%c3%a9/%41bc', '/caf%C3%A9/Abc'],
    ['/a b', '/a%20b'],
    ['//a//b', '//a//b'],
  ])('%s is %s', (path, pattern) => {
    expect(patternOf(path)).toBe(pattern);
  });

  it('prefer what people named, literals over placeholders over the rest, in any order', () => {
    const patterns = [
      '/files/{rest...}',
      '/users/{name}',
      'POST /users/{name}',
      '/users/me',
      '/users/{name}/items/{item}',
    ];
    for (const order of [patterns, patterns.toReversed()]) {
      const table = routeTable({ patterns: order });
      const named = (method: string, path: string) => table.route(idOf(table, method, path));
      expect(named('GET', '/users/me')).toEqual({ method: 'GET', pattern: '/users/me' });
      expect(named('GET', '/users/jane')).toEqual({ method: 'GET', pattern: '/users/{name}' });
      expect(named('GET', '/users/me/items/shoe')).toEqual({
        method: 'GET',
        pattern: '/users/{name}/items/{item}',
      });
      expect(named('GET', '/files/a/b/77')).toEqual({ method: 'GET', pattern: '/files/{rest...}' });
      expect(named('GET', '/users/')).toEqual({ method: 'GET', pattern: '/users/' });
      expect(named('GET', '/else/77')).toEqual({ method: 'GET', pattern: '/else/{id}' });
    }
  });

  it('are counted as others beyond the most that are kept, and as none without a path', () => {
    const table = routeTable({ most: 2, patterns: ['/named/{x}'] });
    const ids = ['/a', '/b', '/c', '/d', '/a'].map((path) => idOf(table, 'GET', path));
    expect(ids).toEqual([2, 3, OTHERS, OTHERS, 2]);
    expect(idOf(table, 'GET', '')).toBe(NO_ROUTE);
    expect([table.route(NO_ROUTE).pattern, table.route(OTHERS).pattern]).toEqual(['(none)', '(others)']);
    expect(table.size()).toBe(4);
    expect(table.route(idOf(table, 'GET', '/named/z')).pattern).toBe('/named/{x}');
  });

  it('differ by method', () => {
    const table = routeTable();
    expect(idOf(table, 'GET', '/a')).not.toBe(idOf(table, 'POST', '/a'));
  });

  it('are the routes of themselves, and the same for paths that mean the same', () => {
    const segment = fc.oneof(
      fc.stringMatching(/^[a-z0-9._@-]{1,30}$/),
      fc.uuid(),
      fc.nat().map(String),
      fc.emailAddress().map(encodeURIComponent),
      fc.string({ maxLength: 8 }).map((words) => encodeURIComponent(words)),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const path = `/${segments.join('/')}`;
        const pattern = patternOf(path);
        expect(patternOf(pattern)).toBe(pattern);
        const encoded = path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
        expect(patternOf(decodesTwice(path) ? path : encoded)).toBe(pattern);
      }),
    );
  });

  it('take any bytes and any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (bytes) => {
        const table = routeTable({ patterns: ['/{a}/{b}', '/{rest...}'] });
        expect(table.idOf(bytes, 0, 0, 0, bytes.length)).toBeGreaterThan(OTHERS);
        expect(routeTable().idOf(bytes, 0, 0, 0, bytes.length)).toBeGreaterThan(OTHERS);
      }),
    );
  });
});

/** Letters within a percent-encoding must not be encoded once more. */
const decodesTwice = (path: string): boolean => path.includes('%');

describe('patterns of routes', () => {
  it.each(['/', '/items/{id}', 'GET /items/{id}/', '/files/{rest...}', '/a.b/c-d'])(
    'may be %s',
    (pattern) => {
      expect(patternProblem(pattern)).toBeUndefined();
    },
  );
  it.each(['items', '/items/{id', '/{rest...}/a', '/a{id}', 'GET', '', '/a b'])(
    'may not be "%s"',
    (pattern) => {
      expect(patternProblem(pattern)?.reasons[0].rule).toBe('slo.route-pattern');
    },
  );
});

describe('patterns to name', () => {
  const use = (pattern: string, requests: number, method = 'GET') => ({
    route: { method, pattern },
    requests,
  });
  const names = Array.from(
    { length: 30 },
    (_, index) => `name${String.fromCharCode(97 + (index % 26))}${'x'.repeat(index)}`,
  );

  it('are proposed where many different words stand at one place, for each way on', () => {
    const uses = [
      ...names.flatMap((name) => [
        use(`/users/${name}`, 10),
        use(`/users/${name}/orders/{id}`, 2),
        use(`/users/${name}`, 1, 'POST'),
      ]),
      ...[use('/users/me', 900), use('/about', 5), use('/items/{id}', 1000), use('*', 1)],
    ];
    expect(proposedPatterns(uses)).toEqual([
      { pattern: '/users/{name}', routes: 60, requests: 330 },
      { pattern: '/users/{name}/orders/{id}', routes: 30, requests: 60 },
    ]);
  });

  it('are patterns that hold those routes together', () => {
    const [first] = proposedPatterns(names.map((name) => use(`/users/${name}`, 1)));
    expect(patternProblem(first?.pattern ?? '')).toBeUndefined();
    expect(patternOf('/users/nobody', [first?.pattern ?? ''])).toBe('/users/{name}');
  });

  it('are none for a few words', () => {
    expect(proposedPatterns(names.slice(0, 10).map((name) => use(`/${name}`, 1)))).toEqual([]);
  });
});
