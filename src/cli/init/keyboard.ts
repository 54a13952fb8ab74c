import { confirm, isCancel, select, text } from '@clack/prompts';
import type { Language } from '#core-values';
import type { Prompter } from './prompter.ts';

/** The person at the terminal. */
export const keyboard = (language: Language): Prompter => ({
  text: async ({ message, suggestion, fault }) => {
    const answer = await text({
      message,
      ...(suggestion !== undefined && { placeholder: suggestion, defaultValue: suggestion }),
      validate: (value) => fault(value === undefined || value === '' ? (suggestion ?? '') : value),
    });
    return isCancel(answer) ? undefined : answer;
  },
  select: async ({ message, choices, suggestion }) => {
    const answer = await select({
      message,
      options: choices.map(({ value, label }) => ({ value, label: label[language] })),
      ...(suggestion !== undefined && { initialValue: suggestion }),
    });
    return isCancel(answer) ? undefined : answer;
  },
  confirm: async ({ message, suggestion }) => {
    const answer = await confirm({
      message,
      initialValue: suggestion,
      ...(language === 'ja' && { active: 'はい', inactive: 'いいえ' }),
    });
    return isCancel(answer) ? undefined : answer;
  },
});
