export { type ExtraNeed, type ExtraNeedFacts, extraNeedFault } from './extra-need.ts';
export { needsOfExtra } from './needs-of-extra.ts';
