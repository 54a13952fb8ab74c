import type { Text } from '../../src/core-values/index.ts';
import type { Stage } from './stage.ts';

/** A chapter of the story. Throws `StoryBroken` when it does not go as told. */
export interface Step {
  readonly title: Text;
  play(stage: Stage): Promise<void>;
}
