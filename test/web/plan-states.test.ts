import { expect, test } from 'vitest';
import { PLAN_STATES, stateWords } from '#changes/core';
import { messages } from '../../web/src/changes/messages.ts';

test.each(PLAN_STATES)(
  'pages call a plan that is %s what the server and the command line call it',
  (state) => {
    const { en, ja } = messages[state];
    expect([en.toLowerCase(), ja]).toEqual([stateWords(state, 'en'), stateWords(state, 'ja')]);
  },
);
