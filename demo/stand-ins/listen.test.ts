import { afterEach, expect, it } from 'vitest';
import { type LocalServer, listen } from './listen.ts';

let server: LocalServer | undefined;
afterEach(() => server?.stop());

it('answers 500 for a handler that throws', async () => {
  server = await listen(() => {
    throw new Error('no such thing');
  });
  const answer = await fetch(server.url);
  expect(answer.status).toBe(500);
  expect(await answer.text()).toBe('Error: no such thing');
});

it('breaks off the answer of a handler that throws in the middle of it, and lives on', async () => {
  server = await listen(async (_, response) => {
    response.writeHead(200, { 'content-length': 10 });
    await new Promise((resolve) => response.write('half', resolve));
    throw new Error('the other side is gone');
  });
  const answer = await fetch(server.url);
  await expect(answer.text()).rejects.toThrow();
  expect((await fetch(server.url)).status).toBe(200);
});
