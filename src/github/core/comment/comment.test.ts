import { expect, test } from 'vitest';
import { LANGUAGES } from '#core-values';
import { commentOf } from './index.ts';
import { SCENES } from './scenes.ts';

for (const language of LANGUAGES)
  for (const [name, scene] of Object.entries(SCENES))
    test(`the comment of "${name}" reads as its case says (${language})`, async () => {
      await expect(commentOf(scene(language))).toMatchFileSnapshot(`../cases/comment/${name}.${language}.md`);
    });
