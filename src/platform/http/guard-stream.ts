import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './app.ts';

/**
 * When a download breaks off, the server library would write the error's message into the body and to standard error, unmasked.
 * Here it goes to the log, and the client sees a cut connection: never a body that looks whole.
 */
export const guardStream: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  const { body, headers } = c.res;
  if (body === null || !headers.get('content-type')?.startsWith('application/octet-stream')) return;
  const reader = body.getReader();
  const guarded = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        c.var.log.error('A download broke off', { error });
        const { outgoing } = c.env;
        if (outgoing === undefined) return controller.error(new Error('The download broke off.'));
        outgoing.destroy();
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  c.res = new Response(guarded, c.res);
};
