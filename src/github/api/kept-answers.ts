/** An answer that GitHub confirms with 304 instead of sending it again, which does not count against the rate limit. */
export interface KeptAnswer {
  readonly etag: string;
  readonly text: string;
  readonly link: string | null;
}

export interface KeptAnswers {
  find(key: string): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer): void;
}

/** In memory, at most so many characters in all; what was used longest ago goes first. */
export function keptAnswers(mostCharacters = 16 * 1024 * 1024): KeptAnswers {
  const kept = new Map<string, KeptAnswer>();
  let characters = 0;
  const drop = (key: string): void => {
    characters -= kept.get(key)?.text.length ?? 0;
    kept.delete(key);
  };
  return {
    find: (key) => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    keep: (key, answer) => {
      drop(key);
      if (answer.text.length > mostCharacters / 8) return;
      kept.set(key, answer);
      characters += answer.text.length;
      for (const oldest of kept.keys()) {
        if (characters <= mostCharacters) return;
        drop(oldest);
      }
    },
  };
}
