import { audit } from './audit.ts';
import { errorBudget } from './error-budget.ts';
import { messages } from './messages.ts';
import { productionBegins, productionLosesData } from './production.ts';
import { reconcile } from './reconcile.ts';
import { refusals } from './refusals.ts';
import { staging } from './staging.ts';
import type { Step } from './step.ts';
import { stolenGrant } from './stolen-grant.ts';

export { openStage, type Stage, StoryBroken } from './stage.ts';
export type { Step } from './step.ts';

/** The story that `npm start` plays, in order: each chapter stands on those before it. */
export const STORY: readonly Step[] = [
  staging,
  productionBegins,
  stolenGrant,
  productionLosesData,
  refusals,
  reconcile,
  messages,
  errorBudget,
  audit,
];

export {
  anotherTurn,
  linkTo,
  productionForYourTurn,
  type Turn,
  toldOf,
  YOUR_TURN,
  yourTurn,
} from './your-turn.ts';
