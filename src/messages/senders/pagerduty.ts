import { err, ok } from '#core-values';
import { pagerDutyEvent } from '../core/index.ts';
import type { Sender } from '../sender.ts';
import { post } from './http.ts';

/** By PagerDuty's Events API v2, or another service that speaks it. The same event again is the same alert, by its `dedup_key`. */
export const pagerDuty = (to: {
  readonly url: string;
  readonly routingKey: string;
  /** Our own host. */
  readonly source: string;
}): Sender => ({
  async send({ message, facts, thread }) {
    const event = pagerDutyEvent(message, facts, { ...to, thread });
    const posted = await post({ url: to.url, whom: new URL(to.url).host, body: JSON.stringify(event) });
    if (posted.ok) return ok({});
    // Our events are right; 400 is what a wrong routing key gets, and that can be mended: nobody must miss a page for it.
    return err({ ...posted.error, again: 'later' });
  },
});
