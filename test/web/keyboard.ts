import { expect } from 'vitest';
import type { Visit } from './stage.ts';

const MOST_STOPS = 200;

interface Stop {
  readonly id: number;
  readonly name: string;
  readonly isVisible: boolean;
}

/** Everything on the page that can be used is reached with the tab key alone, in its order, and seen when it has the focus. */
export async function expectKeyboard({ page }: Visit): Promise<void> {
  const all = await page.evaluate(() => {
    const usable = 'a[href], button:not(:disabled), input, select, summary';
    const shown = [...document.querySelectorAll<HTMLElement>(usable)].filter((one) => one.checkVisibility());
    // Of a group of choices, the chosen one is the stop.
    const stops = shown.filter(
      (one) => !(one instanceof HTMLInputElement) || one.type !== 'radio' || one.checked,
    );
    for (const [index, one] of stops.entries()) one.dataset.stop = String(index);
    (document.activeElement as HTMLElement | null)?.blur();
    return stops.length;
  });
  const seen: number[] = [];
  for (let presses = 0; presses < MOST_STOPS && new Set(seen).size < all; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate((): Stop | undefined => {
      const focused = document.activeElement;
      if (!(focused instanceof HTMLElement) || focused.dataset.stop === undefined) return undefined;
      const marked = focused.matches('[type=radio]') ? focused.parentElement : focused;
      const { outlineStyle, outlineWidth } = getComputedStyle(marked ?? focused);
      return {
        id: Number(focused.dataset.stop),
        name: focused.textContent || focused.outerHTML,
        isVisible: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1,
      };
    });
    if (stop === undefined) continue;
    expect(stop.isVisible, `the focus on ${stop.name}`).toBe(true);
    seen.push(stop.id);
  }
  const order = [...new Set(seen)];
  // Somewhere in between where a page was begun there, as after a link.
  const first = order.indexOf(0);
  expect([...order.slice(first), ...order.slice(0, first)]).toEqual(
    Array.from({ length: all }, (_, index) => index),
  );
}
