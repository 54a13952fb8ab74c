import type { Say } from '../../app/text.ts';
import { KINDS, TOPICS, type Topic } from './kinds.ts';
import { messages } from './messages.ts';

export const topicWords = (say: Say, topic: Topic): string => say(messages[topic]);

/** What happened, in words; a kind that this version does not know by its own name. */
export function kindWords(say: Say, kind: string): string {
  const known = KINDS.find((one) => one === kind);
  if (known !== undefined) return say(messages[known]);
  const topic = TOPICS.find((one) => one === kind);
  return topic === undefined ? kind : say(messages.every, { topic: topicWords(say, topic) });
}
