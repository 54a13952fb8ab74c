import { setTimeout as delay } from 'node:timers/promises';
import { text } from '../../src/core-values/index.ts';
import type { Step } from './step.ts';

const PATIENCE_MS = 30_000;
const SHOWN = 5;

/** Whoever must act was told, by signed requests, and of nothing else. */
export const messages: Step = {
  title: text('Who must act is told, and of nothing else', '対応が必要な人にだけ、必要なことを知らせる'),
  async play(stage) {
    const { inbox } = stage.world;
    const kinds = (): ReadonlySet<string> => new Set(inbox.received().map(({ kind }) => kind));
    const hasArrived = (): boolean => ['waiting', 'refused', 'alarm'].every((kind) => kinds().has(kind));
    const end = Date.now() + PATIENCE_MS;
    while (!hasArrived() && Date.now() < end) await delay(200);
    stage.expect(
      hasArrived(),
      text(
        `${inbox.received().length} signed messages arrived: what waits, what was refused, what CloudTrail shows.`,
        `署名付きの通知が ${inbox.received().length} 件届きました(承認待ち、拒否、CloudTrail の記録)。`,
      ),
    );
    for (const { title } of inbox.received().slice(0, SHOWN)) stage.say(text(`  ${title}`, `  ${title}`));
    stage.expect(
      !kinds().has('applied') && !kinds().has('approved'),
      text('Nobody was told of what went well.', '問題なく進んだことは通知されていません。'),
    );
  },
};
