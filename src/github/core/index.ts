export * from './app-answers.ts';
export { COMMENT_MARKER, commentOf } from './comment/index.ts';
export * from './facts.ts';
export { SITUATION_WORDS, type Situation, situationOf } from './situation.ts';
