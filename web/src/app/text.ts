import { useCallback } from 'react';
import { fill } from './fill.ts';
import type { Language } from './preferences.ts';
import { usePreferences } from './preferences.ts';

/** A message in every language. `{name}` is filled in; `{count:plan|plans}` chooses the word and puts the number before it. */
export type Message = Readonly<Record<Language, string>>;

/** Declares the messages of a folder; the type demands both languages. */
export const messages = <const T extends Readonly<Record<string, Message>>>(table: T): T => table;

type SlotsOf<S extends string> = S extends `${string}{${infer Slot}}${infer Rest}`
  ? (Slot extends `${infer Name}:${string}` ? Name : Slot) | SlotsOf<Rest>
  : never;

/** What a message asks for; nothing, for most. */
type Values<M extends Message> = [SlotsOf<M['en']>] extends [never]
  ? []
  : [values: Readonly<Record<SlotsOf<M['en']>, string | number>>];

export type Say = <M extends Message>(message: M, ...values: Values<M>) => string;

/** Says messages in the language that the person reads. */
export function useText(): Say {
  const { language } = usePreferences();
  return useCallback((message, ...[values]) => fill(message[language], values ?? {}, language), [language]);
}
